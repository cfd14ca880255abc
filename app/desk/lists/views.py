"""Newsletters at the desk: made, changed, ordered, closed, and how each stands."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.days import A_DAY, day_of
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, large_body, localized
from app.desk.chrome import desk_page
from app.desk.imports.views import AROUND, UNPROCESSABLE
from app.desk.list_pages import list_page
from app.desk.lists import forms as list_forms
from app.desk.lists import row_tables, tables
from app.desk.lists.forms import LARGEST_PICTURE
from app.desk.notices import tell
from app.extensions import db
from app.newsletters import arranging
from app.newsletters.funnel.queries import definitions, funnel
from app.newsletters.models import Newsletter
from app.newsletters.placing import section_places
from app.newsletters.queries import forget_lists
from app.newsletters.renaming import former_slugs
from app.newsletters.standing import Standing, standings
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.staff_models import MEMBERSHIP
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_lists", __name__)

SHOWN_DAYS = 28
KEPT_FIELDS = (
    "slug",
    "name",
    "description",
    "cadence",
    "language",
    "open",
    "listed",
    "welcomes",
    "members_only",
    "picture_id",
    "author_id",
)
"""What the audit log keeps of a list, before and after: an address for answers is left out."""


@localized(bp, "/desk/newsletters/")
@access("staff")
def index() -> ResponseReturnValue:
    """List every newsletter with how it stands."""
    return list_page("desk/lists/index.html", _("Newsletters"), tables.newsletters())


@localized(bp, "/desk/newsletters/new/")
@access("staff")
def new() -> ResponseReturnValue:
    """Ask what a new list is."""
    return _form(None, list_forms.empty_form())


def _form(
    one: Newsletter | None,
    told: dict[str, Any],
    errors: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    return desk_page(
        "desk/lists/edit.html",
        _("A new newsletter") if one is None else in_language(one.name, page_language()),
        status,
        one=one,
        told=told,
        errors=errors or {},
        languages=LANGUAGES,
        authors=[
            (slug, in_language(name, page_language()))
            for slug, name in list_forms.authors(db.session)
        ],
        picture=list_forms.picture_of(db.session, one),
        action=url_for("desk_lists.edit", slug=one.slug) if one else url_for("desk_lists.make"),
    )


@localized(bp, "/desk/newsletters/new/", methods=("POST",))
@large_body(LARGEST_PICTURE + AROUND)
@access("staff")
def make() -> ResponseReturnValue:
    """Make a list."""
    try:
        picture = _picture(None)
        made = arranging.add_list(db.session, list_forms.read_facts(request.form, picture))
    except FieldError as error:
        return _again(None, error)
    return done(made, "newsletter.made", {}, _("The newsletter is there."))


@localized(bp, "/desk/newsletters/<slug>/edit/")
@access("staff")
def editing(slug: str) -> ResponseReturnValue:
    """Show all that staff write of a list."""
    one = the_list(slug)
    return _form(one, list_forms.form_of(db.session, one))


@localized(bp, "/desk/newsletters/<slug>/edit/", methods=("POST",))
@large_body(LARGEST_PICTURE + AROUND)
@access("staff")
def edit(slug: str) -> ResponseReturnValue:
    """Change a list; its former address leads to the new one."""
    one = the_list(slug)
    before = kept(one)
    try:
        facts = list_forms.read_facts(request.form, _picture(one), is_open=one.open)
        arranging.change_list(db.session, one, facts, now(db.session))
    except FieldError as error:
        db.session.rollback()
        return _again(the_list(slug), error)
    return done(one, "newsletter.changed", before, _("The newsletter is as you wrote it."))


def _picture(one: Newsletter | None) -> str | None:
    present = list_forms.picture_of(db.session, one)
    given = request.files.get("picture")
    try:
        return list_forms.read_picture(db.session, the_settings(), request.form, given, present)
    finally:
        if given is not None:
            given.close()


def _again(one: Newsletter | None, error: FieldError) -> Response:
    told = list_forms.typed(request.form)
    return _form(one, told, {error.field: error.message}, UNPROCESSABLE)


def kept(one: Newsletter) -> dict[str, Any]:
    """Return what the audit log keeps of a list."""
    return {name: getattr(one, name) for name in KEPT_FIELDS}


@localized(bp, "/desk/newsletters/<slug>/")
@access("staff")
def show(slug: str) -> ResponseReturnValue:
    """Show how a list stands: its numbers, its last weeks, and what can be done with it."""
    found = db.session.scalar(select(Newsletter).where(Newsletter.slug == slug))
    if found is None and slug in (former := former_slugs(db.session)):
        return redirect(url_for("desk_lists.show", slug=former[slug]), HTTPStatus.SEE_OTHER)
    one = the_list(slug)
    today = day_of(now(db.session), the_settings().time_zone)
    numbers = funnel(db.session, slug, today - (SHOWN_DAYS - 1) * A_DAY, today, "day").total
    own = former_slugs(db.session)
    return desk_page(
        "desk/lists/show.html",
        in_language(one.name, page_language()),
        one=one,
        texts=lambda texts: in_language(texts, page_language()),
        standing=standings(db.session, one.id).get(one.id, Standing()),
        may_see_people=at_the_desk().may(MEMBERSHIP),
        numbers=numbers,
        rate=row_tables.percent(numbers),
        days=SHOWN_DAYS,
        definitions=definitions(),
        former=sorted(slug for slug, present in own.items() if present == one.slug),
        languages=LANGUAGES,
        sections=len(section_places(db.session, one.id)),
    )


@localized(bp, "/desk/newsletters/<slug>/subscribers/")
@access("membership")
def subscribers(slug: str) -> ResponseReturnValue:
    """List who is, was or may become a subscriber."""
    one = the_list(slug)
    table = row_tables.subscribers(one.id, slug)
    return list_page("desk/lists/rows.html", _("Subscribers"), table, one=one)


@localized(bp, "/desk/newsletters/<slug>/days/")
@access("staff")
def days(slug: str) -> ResponseReturnValue:
    """List what happened to a list day by day."""
    one = the_list(slug)
    today = day_of(now(db.session), the_settings().time_zone)
    table = row_tables.days(one.id, slug, today)
    title = _("From seeing the form to reading")
    return list_page("desk/lists/rows.html", title, table, one=one, definitions=definitions())


def the_list(slug: str) -> Newsletter:
    """Return a list, or answer that there is none."""
    found = db.session.scalar(select(Newsletter).where(Newsletter.slug == slug))
    return found or abort(HTTPStatus.NOT_FOUND)


def done(
    one: Newsletter, what: str, before: dict[str, Any], said: str, undo: str = ""
) -> ResponseReturnValue:
    """Write down what was done to a list, commit it, and lead to its page."""
    after = kept(one)
    changed = {name: value for name, value in before.items() if after[name] != value}
    told = {name: after[name] for name in changed} if before else after
    write_down(Deed(what, f"newsletter:{one.id}", before=changed), told)
    to = url_for("desk_lists.show", slug=one.slug)
    return tell(make_response(redirect(to, HTTPStatus.SEE_OTHER)), said, undo)


def write_down(deed: Deed, after: dict[str, Any]) -> None:
    """Write down what was done, commit it, and have it seen at once in this process."""
    told = Deed(deed.what, deed.about, before=deed.before, after=after)
    record(db.session, the_actor(), told, now(db.session))
    db.commit()
    forget_lists(db.database)
