"""Joining: one page with one form, and the way from it to where the money is paid."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_network, the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.tokens import keyed_hash, new_token
from app.extensions import db
from app.memberships.joining import proving
from app.memberships.joining.answering import paying_page
from app.memberships.joining.fields import JoinForm, read_choice, read_join, read_switch
from app.memberships.joining.joining import Asker, TooManyError
from app.memberships.joining.offers import Offer, tiers
from app.memberships.joining.opening import the_opening
from app.memberships.joining.pages import NO_FAULTS, Faults, Maker
from app.memberships.joining.paying import Cashier, ChangedError
from app.memberships.joining.wishes import Judge, RefusedWishError, Wish
from app.newsletters.answering import the_mailboxes
from app.payments.gateway import GatewayError
from app.payments.serving import web_gateway

bp = Blueprint("joining", __name__)

HOUR = "3600"
MINUTE = "60"


@localized(bp, "/join/")
@access("public")
def show() -> ResponseReturnValue:
    """Show the form, or when joining opens."""
    offer = the_opening().offer()
    if offer is None:
        return the_opening().closed()
    return _page(offer, read_choice(request.args), new_token())


@localized(bp, "/join/", methods=("POST",))
@access("public")
def send() -> ResponseReturnValue:
    """Take a wish, and lead to the page where it is paid; or show the form in a currency."""
    offer = the_opening().offer()
    if offer is None:
        return the_opening().closed(), HTTPStatus.CONFLICT
    db.release()  # what follows asks DNS and Stripe, and nobody is to wait for us meanwhile
    form = read_join(request.form)
    if currency := read_switch(request.form):
        return _page(offer, form.in_currency(currency), form.nonce)
    try:
        wish = _wish(offer, form)
    except RefusedWishError as error:
        faults = Faults(error.errors, error.suggestion)
        return _page(offer, form, form.nonce, HTTPStatus.UNPROCESSABLE_ENTITY, faults)
    return _lead(offer, form, wish)


def _wish(offer: Offer, form: JoinForm) -> Wish:
    with db.database.read() as session:
        moment = now(session)
    judge = Judge(offer, the_settings(), the_mailboxes(), page_language(), moment)
    return judge.wish(form)


def _lead(offer: Offer, form: JoinForm, wish: Wish) -> ResponseReturnValue:
    settings = the_settings()
    form = replace(form, nonce=form.nonce or new_token())
    asker = Asker(keyed_hash(settings.secret_key, "join-nonce", form.nonce), the_network())
    if asked := proving.owed(wish, asker):
        return _prove(offer, form, asked)
    try:
        cashier = Cashier(db.database, web_gateway(settings), settings)
        address = cashier.address_for(wish, asker)
    except TooManyError as error:
        return _too_many(offer, form, error)
    except ChangedError:
        sentence = _("You sent another choice from this page meanwhile. Please send once more.")
        return _page(offer, form, form.nonce, HTTPStatus.CONFLICT, Faults({}, trouble=sentence))
    except GatewayError:
        return _away(offer, form)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _prove(offer: Offer, form: JoinForm, asked: str) -> Response:
    sentence = _(
        "Somebody is trying out stolen cards here just now, so the way to the payment takes a "
        "little longer. Nothing was charged: please press once more in a minute."
    )
    faults = Faults({}, trouble=sentence, challenge=asked)
    answer = _page(offer, form, form.nonce, HTTPStatus.PRECONDITION_REQUIRED, faults)
    answer.headers["Retry-After"] = MINUTE
    return answer


def _away(offer: Offer, form: JoinForm) -> Response:
    sentence = _(
        "The payment page does not answer just now. Nothing was charged, and all that you filled "
        "in is still here: please press once more in a minute."
    )
    faults = Faults({}, trouble=sentence)
    answer = _page(offer, form, form.nonce, HTTPStatus.SERVICE_UNAVAILABLE, faults)
    answer.headers["Retry-After"] = MINUTE
    return answer


def _too_many(offer: Offer, form: JoinForm, error: TooManyError) -> Response:
    if error.by == "network":
        status = HTTPStatus.TOO_MANY_REQUESTS
        sentence = _(
            "Too many payment pages were opened from your network. Nothing was charged; please "
            "press once more in an hour."
        )
    else:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        sentence = _(
            "More people are joining than we can let in at once. Nothing was charged; please "
            "press once more in a while."
        )
    answer = _page(offer, form, form.nonce, status, Faults({}, trouble=sentence))
    answer.headers["Retry-After"] = HOUR
    return answer


def _page(
    offer: Offer,
    form: JoinForm,
    nonce: str,
    status: int = HTTPStatus.OK,
    faults: Faults = NO_FAULTS,
) -> Response:
    with db.database.read() as session:
        named = tiers(session, page_language())
    maker = Maker(offer, named, page_language(), url_for("joining.show"))
    page = maker.page(form, nonce or new_token(), faults)
    settings = the_settings()
    around = {"page": page, "gift_months": settings.gift_months, **the_opening().around()}
    around["by_hand"] = proving.has_tried()
    return paying_page(settings, "memberships/join.html", status, **around)
