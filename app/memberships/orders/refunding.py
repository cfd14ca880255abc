"""How much of a payment can go back, and what staff type for it."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.money import Money
from app.core.money_text import in_full, read_any_amount
from app.memberships.money_models import Payment, Refund
from app.memberships.orders.models import REFUND, StaffOrder

ON_ITS_WAY = ("pending", "requires_action", "succeeded")
HELD = frozenset({"open", "lost"})


@dataclass(frozen=True, slots=True)
class Refundable:
    """A payment, as its refund sees it.

    Attributes:
        payment_id: Of our row.
        receipt_number: What it is called to people.
        paid: What came.
        left: What has not gone back yet, also not in a refund that is on its way.
        is_held: Its payer's bank has the money: the bank alone gives it back.
        is_under_way: Staff have ordered a refund of which Stripe's answer is not known yet.
        subscription_id: Of the membership that it was paid for, if it was.
    """

    payment_id: int
    receipt_number: str
    paid: Money
    left: Money
    is_held: bool
    is_under_way: bool
    subscription_id: str | None

    @property
    def can_go_back(self) -> bool:
        """Whether a refund can be ordered now."""
        return self.left.minor > 0 and not self.is_held and not self.is_under_way


def refundable(session: Session, payment: Payment, subscription_id: str | None) -> Refundable:
    """Return how much of a payment is left to give back."""
    gone = session.scalar(
        select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
            Refund.payment_id == payment.id, Refund.status.in_(ON_ITS_WAY)
        )
    )
    under_way = select(StaffOrder.id).where(
        StaffOrder.payment_id == payment.id,
        StaffOrder.kind == REFUND,
        StaffOrder.outcome.is_(None),
    )
    paid = Money(payment.amount_minor, payment.currency)
    back = max(int(gone or 0), payment.refunded_minor)
    return Refundable(
        payment_id=payment.id,
        receipt_number=payment.receipt_number,
        paid=paid,
        left=max(paid - Money(back, payment.currency), Money.nothing(payment.currency)),
        is_held=payment.disputed in HELD,
        is_under_way=session.scalar(under_way.limit(1)) is not None,
        subscription_id=subscription_id,
    )


def amount_of(typed: str, left: Money, language: str) -> Money:
    """Return how much staff want to give back.

    Raises:
        FieldError: `amount`: it is no amount, nothing, or more than is left.
    """
    money = read_any_amount(typed, left.currency, language)
    if money.minor == 0:
        raise FieldError("amount", _("Please type an amount."))
    if money > left:
        sentence = _("Only %(amount)s is left to give back.", amount=in_full(left, language))
        raise FieldError("amount", sentence)
    return money
