"""What staff do with somebody's money: refunds, the end of memberships and back."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.money import Money
from app.core.money_text import in_full
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.confirming import confirm_page
from app.desk.people import answering, orders
from app.extensions import db
from app.memberships.account.forms import amount_as_typed
from app.memberships.account.queries import MembershipRead, membership_of
from app.memberships.money_models import Membership, Payment
from app.memberships.orders.models import REFUND
from app.memberships.orders.ordering import (
    CANCEL,
    END,
    OVERTAKEN,
    PAUSE,
    RESUME,
    UNDO,
    Wanted,
    may_order,
)
from app.memberships.orders.refunding import Refundable, amount_of, refundable
from app.people.models import Person

bp = Blueprint("desk_people_money", __name__)

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
AT = "/desk/people/<public_id>"
KINDS = (CANCEL, END, UNDO, PAUSE, RESUME)


@localized(bp, f"{AT}/refund/<receipt>/")
@access("membership", fresh=True)
def refund(public_id: str, receipt: str) -> ResponseReturnValue:
    """Ask whether money is to go back: all that is left, or the amount in the address."""
    person, found = _payment(db.session, public_id, receipt)
    typed = request.args.get("amount")
    try:
        money = found.left if typed is None else _amount(typed, found)
    except FieldError as error:
        return _refund_page(person, found, None, INVALID, typed=typed or "", error=error.message)
    return _refund_page(person, found, money)


@localized(bp, f"{AT}/refund/<receipt>/", methods=("POST",))
@access("membership", fresh=True)
def send_back(public_id: str, receipt: str) -> ResponseReturnValue:
    """Order the refund that the page has put in words."""
    nonce, typed = answering.the_nonce(), request.form.get("amount", "")
    db.only_read()
    person, found = _payment(db.session, public_id, receipt)
    ordered = orders.placed(nonce)
    if ordered is None:
        try:
            money = _amount(typed, found)
        except FieldError as error:
            return _refund_page(person, found, None, INVALID, typed=typed, error=error.message)
        if "left" not in request.form:
            return _refund_page(person, found, money, INVALID, trouble=_incomplete())
        if trouble := _meanwhile(found):
            return _refund_page(person, found, money, HTTPStatus.CONFLICT, trouble=trouble)
        ordered = orders.place(_wanted(nonce, person, found, money))
        if ordered.trouble:
            return _not_sent_back(ordered, public_id, receipt, money)
    return answering.back_to(public_id, ordered.trouble or orders.ordered_words(ordered, REFUND))


def _wanted(nonce: str, person: Person, found: Refundable, money: Money) -> Wanted:
    payment_id, left = found.payment_id, found.left
    return Wanted(nonce, REFUND, person.id, payment_id=payment_id, money=money, left=left)


def _not_sent_back(ordered: orders.Ordered, public_id: str, receipt: str, money: Money) -> Response:
    """Say why nothing went back, on a page that shows what is left by now."""
    person, found = _payment(db.session, public_id, receipt)
    meanwhile = _meanwhile(found) if ordered.outcome.state == OVERTAKEN else ""
    trouble = meanwhile or ordered.trouble
    return _refund_page(person, found, money, ordered.status, trouble=trouble)


def _incomplete() -> str:
    return _(
        "The form came without what its page said is left to give back, and nothing was done: "
        "please look at the sentence below, and press the button again."
    )


def _amount(typed: str, found: Refundable) -> Money:
    return amount_of(typed, found.left, answering.the_voice().language)


def _meanwhile(found: Refundable) -> str:
    """Return why what the page said is not so any more: whoever pressed did not know of it."""
    if found.is_held:
        return _("Their bank disputes this payment, and has the money: it decides who keeps it.")
    if request.form.get("left") == str(found.left.minor):
        return ""
    return _(
        "Money of this payment went back while you looked at this page: %(amount)s of it is left. "
        "Nothing more was done.",
        amount=in_full(found.left, answering.the_voice().language),
    )


def _payment(session: Session, public_id: str, receipt: str) -> tuple[Person, Refundable]:
    """Return a payment of somebody's by its receipt; anybody else's is not found."""
    person = answering.the_person(session, public_id, erased=True)
    found = session.execute(
        select(Payment, Membership.subscription_id)
        .outerjoin(Membership, Membership.id == Payment.membership_id)
        .where(Payment.person_id == person.id, Payment.receipt_number == _plain(receipt))
    ).one_or_none()
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return person, refundable(session, found[0], found[1])


def _plain(name: str) -> str:
    return name if name.isprintable() else abort(HTTPStatus.NOT_FOUND)


def _refund_page(  # noqa: PLR0913 - what the page says is named at each call
    person: Person,
    found: Refundable,
    money: Money | None,
    status: int = HTTPStatus.OK,
    *,
    typed: str | None = None,
    error: str = "",
    trouble: str = "",
) -> Response:
    voice = answering.the_voice()
    going = _going_on(db.session, person.id, found) if money is not None else None
    return desk_page(
        "desk/people/person_refund.html",
        _("Refund a payment"),
        status,
        found=found,
        left=in_full(found.left, voice.language),
        typed=amount_as_typed(money or found.left, voice.language) if typed is None else typed,
        amount=amount_as_typed(money, voice.language) if money is not None else "",
        sentence=_sentence(person, found, money, voice.language),
        is_whole=money == found.left,
        charged_on=voice.day(going.period_ends_at) if going is not None else "",
        error=error,
        trouble=trouble,
        nonce=answering.nonce_field()["nonce"],
        action=url_for(
            "desk_people_money.send_back",
            public_id=person.public_id,
            receipt=found.receipt_number,
        ),
        back=answering.person_url(person.public_id),
    )


def _sentence(person: Person, found: Refundable, money: Money | None, language: str) -> str:
    """Return all of a refund in words; nothing while there is no amount."""
    if money is None:
        return ""
    return _(
        "Refund %(amount)s of receipt %(number)s to %(who)s.",
        amount=in_full(money, language),
        number=found.receipt_number,
        who=answering.spoken_of(db.session, person),
    )


def _going_on(session: Session, person_id: int, found: Refundable) -> MembershipRead | None:
    """Return the membership that a payment was for, if it will charge again."""
    if found.subscription_id is None:
        return None
    read = membership_of(session, person_id, found.subscription_id)
    return read if read is not None and read.ended_at is None and read.ends_at is None else None


@localized(bp, f"{AT}/memberships/<name>/<kind>/")
@access("membership", fresh=True)
def ask_order(public_id: str, name: str, kind: str) -> ResponseReturnValue:
    """Ask whether something is to become of a membership."""
    person, found, _id = _membership(db.session, public_id, name, kind)
    if not may_order(kind, found):
        sentence = _("As it stands now, this cannot be done any more.")
        return answering.back_to(public_id, sentence)
    return _order_page(person, found, kind)


@localized(bp, f"{AT}/memberships/<name>/<kind>/", methods=("POST",))
@access("membership", fresh=True)
def order_it(public_id: str, name: str, kind: str) -> ResponseReturnValue:
    """Order it."""
    nonce = answering.the_nonce()
    db.only_read()
    person, found, row_id = _membership(db.session, public_id, name, kind)
    ordered = orders.placed(nonce) or orders.place(
        Wanted(nonce, kind, person.id, membership_id=row_id)
    )
    if ordered.trouble:
        return _order_page(person, found, kind, ordered.trouble, ordered.status)
    return answering.back_to(public_id, orders.ordered_words(ordered, kind))


def _membership(
    session: Session, public_id: str, name: str, kind: str
) -> tuple[Person, MembershipRead, int]:
    """Return a membership of somebody's; anybody else's is not found."""
    person = answering.the_person(session, public_id, erased=True)
    found = membership_of(session, person.id, _plain(name)) if kind in KINDS else None
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    asked = select(Membership.id).where(Membership.subscription_id == found.subscription_id)
    return person, found, session.scalars(asked).one()


def _order_page(
    person: Person,
    found: MembershipRead,
    kind: str,
    trouble: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    who = answering.spoken_of(db.session, person)
    question = orders.membership_question(answering.the_voice(), kind, found, who, person.public_id)
    return confirm_page(question, trouble, status)
