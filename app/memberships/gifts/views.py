"""Redeeming a gift membership: a code, an address, a mail, and one button that uses it.

The code leads to the gift's own page, whose address carries a proof in its place. Looking at
the page changes nothing, however often and whoever does; nor does signing in.
"""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_network, the_settings
from app.core.caps import note_use, uses
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.extensions import db
from app.memberships.gifts.codes import LONGEST_TYPED, proof_of, proves
from app.memberships.gifts.pages import (
    EMPTY,
    AddressField,
    account_url,
    everywhere,
    faulty,
    gift_page,
    gift_view,
    only_read,
    sign_in_for,
    viewer_address,
    wanted_address,
)
from app.memberships.gifts.queries import gift_at, gift_with_code
from app.memberships.gifts.redeeming import redeem
from app.people import sessions
from app.people.answering import HOUR

bp = Blueprint("gifts", __name__)

PURPOSE = "redeem"
USE = "gift-code"
MOST_WRONG_CODES = 20
RULE = "/join/gift/<gift>/<proof>/"


def landing(ref: str | None) -> str:
    """Return where somebody goes who signed in for a gift: to its page."""
    if not ref:
        return url_for("gifts.show")
    return url_for("gifts.gift", gift=ref, proof=proof_of(the_settings(), ref))


@localized(bp, "/join/gift/")
@access("public")
def show() -> ResponseReturnValue:
    """Ask for the code."""
    return _code_page()


@localized(bp, "/join/gift/", methods=("POST",))
@access("public")
def take_code() -> ResponseReturnValue:
    """Lead to the gift that a code is for."""
    typed = request.form.get("code", "")[:LONGEST_TYPED]
    found = gift_with_code(db.session, the_settings(), typed)
    if found is not None:
        return redirect(landing(found.public_id), HTTPStatus.SEE_OTHER)
    if typed.strip() and not _note_wrong():
        sentence = _("Too many wrong codes came from your network. Please try again in an hour.")
        return _code_page(typed, sentence, HTTPStatus.TOO_MANY_REQUESTS)
    return _code_page(typed, _fault(typed), HTTPStatus.UNPROCESSABLE_ENTITY)


@localized(bp, RULE)
@access("public")
def gift(gift: str, proof: str) -> ResponseReturnValue:
    """Show a gift, and the next step to its use."""
    return _gift_page(gift, proof)


@localized(bp, RULE, methods=("POST",))
@access("public")
def ask(gift: str, proof: str) -> ResponseReturnValue:
    """Take the address of whoever is to use a gift, and send them the mail to sign in by."""
    with db.database.read() as session:
        found = gift_at(session, the_settings(), gift, proof)
    if found is None or found.state != "open":
        return _gift_page(gift, proof)
    typed = request.form.get("email", "")
    try:
        address = wanted_address(typed, as_typed=request.form.get("as_typed") == "1")
    except FieldError as error:
        return _gift_page(gift, proof, faulty(typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    begun = sign_in_for(PURPOSE, found.public_id, address)
    if isinstance(begun, AddressField):
        return _gift_page(gift, proof, begun, HTTPStatus.TOO_MANY_REQUESTS)
    return begun


@localized(bp, f"{RULE}use", methods=("POST",))
@access("person")
def use(gift: str, proof: str) -> ResponseReturnValue:
    """Use a gift; its page then says what became of it."""
    if proves(the_settings(), gift, proof):
        redeem(db.session, sessions.person_id(), gift, now(db.session))
        db.commit()
    return redirect(url_for("gifts.gift", gift=gift, proof=proof), HTTPStatus.SEE_OTHER)


def _note_wrong() -> bool:
    """Count a wrong code of a network; tell whether it had not had enough of them.

    A right code is never too late: nobody guesses one, and others may share the network.
    """
    moment = now(db.session)
    if uses(db.session, USE, moment - HOUR, the_network()) >= MOST_WRONG_CODES:
        return False
    note_use(db.session, USE, the_network(), moment)
    db.commit()
    return True


def _fault(typed: str) -> str:
    if not typed.strip():
        return _("Please type the code.")
    return _("We do not know this code. It has twelve letters and digits, in three groups of four.")


def _code_page(value: str = "", error: str = "", status: int = HTTPStatus.OK) -> Response:
    only_read()
    everywhere("gifts.show")
    return gift_page(
        "gifts/code.html",
        _("Use a gift"),
        status,
        action=url_for("gifts.take_code"),
        given_url=url_for("given.show"),
        value=value,
        error=error,
    )


def _gift_page(
    gift: str, proof: str, field: AddressField = EMPTY, status: int = HTTPStatus.OK
) -> Response:
    only_read()
    found = gift_at(db.session, the_settings(), gift, proof)
    if found is None:
        return gift_page(
            "gifts/unknown.html",
            _("This link does not open anything"),
            HTTPStatus.NOT_FOUND,
            code_url=url_for("gifts.show"),
        )
    everywhere("gifts.gift", gift=gift, proof=proof)
    return gift_page(
        "gifts/gift.html",
        _("A membership for you"),
        status,
        gift=gift_view(db.session, found, now(db.session)),
        address=viewer_address(db.session),
        field=field,
        ask_action=url_for("gifts.ask", gift=gift, proof=proof),
        use_action=url_for("gifts.use", gift=gift, proof=proof),
        account_url=account_url(),
    )
