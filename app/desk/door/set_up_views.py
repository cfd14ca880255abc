"""The first sign-in, from an invitation: a passkey or a code app, and the codes on paper."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.door.entering import come_in, keep_entry, seated, the_entry
from app.desk.door.pages import door_page, must_say_where_from, offer, secret_page, the_site
from app.desk.door.proofs import app_to_scan, given_name, typed_digits
from app.extensions import db
from app.mail.message import site_name
from app.people import (
    staff_arrivals,
    staff_code_apps,
    staff_entries,
    staff_invitations,
    staff_passkeys,
    staff_recovery,
)
from app.people.models import Person
from app.people.passkeys import Owner, PasskeyError
from app.people.staff_challenges import ADD
from app.people.staff_code_apps import Moments
from app.people.staff_credentials_models import StaffEntry
from app.people.staff_entries import INVITATION, Begun
from app.people.staff_errors import NotInvitedError
from app.people.staff_models import Staff
from app.people.staff_passkeys import Signed
from app.people.staff_queries import address_of

bp = Blueprint("desk_set_up", __name__)

STATUS = {
    "open": HTTPStatus.OK,
    "used": HTTPStatus.GONE,
    "ended": HTTPStatus.GONE,
    "expired": HTTPStatus.GONE,
    "wrong": HTTPStatus.NOT_FOUND,
}


@dataclass(frozen=True, slots=True)
class Whom:
    """Whoever sets up: the address they were written to, and their name, or an empty text."""

    address: str
    name: str


@localized(bp, "/desk/invitation/<token>/")
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Show the button, or what has become of the invitation; nothing is opened by looking."""
    return _invitation_page(token)


@localized(bp, "/desk/invitation/<token>/", methods=("POST",))
@access("public")
def begin(token: str) -> ResponseReturnValue:
    """Let this browser set up; the invitation is used once that is done."""
    must_say_where_from()
    moment = now(db.session)
    state, invitation = staff_invitations.state_of(db.session, token, moment)
    if invitation is None or state != "open":
        db.commit()
        return _invitation_page(token)
    begun = Begun(invitation.staff_id, INVITATION, invitation.id)
    secret = staff_entries.begin(db.session, begun, moment)
    db.commit()
    answer = make_response(redirect(url_for("desk_set_up.form"), HTTPStatus.SEE_OTHER))
    return keep_entry(answer, secret, staff_entries.LASTS[INVITATION])


@localized(bp, "/desk/set-up/")
@access("public")
def form() -> ResponseReturnValue:
    """Offer both: a passkey, and a code app."""
    entry = the_entry((INVITATION,), now(db.session))
    return _gone() if entry is None else _form_page(entry)


@localized(bp, "/desk/set-up/passkey/options", methods=("POST",))
@access("public")
def passkey_options() -> ResponseReturnValue:
    """Return what a browser is to make a passkey by."""
    must_say_where_from()
    moment = now(db.session)
    entry = the_entry((INVITATION,), moment)
    if entry is None:
        return {"error": _("Too much time has passed. Open the link once more.")}, HTTPStatus.GONE
    whom = whom_of(entry.staff_id)
    handle = staff_passkeys.handle_of(the_settings(), entry.staff_id)
    owner = Owner(handle, whom.address, whom.name)
    asked = staff_passkeys.ask_to_make(db.session, the_site(), owner, entry.staff_id, moment)
    db.commit()
    return Response(asked, mimetype="application/json")


@localized(bp, "/desk/set-up/passkey", methods=("POST",))
@access("public")
def passkey() -> ResponseReturnValue:
    """Keep the passkey, and let its owner in."""
    must_say_where_from()
    moment = now(db.session)
    entry = the_entry((INVITATION,), moment)
    if entry is None:
        return _gone()
    signed = Signed(the_site(), request.form.get("answer", ""), ADD)
    try:
        staff_passkeys.add(db.session, signed, entry.staff_id, given_name(), moment)
    except PasskeyError:
        db.commit()
        sentence = _("The passkey could not be made. Try again, or take a code app.")
        return _form_page(entry, sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _done(entry, moment)


@localized(bp, "/desk/set-up/app", methods=("POST",))
@access("public")
def begin_app() -> ResponseReturnValue:
    """Make the secret of a code app, and show it on a page of its own."""
    must_say_where_from()
    moment = now(db.session)
    entry = the_entry((INVITATION,), moment)
    if entry is None:
        return _gone()
    staff_code_apps.begin(db.session, the_settings(), entry.staff_id, moment)
    db.commit()
    return redirect(url_for("desk_set_up.app_form"), HTTPStatus.SEE_OTHER)


@localized(bp, "/desk/set-up/app/")
@access("public")
def app_form() -> ResponseReturnValue:
    """Show the picture that the telephone reads, and take the first code."""
    entry = the_entry((INVITATION,), now(db.session))
    return _gone() if entry is None else _app_page(entry)


@localized(bp, "/desk/set-up/app/", methods=("POST",))
@access("public")
def app() -> ResponseReturnValue:
    """Take the first code of the app, and let its owner in."""
    must_say_where_from()
    moment = now(db.session)
    entry = the_entry((INVITATION,), moment)
    if entry is None:
        return _gone()
    moments = Moments(moment, datetime.now(UTC))
    right = staff_code_apps.confirm(
        db.session, the_settings(), entry.staff_id, typed_digits(), moments
    )
    if right:
        return _done(entry, moment)
    db.commit()
    sentence = _("That is not what the app shows now. See whether the clock of the phone is right.")
    return _app_page(entry, sentence, HTTPStatus.UNPROCESSABLE_ENTITY)


def whom_of(staff_id: int) -> Whom:
    """Return by what somebody is known."""
    staff = db.session.get_one(Staff, staff_id)
    person = db.session.get_one(Person, staff.person_id)
    return Whom(address_of(db.session, staff.person_id), person.name or "")


def _done(entry: StaffEntry, moment: datetime) -> ResponseReturnValue:
    """Use the invitation up, let its owner in, and show the recovery codes, this once."""
    try:
        staff_invitations.use(db.session, entry.invitation_id or 0, moment)
    except NotInvitedError:
        db.session.rollback()
        return _gone()
    codes = staff_recovery.make_anew(db.session, the_settings(), entry.staff_id, moment)
    secrets = come_in(entry.staff_id, staff_arrivals.SET_UP, moment)
    page = door_page("desk/door/codes.html", _("Your recovery codes"), codes=codes)
    return seated(page, secrets)


def _invitation_page(token: str) -> Response:
    state, _row = staff_invitations.state_of(db.session, token, now(db.session))
    return secret_page(
        "desk/door/invitation.html",
        _("The desk of %(name)s") % {"name": site_name(the_settings(), page_language())},
        STATUS[state],
        state=state,
        action=url_for("desk_set_up.begin", token=token),
    )


def _form_page(entry: StaffEntry, error: str = "", status: int = HTTPStatus.OK) -> Response:
    return door_page(
        "desk/door/set_up.html",
        _("How you will sign in"),
        status,
        whom=whom_of(entry.staff_id),
        passkey_error=error,
        offer=offer(),
        named=given_name(),
    )


def _app_page(
    entry: StaffEntry, error: str = "", status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    secret = staff_code_apps.pending(db.session, the_settings(), entry.staff_id)
    if not secret:
        return redirect(url_for("desk_set_up.form"), HTTPStatus.SEE_OTHER)
    return door_page(
        "desk/door/app.html",
        _("Your code app"),
        status,
        scan=app_to_scan(secret, whom_of(entry.staff_id).address),
        action=url_for("desk_set_up.app"),
        error=error,
    )


def _gone() -> Response:
    return door_page("desk/door/set_up_gone.html", _("Open the link once more"), HTTPStatus.GONE)
