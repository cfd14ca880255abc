"""The second proof of whoever came by a mail: a code of their app, one from paper, or a passkey."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.core.answering import the_network, the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.door.entering import let_in, the_entry
from app.desk.door.pages import door_page, must_say_where_from, offer, the_site
from app.extensions import db
from app.people import staff_arrivals, staff_codes, staff_entries, staff_passkeys
from app.people.answering import too_many
from app.people.passkeys import PasskeyError
from app.people.staff_challenges import PROVE
from app.people.staff_codes import APP, RECOVERY, TOO_MANY, Trial
from app.people.staff_credentials_models import StaffEntry
from app.people.staff_entries import MAIL
from app.people.staff_passkeys import Signed
from app.people.staff_queries import has_code_app, has_passkey

bp = Blueprint("desk_second", __name__)

LONGEST_CODE = 40


@localized(bp, "/desk/sign-in/second/")
@access("public")
def form() -> ResponseReturnValue:
    """Ask for the second proof, in the browser that showed the first."""
    entry = the_entry((MAIL,), now(db.session))
    return _gone() if entry is None else _page(entry)


@localized(bp, "/desk/sign-in/second/", methods=("POST",))
@access("public")
def take() -> ResponseReturnValue:
    """Let somebody in by a code of their app, or one from paper."""
    must_say_where_from()
    moment = now(db.session)
    entry = the_entry((MAIL,), moment)
    if entry is None:
        return _gone()
    trial = Trial(entry.staff_id, typed_code(), the_network(), datetime.now(UTC))
    outcome = staff_codes.prove(db.session, the_settings(), trial, moment)
    if outcome in {APP, RECOVERY} and staff_entries.take(db.session, entry, moment):
        return let_in(entry.staff_id, outcome, entry.wanted, moment)
    is_over = outcome != TOO_MANY and staff_entries.note_wrong(db.session, entry, moment)
    db.commit()
    if is_over:
        return _gone()
    if outcome == TOO_MANY:
        return too_many(_page(entry, enough(), HTTPStatus.TOO_MANY_REQUESTS))
    return _page(entry, wrong(), HTTPStatus.UNPROCESSABLE_ENTITY)


@localized(bp, "/desk/sign-in/second/options", methods=("POST",))
@access("public")
def options() -> ResponseReturnValue:
    """Return what a passkey of theirs is to sign."""
    must_say_where_from()
    moment = now(db.session)
    entry = the_entry((MAIL,), moment)
    if entry is None:
        return {"error": _("Too much time has passed. Sign in again.")}, HTTPStatus.GONE
    asked = staff_passkeys.ask_to_prove(db.session, the_site(), entry.staff_id, moment)
    db.commit()
    return Response(asked, mimetype="application/json")


@localized(bp, "/desk/sign-in/second/passkey", methods=("POST",))
@access("public")
def passkey() -> ResponseReturnValue:
    """Let somebody in by a passkey of theirs."""
    must_say_where_from()
    moment = now(db.session)
    entry = the_entry((MAIL,), moment)
    if entry is None:
        return _gone()
    signed = Signed(the_site(), request.form.get("answer", ""), PROVE, entry.staff_id)
    try:
        staff_passkeys.check(db.session, the_settings(), signed, moment)
    except PasskeyError:
        db.commit()
        sentence = _("This passkey is not one of yours. Try again, or take a code.")
        return _page(entry, status=HTTPStatus.UNPROCESSABLE_ENTITY, passkey_error=sentence)
    if not staff_entries.take(db.session, entry, moment):
        return _gone()
    return let_in(entry.staff_id, staff_arrivals.PASSKEY, entry.wanted, moment)


def typed_code() -> str:
    """Return the code that was typed."""
    return request.form.get("code", "")[:LONGEST_CODE]


def wrong() -> str:
    """Return the sentence for a code that is none."""
    return _(
        "This code is wrong, or it was used already. Wait for the next one of your app, or take "
        "another recovery code."
    )


def enough() -> str:
    """Return the sentence for whoever has tried too often."""
    return _("Too many wrong codes. Try again in an hour, or take a passkey.")


def _page(
    entry: StaffEntry,
    error: str = "",
    status: int = HTTPStatus.OK,
    *,
    passkey_error: str = "",
) -> Response:
    return door_page(
        "desk/door/second.html",
        _("One more proof"),
        status,
        has_app=has_code_app(db.session, entry.staff_id),
        has_passkey=has_passkey(db.session, entry.staff_id),
        error=error,
        passkey_error=passkey_error,
        offer=offer(),
    )


def _gone() -> Response:
    return door_page("desk/door/gone.html", _("Begin once more"), HTTPStatus.GONE)
