"""All settings of a person, opened by a fresh mail: every post carries the link's token."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, private_page, the_settings
from app.core.clock import now
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.extensions import db
from app.newsletters import answering
from app.newsletters.formats import day_of
from app.newsletters.outside import NotErasedError, the_outside
from app.newsletters.preferences import preferences
from app.newsletters.preferences.address_changing import newest
from app.newsletters.preferences.answering import act, gone, opened_by
from app.newsletters.preferences.links import Opened
from app.newsletters.preferences.preferences import Choice, choices, kept_lists
from app.people.answering import staff_are_not_erased
from app.people.exporting import export
from app.people.registers import the_registers
from app.people.staff_errors import WorksHereError

bp = Blueprint("preferences", __name__)

RULE = "/newsletters/preferences/<token>"
POST = ("POST",)


@localized(bp, RULE)
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Show everything that can be set; looking changes nothing."""
    who = opened_by(token)
    return gone() if who is None else page(token, who)


@localized(bp, f"{RULE}/lists", methods=POST)
@access("public", cross_site=True)
def save_lists(token: str) -> ResponseReturnValue:
    """Switch lists on and off."""
    answering.refuse_other_sites()
    who = opened_by(token)
    if who is None:
        return gone()
    ticked, shown = set(request.form.getlist("list")), set(request.form.getlist("shown"))
    chosen = [
        (one, one.newsletter.slug in ticked)
        for one in _choices(who)
        if one.newsletter.slug in shown
    ]
    preferences.save_lists(db.session, the_settings(), who, chosen, act(), now(db.session))
    db.commit()
    return _back(token, "lists")


@localized(bp, f"{RULE}/language", methods=POST)
@access("public", cross_site=True)
def save_language(token: str) -> ResponseReturnValue:
    """Write in another language from now on."""
    answering.refuse_other_sites()
    who = opened_by(token)
    if who is None:
        return gone()
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        return page(token, who, error=_("Please choose a language."), at="language")
    preferences.set_language(db.session, who.person_id, chosen)
    db.commit()
    return _back(token, "language", chosen)


@localized(bp, f"{RULE}/pause", methods=POST)
@access("public", cross_site=True)
def pause(token: str) -> ResponseReturnValue:
    """Send nothing for some weeks, or again at once."""
    answering.refuse_other_sites()
    who = opened_by(token)
    if who is None:
        return gone()
    moment = now(db.session)
    lists = kept_lists(db.session, who.person_id)
    if request.form.get("resume") == "1":
        preferences.resume(db.session, who.person_id, lists.keys(), (act(), moment))
        db.commit()
        return _back(token, "resumed")
    until = preferences.pause_end(request.form.get("weeks", ""), moment)
    if until is None:
        return page(token, who, error=_("Please choose how long."), at="pause")
    preferences.pause(db.session, who.person_id, lists.keys(), until, (act(), moment))
    db.commit()
    return _back(token, "paused")


@localized(bp, f"{RULE}/export", methods=POST)
@access("public", cross_site=True)
def take(token: str) -> ResponseReturnValue:
    """Give all that we know of a person, in one file."""
    answering.refuse_other_sites()
    who = opened_by(token)
    if who is None:
        return gone()
    day = now(db.session).astimezone(the_settings().time_zone).date()
    db.release()
    with db.database.read() as session:
        found = export(session, the_registers(), who.person_id)
    answer = make_response(found)
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = f"attachment; filename=my-data-{day.isoformat()}.json"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@localized(bp, f"{RULE}/erase", methods=POST)
@access("public", cross_site=True)
def erase(token: str) -> ResponseReturnValue:
    """Erase a person, once they have ticked that this is what they want."""
    answering.refuse_other_sites()
    who = opened_by(token)
    if who is None:
        return gone()
    if request.form.get("sure") != "1":
        error = _("Please tick the box if everything is to be erased.")
        return page(token, who, error=error, at="erase")
    db.release()
    try:
        the_outside().forget(db.database, who.person_id)
    except WorksHereError:
        return page(
            token, who, error=staff_are_not_erased(), at="erase", status=HTTPStatus.CONFLICT
        )
    except NotErasedError:
        error = _("It could not be done just now, and nothing was erased. Please try again later.")
        return page(token, who, error=error, at="erase", status=HTTPStatus.SERVICE_UNAVAILABLE)
    return redirect(url_for("preferences.erased"), HTTPStatus.SEE_OTHER)


@localized(bp, "/newsletters/preferences/erased")
@access("public")
def erased() -> ResponseReturnValue:
    """Say goodbye."""
    title = _("Everything is erased")
    return private_page("newsletters/settings_sent.html", title, state="erased")


def _back(token: str, done: str, language: str | None = None) -> Response:
    """Return the way back to the page, which then says what was done."""
    chosen = language or page_language()
    page = url_for("preferences.show", token=token, done=done, language=chosen)
    return make_response(redirect(page, HTTPStatus.SEE_OTHER))


def _choices(who: Opened) -> tuple[Choice, ...]:
    kept = kept_lists(db.session, who.person_id)
    moment = now(db.session)
    is_member = who.person_id in the_outside().members(db.session, [who.person_id], moment)
    return choices(answering.all_lists(), kept, is_member=is_member)


def page(
    token: str,
    who: Opened,
    *,
    error: str = "",
    at: str = "",
    value: str = "",
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    """Return the page of all settings.

    Args:
        token: Of its address.
        who: Whose settings.
        error: What is wrong, in a sentence.
        at: The part that it is wrong at.
        value: What was typed there.
        status: If something is wrong.
    """
    moment = now(db.session)
    offered = _choices(who)
    paused = [
        one.kept.paused_until
        for one in offered
        if one.is_on and one.kept is not None and one.kept.is_paused(moment)
    ]
    asked = newest(db.session, who.person_id, moment)
    values: dict[str, Any] = {
        "address": who.address,
        "lists": offered,
        "lists_on": [one for one in offered if one.is_on],
        "paused_until": day_of(max(one for one in paused if one)) if paused else "",
        "weeks": preferences.WEEKS,
        "languages_known": LANGUAGES,
        "chosen_language": who.language,
        "asked": asked,
        "done": request.args.get("done", ""),
        "errors": {at: error},
        "value": value,
        "token": token,
    }
    title = _("Your settings")
    said = status if error else HTTPStatus.OK
    return private_page("newsletters/preferences.html", title, said, **values)
