"""The settings that staff may change while everything runs."""

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.articles.versions import bump
from app.core.answering import started_with
from app.core.chosen import (
    CHANGEABLE,
    LONGEST,
    Choice,
    NotChosenError,
    choices,
    choose,
    forget_chosen,
    unchoose,
)
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.answers import then
from app.desk.chrome import desk_page
from app.desk.house.settings_words import GROUPS, WORDS, YES_OR_NO, refusal, value_in_words
from app.desk.moments import shown_moment
from app.extensions import db
from app.people.acting import the_actor
from app.people.audit import AuditEntry, Deed, record

bp = Blueprint("desk_settings", __name__)

HERE, DESK = "desk_settings.settings", "desk"


@localized(bp, "/desk/settings/")
@access("admin")
def settings() -> ResponseReturnValue:
    """Show each setting, its default, and where what holds comes from."""
    return _page()


@localized(bp, "/desk/settings/<name>/", methods=("POST",))
@access("admin")
def change(name: str) -> ResponseReturnValue:
    """Have a setting hold, everywhere within seconds."""
    before, typed = _choice(name), request.form.get("value", "")[: 2 * LONGEST]
    moment = now(db.session)
    try:
        kept = choose(db.session, started_with(), name, typed, moment)
    except NotChosenError as error:
        return _page(name, typed, refusal(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    number = _finish("setting.changed", before, {"value": kept, "from": DESK}, moment)
    words = _("%(title)s: it holds from now on, on every page and in all work.", title=_title(name))
    return then(HERE, words, undo_url=_undo_url(name, number))


@localized(bp, "/desk/settings/<name>/back/", methods=("POST",))
@access("admin")
def back(name: str) -> ResponseReturnValue:
    """Go back to the default, or to what the environment says."""
    before, moment = _choice(name), now(db.session)
    unchoose(db.session, name)
    number = _finish("setting.taken-back", before, {"value": before.otherwise}, moment)
    words = _("%(title)s: back to the default.", title=_title(name))
    return then(HERE, words, undo_url=_undo_url(name, number))


@localized(bp, "/desk/settings/<name>/undo/<int:number>/", methods=("POST",))
@access("admin")
def undo(name: str, number: int) -> ResponseReturnValue:
    """Have a setting as it was before the change that an entry of the log tells of."""
    before, moment, entry = _choice(name), now(db.session), db.session.get(AuditEntry, number)
    if entry is None or entry.about != _about(name):
        abort(HTTPStatus.NOT_FOUND)
    value = str(entry.before["value"])
    if entry.before["from"] == DESK:
        try:
            choose(db.session, started_with(), name, value, moment)
        except NotChosenError:
            return then(HERE, _("What was chosen before cannot hold any more."))
    else:
        unchoose(db.session, name)
    _finish("setting.undone", before, {"value": value, "from": entry.before["from"]}, moment)
    return then(HERE, _("%(title)s: as it was before.", title=_title(name)))


def _undo_url(name: str, number: int) -> str:
    return url_for("desk_settings.undo", name=name, number=number)


def _about(name: str) -> str:
    return f"setting:{name}"


def _finish(what: str, before: Choice, after: dict[str, str], moment: datetime) -> int:
    """Have pages made anew, write down what was done, and commit; return the entry's number."""
    bump(db.session)
    was = {"value": before.value, "from": before.source}
    entry = record(
        db.session, the_actor(), Deed(what, _about(before.name), None, was, after), moment
    )
    db.commit()
    forget_chosen(db.database)
    return entry.number


def _choice(name: str) -> Choice:
    if name not in CHANGEABLE:
        abort(HTTPStatus.NOT_FOUND)
    return next(one for one in choices(db.session, started_with()) if one.name == name)


def _title(name: str) -> str:
    return WORDS[name]()[0]


def _page(
    name: str = "", typed: str = "", error: str = "", status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    by_name = {one.name: one for one in choices(db.session, started_with())}
    return desk_page(
        "desk/house/settings.html",
        _("Settings"),
        status,
        groups=[(title(), [by_name[one] for one in names]) for title, names in GROUPS],
        words={one: WORDS[one]() for one in CHANGEABLE},
        yes_or_no=YES_OR_NO,
        in_words=value_in_words,
        shown_moment=shown_moment,
        wrong=name,
        typed=typed,
        error=error,
    )
