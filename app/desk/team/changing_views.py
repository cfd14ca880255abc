"""What administrators do about one of the team: each asked about in words before it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_settings
from app.core.bell import ring
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.confirming import Question, confirm_page
from app.desk.notices import tell
from app.desk.team.views import name_of, row_of
from app.desk.team.words import role_words
from app.extensions import db
from app.people import staff_invitations, staff_team
from app.people.acting import the_actor
from app.people.staff_errors import LastAdminError, NotInvitedError
from app.people.staff_models import ROLES
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_team_changing", __name__)


@dataclass(frozen=True, slots=True)
class Words:
    """What a question says; its title is on the button as well."""

    title: str
    sentence: str
    more: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    ends: bool = True


@localized(bp, "/desk/team/<int:staff_id>/role/")
@access("admin", fresh=True)
def ask_role(staff_id: int) -> ResponseReturnValue:
    """Ask whether somebody is to have another role."""
    return _ask_role(staff_id, request.args.get("role", ""))


@localized(bp, "/desk/team/<int:staff_id>/role/", methods=("POST",))
@access("admin", fresh=True)
def role(staff_id: int) -> ResponseReturnValue:
    """Give somebody another role; they are signed out everywhere."""
    wanted = request.form.get("role", "")
    if wanted not in ROLES:
        abort(HTTPStatus.NOT_FOUND)

    def act(moment: datetime) -> None:
        staff_team.change_role(db.session, the_actor(), staff_id, wanted, moment)

    said = _("The role is changed, and they are signed out.")
    return _done(staff_id, act, said, lambda error: _ask_role(staff_id, wanted, error))


@localized(bp, "/desk/team/<int:staff_id>/end/")
@access("admin", fresh=True)
def ask_end(staff_id: int) -> ResponseReturnValue:
    """Ask whether somebody is to leave."""
    return _ask_end(staff_id)


@localized(bp, "/desk/team/<int:staff_id>/end/", methods=("POST",))
@access("admin", fresh=True)
def end(staff_id: int) -> ResponseReturnValue:
    """Let somebody go: nothing of theirs opens the desk from now on."""

    def act(moment: datetime) -> None:
        staff_team.end(db.session, the_actor(), staff_id, moment)

    said = _("They have left: nothing of theirs opens the desk.")
    return _done(staff_id, act, said, lambda error: _ask_end(staff_id, error))


@localized(bp, "/desk/team/<int:staff_id>/sign-out/")
@access("admin")
def ask_sign_out(staff_id: int) -> ResponseReturnValue:
    """Ask whether all sessions of somebody are to end."""
    return _ask_sign_out(staff_id)


@localized(bp, "/desk/team/<int:staff_id>/sign-out/", methods=("POST",))
@access("admin")
def sign_out(staff_id: int) -> ResponseReturnValue:
    """End all sessions of somebody."""

    def act(moment: datetime) -> None:
        staff_team.sign_out(db.session, the_actor(), staff_id, moment)

    said = _("They are signed out everywhere.")
    return _done(staff_id, act, said, lambda error: _ask_sign_out(staff_id, error))


@localized(bp, "/desk/team/<int:staff_id>/again/")
@access("admin", fresh=True)
def ask_again(staff_id: int) -> ResponseReturnValue:
    """Ask whether the invitation is to be sent once more."""
    return _ask_again(staff_id)


@localized(bp, "/desk/team/<int:staff_id>/again/", methods=("POST",))
@access("admin", fresh=True)
def again(staff_id: int) -> ResponseReturnValue:
    """Send a new link; the earlier one ends."""
    to = (staff_id, row_of(staff_id).address or "")

    def act(moment: datetime) -> None:
        staff_invitations.send_again(db.session, the_settings(), the_actor(), to, moment)

    said = _("A new link is on its way, and the earlier one is worth nothing.")
    return _done(staff_id, act, said, lambda error: _ask_again(staff_id, error))


@localized(bp, "/desk/team/<int:staff_id>/reset/")
@access("admin", fresh=True)
def ask_reset(staff_id: int) -> ResponseReturnValue:
    """Ask whether all that somebody signs in with is to go."""
    return _ask_reset(staff_id)


@localized(bp, "/desk/team/<int:staff_id>/reset/", methods=("POST",))
@access("admin", fresh=True)
def reset(staff_id: int) -> ResponseReturnValue:
    """Take away all that somebody signs in with, and send them a link to set it up anew."""
    to = (staff_id, row_of(staff_id).address or "")

    def act(moment: datetime) -> None:
        staff_invitations.reset(db.session, the_settings(), the_actor(), to, moment)

    said = _("A link to set up their sign-in anew is on its way.")
    return _done(staff_id, act, said, lambda error: _ask_reset(staff_id, error))


def _done(
    staff_id: int, act: Callable[[datetime], None], said: str, ask: Callable[[str], Response]
) -> ResponseReturnValue:
    """Do it, commit, and lead back; or ask anew, saying why it was not done."""
    is_own = at_the_desk().staff_id == staff_id
    row_of(staff_id)
    try:
        act(now(db.session))
    except (LastAdminError, NotInvitedError) as error:
        db.session.rollback()
        return ask(_why(error))
    ring(db.session, "mail")
    db.commit()
    way = url_for("desk_team.show", staff_id=staff_id)
    if is_own:  # who may be signed out by what they did, and no administrator any more
        way = url_for("desk_sign_in.form")
    return tell(make_response(redirect(way, HTTPStatus.SEE_OTHER)), said)


def _why(error: Exception) -> str:
    if isinstance(error, LastAdminError):
        return _("They are the last administrator: make somebody else one first.")
    return _("That was done already, or they have joined or left meanwhile.")


def _whom(staff_id: int) -> dict[str, str]:
    """Return somebody's name and address, for a sentence."""
    row = row_of(staff_id)
    return {"name": name_of(row), "address": row.address or "", "role": role_words(row.role)}


def _page(staff_id: int, does: str, words: Words, error: str) -> Response:
    question = Question(
        words.title,
        words.sentence,
        action=url_for(f"desk_team_changing.{does}", staff_id=staff_id),
        button=words.title,
        back=url_for("desk_team.show", staff_id=staff_id),
        more=words.more,
        fields=words.fields,
        ends=words.ends,
    )
    return confirm_page(question, error, HTTPStatus.CONFLICT if error else HTTPStatus.OK)


def _ask_role(staff_id: int, wanted: str, error: str = "") -> Response:
    if wanted not in ROLES:
        abort(HTTPStatus.NOT_FOUND)
    sentence = _("Change the role of %(name)s, %(address)s, from %(role)s to %(wanted)s.")
    whom = {**_whom(staff_id), "wanted": role_words(wanted)}
    more = (_("They are signed out everywhere, and sign in anew."),)
    words = Words(_("Change the role"), sentence % whom, more, {"role": wanted}, ends=False)
    return _page(staff_id, "role", words, error)


def _ask_end(staff_id: int, error: str = "") -> Response:
    sentence = _("Let %(name)s, %(address)s, go: nothing of theirs opens the desk from now on.")
    more = (_("What they wrote and did stays. They can be invited again."),)
    words = Words(_("End their work at the desk"), sentence % _whom(staff_id), more)
    return _page(staff_id, "end", words, error)


def _ask_sign_out(staff_id: int, error: str = "") -> Response:
    sentence = _("Sign %(name)s, %(address)s, out of every browser.")
    more = (_("They can sign in again."),)
    words = Words(_("Sign them out"), sentence % _whom(staff_id), more)
    return _page(staff_id, "sign_out", words, error)


def _ask_again(staff_id: int, error: str = "") -> Response:
    sentence = _("Send %(name)s a new link to %(address)s.")
    more = (_("The earlier link is worth nothing then. The new one holds for seven days."),)
    words = Words(_("Send a new link"), sentence % _whom(staff_id), more, ends=False)
    return _page(staff_id, "again", words, error)


def _ask_reset(staff_id: int, error: str = "") -> Response:
    sentence = _(
        "Take away all that %(name)s signs in with, and send a link to %(address)s to set it up "
        "anew."
    )
    more = (
        _("For whoever has lost phone, passkey and codes. Be sure that it is they who ask."),
        _("They are signed out everywhere."),
    )
    words = Words(_("Take away their sign-in"), sentence % _whom(staff_id), more)
    return _page(staff_id, "reset", words, error)
