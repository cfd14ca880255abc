"""What becomes of a payment, once it was looked at: a gift, a gift membership, or an invoice's.

An invoice's payment carries no reference. It is written down with its subscription, which is
looked at right after it; here only what went back of it is brought up to date.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.months import add_months
from app.core.settings import Settings
from app.memberships import wall
from app.memberships.coverage import without
from app.memberships.customers import Payer, intent_of, known, person_of
from app.memberships.entitling import SINGLE_GIFT, Title, entitle
from app.memberships.gifts import gifts
from app.memberships.joining.models import (
    FAILED,
    GIFT_MEMBERSHIP,
    GIVEN,
    MEMBERSHIP,
    PROCESSING,
    Intent,
)
from app.memberships.joining.settling import settle, settle_paid
from app.memberships.money_models import Payment
from app.memberships.money_notices import tell_of_failure, tell_of_payment, tell_of_refunds
from app.memberships.payment_rows import SUCCEEDED, Belongs, put, refresh, written
from app.memberships.queries_money import gaps_of
from app.payments.gateway import PaymentSeen

_UNPAID = frozenset({"requires_payment_method", "canceled"})


def seen(session: Session, payment: PaymentSeen, now: datetime, settings: Settings) -> bool:
    """Write down what a payment has come to; tell whether it is one of ours.

    Raises:
        MixedCurrencyError: Something went back in another currency than it came in.
    """
    intent = intent_of(session, payment.reference)
    if intent is None or intent.kind == MEMBERSHIP:
        return _invoices(session, payment, now) or intent is not None
    if payment.status == SUCCEEDED:
        _arrived(session, intent, payment, now, settings)
    elif payment.status == PROCESSING:
        settle(intent, PROCESSING, now)
    elif payment.status in _UNPAID and intent.state == PROCESSING:
        settle(intent, FAILED, now)
        tell_of_failure(session, intent, now)
    session.flush()
    return True


def _invoices(session: Session, payment: PaymentSeen, now: datetime) -> bool:
    """Bring an invoice's payment up to date, if it is written down; tell whether it is ours."""
    customer = known(session, payment.customer_id)
    row = written(session, payment.id)
    if row is not None and payment.status == SUCCEEDED:
        tell_of_refunds(session, row, refresh(session, row, payment, now), now)
    return customer is not None or row is not None


def _arrived(
    session: Session, intent: Intent, payment: PaymentSeen, now: datetime, settings: Settings
) -> None:
    """Write a single payment down, and do what it is for."""
    payer = Payer(payment.customer_id, payment.email, payment.name, payment.created_at)
    person_id = person_of(session, settings, intent, payer, now)
    if person_id is None:
        return
    paid_at = payment.paid_at or payment.created_at
    made = put(session, payment, Belongs(person_id, paid_at, intent_id=intent.id), now)
    settle_paid(intent, paid_at)
    if made.is_new and intent.wall_name:
        wall.put(session, person_id, intent.wall_name, paid_at)
    if intent.kind in {GIFT_MEMBERSHIP, GIVEN}:
        gifts.settle(session, intent, made.row, now, settings)
    elif settings.gift_months:
        _entitle(session, made.row, settings.gift_months, now)
    tell_of_payment(session, made, now)


def _entitle(session: Session, row: Payment, months: int, now: datetime) -> None:
    """Let a single gift make its giver a member for as long as the newsroom says it does."""
    ends_at = add_months(row.paid_at, months)
    pieces = without(row.paid_at, ends_at, gaps_of(session, row.id))
    entitle(session, Title(row.person_id, SINGLE_GIFT, row.payment_id), pieces, now)
