"""What the views of people share: pages that are kept nowhere, and the start of a sign-in."""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Response, make_response, redirect, request
from flask import url_for as address_of

from app.core.answering import page_language, the_network, the_settings
from app.core.bell import ring
from app.core.caps import note_use, uses
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.tokens import keyed_hash
from app.extensions import db
from app.mail.addresses import Address
from app.people.sessions import cookie_name, put_cookie
from app.people.signing_in import DESK, LANE, Wish, ask

USE = "sign-in"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_PER_NETWORK = 60
MOST_PER_ADDRESS = ((HOUR, 5), (DAY, 15))
"""How often one network may ask for one address; the mails to an address are capped higher, so
that nobody can keep its owner out."""

OF_ADDRESS = 16  # hex digits of its keyed hash
COOKIE = "sign-in"
DESK_COOKIE = "desk-sign-in"
COOKIE_LASTS = timedelta(hours=1)
WAITING = {COOKIE: "sign_in.sent", DESK_COOKIE: "desk_sign_in.sent"}
"""The page that waits for the mail, by the cookie of whoever asked: a reader, or staff."""


def the_browser(cookie: str = COOKIE) -> str:
    """Return the secret of a browser that asked to sign in, or an empty text."""
    return request.cookies.get(cookie_name(cookie), "")


def staff_are_not_erased() -> str:
    """Return what is said to whoever works here and asks to be erased."""
    return _(
        "You work here, and what you do stands under your name. Have an administrator end that"
        " first, at the desk on the page of the team. Nothing was erased."
    )


def begin(address: Address, purpose: str, ref: str | None = None) -> Response | None:
    """Take a wish to sign in, and lead to the page that waits for its mail.

    The same is done for every address; who is written to is decided in a lane.

    Args:
        address: Where the mail is to go, if it goes.
        purpose: Name of one of `signing_in.PURPOSES`.
        ref: That purpose's own word, which its landing gets.

    Returns:
        The answer, or None if the network has asked often enough, of all or of this address: 429.
    """
    return keep(Wish(purpose, ref, address.text, address.key, page_language()))


def keep(wish: Wish) -> Response | None:
    """Keep a wish for good; return the way to its waiting page, None if that was too many."""
    moment = now(db.session)
    network = the_network()
    of_address = _use_of(wish.address_key)
    if _has_had_enough(network, of_address, moment):
        db.commit()  # of nothing: what the page still reads, it reads without writing
        return None
    note_use(db.session, USE, network, moment)
    note_use(db.session, of_address, network, moment)
    browser = ask(db.session, the_settings(), wish, moment)
    ring(db.session, LANE)
    db.commit()
    cookie = DESK_COOKIE if wish.purpose == DESK else COOKIE
    answer = make_response(redirect(address_of(WAITING[cookie]), HTTPStatus.SEE_OTHER))
    return put_cookie(answer, cookie, browser, COOKIE_LASTS)


def _use_of(address_key: str) -> str:
    """Return what asking for an address is counted as: the address cannot be had from it."""
    hashed = keyed_hash(the_settings().secret_key, "sign-in-address", address_key)
    return f"{USE}:{hashed[:OF_ADDRESS]}"


def _has_had_enough(network: str, of_address: str, moment: datetime) -> bool:
    """Tell whether a network asked often enough; it is counted alike whoever is known."""
    if uses(db.session, USE, moment - HOUR, network) >= MOST_PER_NETWORK:
        return True
    return any(
        uses(db.session, of_address, moment - time, network) >= most
        for time, most in MOST_PER_ADDRESS
    )


def too_many(answer: Response) -> Response:
    """Say to programs as well when to come back."""
    answer.headers["Retry-After"] = str(int(HOUR.total_seconds()))
    return answer
