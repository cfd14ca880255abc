"""People: the list with its one box, and one person's page with their whole story."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.list_pages import CSV, list_page
from app.desk.people.answering import nonce_field, the_person, the_voice
from app.desk.people.kinds import KINDS
from app.desk.people.lines import Speech
from app.desk.people.page import shown, staff_names
from app.desk.people.sentences import line
from app.desk.people.story_file import story_file
from app.desk.people.table import people_table
from app.desk.people.timeline import read_place, timeline, who_is
from app.desk.people.words import KINDS as KIND_WORDS
from app.desk.people.words import when
from app.extensions import db
from app.people.models import Person
from app.people.notes import notes_of
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_people", __name__)


@localized(bp, "/desk/people/")
@access("membership")
def people() -> ResponseReturnValue:
    """Show people: found, narrowed, sorted."""
    table = people_table(db.session, the_settings(), now(db.session))
    return list_page("desk/people/index.html", _("People"), table)


@localized(bp, "/desk/people/<public_id>/")
@access("membership")
def person(public_id: str) -> ResponseReturnValue:
    """Show who somebody is, how they stand, and all that happened."""
    found = the_person(db.session, public_id, erased=True)
    if found.merged_into_id is not None:
        into = db.session.get_one(Person, found.merged_into_id)
        return redirect(url_for("desk_people.person", public_id=into.public_id))
    settings, voice = the_settings(), the_voice()
    chosen = [one for one in request.args.getlist("kind") if one in KINDS]
    before = read_place(request.args.get("before", ""))
    who, speech = who_is(db.session, settings, found.id), Speech(voice, staff_names(db.session))
    if request.args.get("as") == CSV:
        return story_file(who, chosen, speech, public_id)
    page = timeline(db.session, who, chosen, before)
    top = shown(db.session, settings, voice, found, now(db.session))
    return desk_page(
        "desk/people/person.html",
        top.title,
        person=top,
        notes=notes_of(db.session, found.id),
        my_id=at_the_desk().staff_id,
        story=[
            (when(voice, one.place.at), KIND_WORDS[one.kind], line(speech, one))
            for one in page.happenings
        ],
        kinds=[(kind, KIND_WORDS[kind], kind in chosen) for kind in KINDS],
        older_url=_older(public_id, chosen, str(page.older)) if page.older else "",
        newest_url=_older(public_id, chosen, "") if before else "",
        csv_url=_csv_url(public_id, chosen),
        moment=lambda at: when(voice, at),
        nonce=nonce_field()["nonce"],
    )


def _older(public_id: str, kinds: list[str], before: str) -> str:
    url = url_for("desk_people.person", public_id=public_id, kind=kinds, before=before or None)
    return f"{url}#story"


def _csv_url(public_id: str, kinds: list[str]) -> str:
    url = url_for("desk_people.person", public_id=public_id, kind=kinds)
    return f"{url}{'&' if '?' in url else '?'}as={CSV}"
