"""Signing in to the desk: by a passkey, or by a mail and a second proof.

Nothing here tells whether somebody works here: every address is answered alike.
"""

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_network, the_settings
from app.core.caps import note_use, uses
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.tokens import token_hash
from app.desk.door.entering import keep_entry, let_in
from app.desk.door.leading import way_to
from app.desk.door.pages import door_page, must_say_where_from, offer, secret_page, the_site
from app.desk.nav import first_way
from app.extensions import db
from app.mail.addresses import Address, AddressError, read_address
from app.mail.faults import said_of
from app.people import answering, staff_arrivals, staff_entries, staff_passkeys, staff_sessions
from app.people.answering import DESK_COOKIE, HOUR
from app.people.passkeys import PasskeyError
from app.people.sessions import drop_cookie
from app.people.sign_in_models import SignIn
from app.people.sign_in_queries import state_of, wish_of
from app.people.sign_in_views import LATE_AFTER, LONGEST_CODE, STATUS
from app.people.signing_in import DESK, MOST_WRONG_CODES, Entered, Wish, enter, hash_for_code
from app.people.staff_challenges import ENTER
from app.people.staff_entries import MAIL, Begun
from app.people.staff_passkeys import Signed
from app.people.staff_queries import staff_of
from app.people.staff_sessions import at_the_desk, has_lost_session, staff_here

bp = Blueprint("desk_sign_in", __name__)

LONGEST_REF = 120
ASKED = "desk-passkey"
MOST_ASKED = 120
"""How often passkeys may be asked for in one network in an hour."""


@localized(bp, "/desk/sign-in/")
@access("public")
def form() -> ResponseReturnValue:
    """Show both ways in; whoever is in already is led on."""
    here, wanted = staff_here(), way_to(request.args.get("next"))
    if here is not None:
        return redirect(wanted or first_way(here), HTTPStatus.SEE_OTHER)
    return _form_page(wanted, has_ended=has_lost_session())


@localized(bp, "/desk/sign-in/", methods=("POST",))
@access("public")
def ask() -> ResponseReturnValue:
    """Take an address, and answer alike whoever it is."""
    must_say_where_from()
    typed, wanted = request.form.get("email", ""), way_to(request.form.get("next"))
    try:
        address = _address(typed)
    except AddressError as error:
        return _form_page(wanted, typed, said_of(error.fault), HTTPStatus.UNPROCESSABLE_ENTITY)
    ref = wanted if len(wanted) <= LONGEST_REF else None
    wish = Wish(DESK, ref or None, address.text, address.key, page_language())
    return answering.keep(wish) or answering.too_many(
        _form_page(wanted, typed, _enough(), HTTPStatus.TOO_MANY_REQUESTS)
    )


@localized(bp, "/desk/sign-in/passkey/options", methods=("POST",))
@access("public")
def passkey_options() -> ResponseReturnValue:
    """Return what a browser's passkey is to sign; an address names the passkeys, if it is given."""
    must_say_where_from()
    moment, network = now(db.session), the_network()
    if uses(db.session, ASKED, moment - HOUR, network) >= MOST_ASKED:
        return {"error": _enough()}, HTTPStatus.TOO_MANY_REQUESTS
    note_use(db.session, ASKED, network, moment)
    try:
        key = _address(request.form.get("email", "")).key
    except AddressError:
        key = ""
    options = staff_passkeys.ask_to_enter(db.session, the_settings(), the_site(), key, moment)
    db.commit()
    return Response(options, mimetype="application/json")


@localized(bp, "/desk/sign-in/passkey", methods=("POST",))
@access("public")
def passkey() -> ResponseReturnValue:
    """Let somebody in by their passkey."""
    must_say_where_from()
    moment, wanted = now(db.session), way_to(request.form.get("next"))
    signed = Signed(the_site(), request.form.get("answer", ""), ENTER)
    try:
        found = staff_passkeys.check(db.session, the_settings(), signed, moment)
    except PasskeyError:
        db.commit()  # the challenge is used up all the same
        return _form_page(
            wanted, passkey_error=_unknown_passkey(), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return let_in(found.staff_id, staff_arrivals.PASSKEY, wanted, moment)


@localized(bp, "/desk/sign-in/sent/")
@access("public")
def sent() -> ResponseReturnValue:
    """Say where to look, and take the code."""
    wish = wish_of(db.session, answering.the_browser(DESK_COOKIE))
    return _elsewhere() if wish is None else _sent_page(wish, now(db.session))


@localized(bp, "/desk/sign-in/code", methods=("POST",))
@access("public")
def take_code() -> ResponseReturnValue:
    """Take the code from the mail, in the browser that asked: it leads to the second proof."""
    must_say_where_from()
    typed = request.form.get("code", "")[:LONGEST_CODE]
    code = "".join(sign for sign in typed if sign in "0123456789")
    browser, moment = answering.the_browser(DESK_COOKIE), now(db.session)
    hashed = hash_for_code(db.session, the_settings(), browser, code, moment)
    entered = enter(db.session, hashed or "", browser, moment, of_desk=True)
    if entered is not None:
        return _go_on(entered, moment)
    db.commit()
    wish = wish_of(db.session, browser)
    if wish is None:
        return _elsewhere()
    sentence = _("This code opens nothing. It is the six digits in the newest email.")
    return _sent_page(wish, moment, sentence, HTTPStatus.UNPROCESSABLE_ENTITY)


@localized(bp, "/desk/sign-in/again", methods=("POST",))
@access("public")
def ask_again() -> ResponseReturnValue:
    """Ask for the mail once more, from the browser that asked."""
    must_say_where_from()
    wish = wish_of(db.session, answering.the_browser(DESK_COOKIE))
    if wish is None:
        return _elsewhere()
    again = Wish(DESK, wish.ref, wish.address, wish.address_key, page_language())
    return answering.keep(again) or answering.too_many(
        _sent_page(wish, now(db.session), status=HTTPStatus.TOO_MANY_REQUESTS, notice=_enough())
    )


@localized(bp, "/desk/sign-in/<token>/")
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Show the button, or what has become of the link; nothing is opened by looking."""
    return _link_page(token)


@localized(bp, "/desk/sign-in/<token>/", methods=("POST",))
@access("public")
def press(token: str) -> ResponseReturnValue:
    """Take the link of the mail, in the browser that asked: it leads to the second proof."""
    must_say_where_from()
    browser, moment = answering.the_browser(DESK_COOKIE), now(db.session)
    entered = enter(db.session, token_hash(token), browser, moment, of_desk=True)
    if entered is not None:
        return _go_on(entered, moment)
    db.commit()
    return _link_page(token)


@localized(bp, "/desk/sign-out", methods=("POST",))
@access("staff")
def leave() -> ResponseReturnValue:
    """Sign out of this browser."""
    here = at_the_desk()
    staff_sessions.end(db.session, here.session_id, now(db.session))
    db.commit()
    answer = make_response(redirect(url_for("desk_sign_in.left"), HTTPStatus.SEE_OTHER))
    return drop_cookie(answer, staff_sessions.COOKIE)


@localized(bp, "/desk/signed-out/")
@access("public")
def left() -> ResponseReturnValue:
    """Say that it is over."""
    return door_page("desk/door/left.html", _("You are signed out of the desk"))


def _go_on(entered: Entered, moment: datetime) -> Response:
    """Lead somebody whose mail was shown to be theirs to their second proof."""
    staff = staff_of(db.session, entered.person_id)
    if staff is None:
        db.commit()
        return _elsewhere()
    begun = Begun(staff.id, MAIL, wanted=entered.ref or "")
    token = staff_entries.begin(db.session, begun, moment)
    db.commit()
    answer = make_response(redirect(url_for("desk_second.form"), HTTPStatus.SEE_OTHER))
    return keep_entry(drop_cookie(answer, DESK_COOKIE), token, staff_entries.LASTS[MAIL])


def _address(typed: str) -> Address:
    settings = the_settings()
    return read_address(typed, smtputf8=settings.smtp_utf8, testing=settings.mode != "production")


def _form_page(
    wanted: str,
    value: str = "",
    error: str = "",
    status: int = HTTPStatus.OK,
    *,
    passkey_error: str = "",
    has_ended: bool = False,
) -> Response:
    return door_page(
        "desk/door/sign_in.html",
        _("Sign in to the desk"),
        status,
        wanted=wanted,
        value=value,
        error=error,
        passkey_error=passkey_error,
        has_ended=has_ended,
        offer=offer(),
    )


def _sent_page(
    wish: SignIn,
    moment: datetime,
    code_error: str = "",
    status: int = HTTPStatus.OK,
    *,
    notice: str = "",
) -> Response:
    is_old = wish.expires_at <= moment
    is_over = is_old or wish.wrong_codes >= MOST_WRONG_CODES
    return door_page(
        "desk/door/sent.html",
        _("Look in your mailbox"),
        status,
        address=wish.address,
        is_over=is_over,
        is_old=is_old,
        late=moment - wish.created_at >= LATE_AFTER,
        code_error="" if is_over else code_error,
        notice=notice,
    )


def _link_page(token: str) -> Response:
    browser = answering.the_browser(DESK_COOKIE)
    state = state_of(db.session, token_hash(token), browser, now(db.session))
    return secret_page(
        "desk/door/link.html",
        _("Sign in to the desk"),
        STATUS[state],
        state=state,
        action=url_for("desk_sign_in.press", token=token),
    )


def _elsewhere() -> Response:
    return door_page(
        "desk/door/elsewhere.html", _("Here nobody has asked to sign in"), HTTPStatus.NOT_FOUND
    )


def _enough() -> str:
    return _("Too many sign-ins were asked for from your network. Please try again later.")


def _unknown_passkey() -> str:
    return _("This passkey does not open the desk. Try again, or take the email and a code.")
