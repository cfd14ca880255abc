"""Proving anew who one is, before what cannot be taken back; it holds for fifteen minutes."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.core.answering import the_network, the_settings
from app.core.bell import ring
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.door.entering import the_arrival
from app.desk.door.leading import way_to
from app.desk.door.pages import offer, the_site
from app.desk.door.second_views import enough, typed_code, wrong
from app.desk.nav import first_way
from app.extensions import db
from app.people import staff_arrivals, staff_codes, staff_passkeys, staff_sessions
from app.people.answering import too_many
from app.people.passkeys import PasskeyError
from app.people.sessions import put_cookie
from app.people.staff_challenges import PROVE
from app.people.staff_codes import APP, RECOVERY, TOO_MANY, Trial
from app.people.staff_passkeys import Signed
from app.people.staff_queries import has_code_app, has_passkey
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_prove", __name__)

REHEARSED = "rehearsed"


@localized(bp, "/desk/prove/")
@access("staff")
def form() -> ResponseReturnValue:
    """Ask for the proof, unless it was given just now."""
    here, wanted = at_the_desk(), way_to(request.args.get("next"))
    if here.is_fresh:
        return redirect(wanted or first_way(here), HTTPStatus.SEE_OTHER)
    return _page(wanted)


@localized(bp, "/desk/prove/", methods=("POST",))
@access("staff")
def take() -> ResponseReturnValue:
    """Take a code of the app, or one from paper."""
    moment, wanted = now(db.session), way_to(request.form.get("next"))
    here = at_the_desk()
    if request.form.get("as") == REHEARSED and may_rehearse():
        return _proved(staff_arrivals.REHEARSAL, wanted, moment)
    trial = Trial(here.staff_id, typed_code(), the_network(), datetime.now(UTC))
    outcome = staff_codes.prove(db.session, the_settings(), trial, moment)
    if outcome in {APP, RECOVERY}:
        return _proved(outcome, wanted, moment)
    db.commit()
    if outcome == TOO_MANY:
        return too_many(_page(wanted, enough(), HTTPStatus.TOO_MANY_REQUESTS))
    return _page(wanted, wrong(), HTTPStatus.UNPROCESSABLE_ENTITY)


@localized(bp, "/desk/prove/options", methods=("POST",))
@access("staff")
def options() -> ResponseReturnValue:
    """Return what a passkey of theirs is to sign."""
    here = at_the_desk()
    asked = staff_passkeys.ask_to_prove(db.session, the_site(), here.staff_id, now(db.session))
    db.commit()
    return Response(asked, mimetype="application/json")


@localized(bp, "/desk/prove/passkey", methods=("POST",))
@access("staff")
def passkey() -> ResponseReturnValue:
    """Take what a passkey of theirs has signed."""
    moment, wanted = now(db.session), way_to(request.form.get("next"))
    signed = Signed(the_site(), request.form.get("answer", ""), PROVE, at_the_desk().staff_id)
    try:
        staff_passkeys.check(db.session, the_settings(), signed, moment)
    except PasskeyError:
        db.commit()
        sentence = _("This passkey is not one of yours. Try again, or take a code.")
        return _page(wanted, status=HTTPStatus.UNPROCESSABLE_ENTITY, passkey_error=sentence)
    return _proved(staff_arrivals.PASSKEY, wanted, moment)


def may_rehearse() -> bool:
    """Tell whether somebody may say so without a proof: on a laptop, where none is set up."""
    staff_id = at_the_desk().staff_id
    has_proof = has_code_app(db.session, staff_id) or has_passkey(db.session, staff_id)
    return the_settings().mode != "production" and not has_proof


def _proved(by: str, wanted: str, moment: datetime) -> Response:
    here = at_the_desk()
    arrival = the_arrival(here.staff_id, by)
    token = staff_arrivals.prove_anew(db.session, arrival, moment)
    ring(db.session, "mail")
    db.commit()
    way = wanted or first_way(here)
    answer = make_response(redirect(way, HTTPStatus.SEE_OTHER))
    return put_cookie(answer, staff_sessions.COOKIE, token, staff_sessions.LASTS)


def _page(
    wanted: str,
    error: str = "",
    status: int = HTTPStatus.OK,
    *,
    passkey_error: str = "",
) -> Response:
    staff_id = at_the_desk().staff_id
    return desk_page(
        "desk/door/prove.html",
        _("Is it still you?"),
        status,
        wanted=wanted,
        has_app=has_code_app(db.session, staff_id),
        has_passkey=has_passkey(db.session, staff_id),
        rehearses=may_rehearse(),
        error=error,
        passkey_error=passkey_error,
        offer=offer(),
    )
