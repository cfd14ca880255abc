"""The pages of signing in and out.

Nothing on them tells whether an address is known: the form is answered alike for all, and the
waiting page never shows what became of the mail.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import (
    NO_REFERRER,
    home_url,
    page_language,
    personal_page,
    private_page,
    the_settings,
)
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.tokens import token_hash
from app.extensions import db
from app.mail.addresses import AddressError, read_address
from app.mail.faults import said_of
from app.people import answering, sessions
from app.people.sign_in_models import SignIn
from app.people.sign_in_queries import state_of, wish_of
from app.people.signing_in import (
    ACCOUNT,
    MOST_WRONG_CODES,
    PURPOSES,
    Entered,
    Wish,
    account_landing,
    enter,
    hash_for_code,
    remembered,
)

bp = Blueprint("sign_in", __name__)

LATE_AFTER = timedelta(minutes=2)
LONGEST_CODE = 20
STATUS = {
    "open": HTTPStatus.OK,
    "elsewhere": HTTPStatus.OK,
    "used": HTTPStatus.OK,
    "ended": HTTPStatus.GONE,
    "expired": HTTPStatus.GONE,
    "wrong": HTTPStatus.NOT_FOUND,
}


@localized(bp, "/account/sign-in/")
@access("public")
def form() -> ResponseReturnValue:
    """Show the form; it remembers the name of the page that somebody wanted."""
    goes_on = remembered(request.args.get("next"))
    if not goes_on and sessions.signed_in() is not None:
        return redirect(account_landing(None), HTTPStatus.SEE_OTHER)
    return _form_page(goes_on)


@localized(bp, "/account/sign-in/", methods=("POST",))
@access("public")
def ask() -> ResponseReturnValue:
    """Take an address, and answer alike whoever it is."""
    typed = request.form.get("email", "")
    goes_on = remembered(request.form.get("next"))
    settings = the_settings()
    try:
        address = read_address(
            typed, smtputf8=settings.smtp_utf8, testing=settings.mode != "production"
        )
    except AddressError as error:
        return _form_page(goes_on, typed, said_of(error.fault), HTTPStatus.UNPROCESSABLE_ENTITY)
    begun = answering.begin(address, ACCOUNT, goes_on or None)
    return begun or answering.too_many(
        _form_page(goes_on, typed, _enough(), HTTPStatus.TOO_MANY_REQUESTS)
    )


@localized(bp, "/account/sign-in/sent/")
@access("public")
def sent() -> ResponseReturnValue:
    """Say where to look, and take the code."""
    wish = wish_of(db.session, answering.the_browser())
    return _elsewhere() if wish is None else _sent_page(wish, now(db.session))


@localized(bp, "/account/sign-in/code", methods=("POST",))
@access("public")
def take_code() -> ResponseReturnValue:
    """Sign in with the code from the mail, in the browser that asked."""
    typed = request.form.get("code", "")[:LONGEST_CODE]
    code = "".join(sign for sign in typed if sign in "0123456789")
    browser, moment = answering.the_browser(), now(db.session)
    hashed = hash_for_code(db.session, the_settings(), browser, code, moment)
    entered = enter(db.session, hashed or "", browser, moment)
    if entered is not None:
        return _welcome(entered, moment)
    db.commit()
    wish = wish_of(db.session, browser)
    if wish is None:
        return _elsewhere()
    sentence = _("This code opens nothing. It is the six digits in the newest email.")
    return _sent_page(wish, moment, sentence, HTTPStatus.UNPROCESSABLE_ENTITY)


@localized(bp, "/account/sign-in/again", methods=("POST",))
@access("public")
def ask_again() -> ResponseReturnValue:
    """Ask for the mail once more, from the browser that asked."""
    wish = wish_of(db.session, answering.the_browser())
    if wish is None:
        return _elsewhere()
    again = Wish(wish.purpose, wish.ref, wish.address, wish.address_key, page_language())
    return answering.keep(again) or answering.too_many(
        _sent_page(wish, now(db.session), status=HTTPStatus.TOO_MANY_REQUESTS, notice=_enough())
    )


@localized(bp, "/account/sign-in/<token>/")
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Show the button, or what has become of the link; nothing is opened by looking."""
    return _link_page(token)


@localized(bp, "/account/sign-in/<token>/", methods=("POST",))
@access("public")
def press(token: str) -> ResponseReturnValue:
    """Sign in, if this is the browser that asked."""
    moment = now(db.session)
    entered = enter(db.session, token_hash(token), answering.the_browser(), moment)
    if entered is not None:
        return _welcome(entered, moment)
    db.commit()
    return _link_page(token)


@localized(bp, "/account/sign-out", methods=("POST",))
@access("person")
def leave() -> ResponseReturnValue:
    """Sign out of this browser."""
    sessions.end(db.session, now(db.session))
    return _left()


@localized(bp, "/account/sign-out-everywhere", methods=("POST",))
@access("person")
def leave_everywhere() -> ResponseReturnValue:
    """Sign out of every browser."""
    sessions.end_everywhere(db.session, sessions.person_id(), now(db.session))
    return _left()


@localized(bp, "/account/signed-out/")
@access("public")
def left() -> ResponseReturnValue:
    """Say that it is over."""
    return personal_page(
        "people/signed_out.html",
        _("You are signed out"),
        form_url=url_for("sign_in.form"),
        home_url=home_url(),
    )


def _left() -> Response:
    db.commit()
    answer = make_response(redirect(url_for("sign_in.left"), HTTPStatus.SEE_OTHER))
    return sessions.drop_cookie(answer, sessions.COOKIE)


def _welcome(entered: Entered, moment: datetime) -> Response:
    """Sign somebody in, with a new secret, and lead them to what they came for."""
    token = sessions.start(db.session, entered.person_id, moment)
    db.commit()
    landing = PURPOSES[entered.purpose].landing(entered.ref)
    answer = make_response(redirect(landing, HTTPStatus.SEE_OTHER))
    answer.headers["Referrer-Policy"] = NO_REFERRER
    sessions.put_cookie(answer, sessions.COOKIE, token, sessions.LASTS)
    return sessions.drop_cookie(answer, answering.COOKIE)


def _form_page(
    goes_on: str, value: str = "", error: str = "", status: int = HTTPStatus.OK
) -> Response:
    return personal_page(
        "people/sign_in.html",
        _("Sign in"),
        status,
        action=url_for("sign_in.ask"),
        goes_on=goes_on,
        again=bool(goes_on) and sessions.signed_in() is not None,
        value=value,
        error=error,
    )


def _sent_page(
    wish: SignIn,
    moment: datetime,
    code_error: str = "",
    status: int = HTTPStatus.OK,
    *,
    notice: str = "",
) -> Response:
    purpose = PURPOSES.get(wish.purpose)
    over = wish.expires_at <= moment or wish.wrong_codes >= MOST_WRONG_CODES
    return personal_page(
        "people/sent.html",
        _("Look in your mailbox"),
        status,
        address=wish.address,
        is_certain=purpose is not None and purpose.creates_person,
        is_over=over,
        is_old=wish.expires_at <= moment,
        late=moment - wish.created_at >= LATE_AFTER,
        code_action=url_for("sign_in.take_code"),
        code_error="" if over else code_error,
        again_action=url_for("sign_in.ask_again"),
        form_url=url_for("sign_in.form"),
        notice=notice,
    )


def _link_page(token: str) -> Response:
    state = state_of(db.session, token_hash(token), answering.the_browser(), now(db.session))
    return private_page(
        "people/link.html",
        _("Sign in"),
        STATUS[state],
        state=state,
        action=url_for("sign_in.press", token=token),
        form_url=url_for("sign_in.form"),
    )


def _elsewhere() -> Response:
    return personal_page(
        "people/elsewhere.html",
        _("Here nobody has asked to sign in"),
        HTTPStatus.NOT_FOUND,
        form_url=url_for("sign_in.form"),
    )


def _enough() -> str:
    return _("Too many sign-ins were asked for from your network. Please try again later.")
