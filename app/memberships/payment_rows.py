"""Payments written down with what went back of them, and staff told of what only they can see to.

A payment's row is changed under its customer's lock, by whichever look came last.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.alarms import clear_alarm, raise_alarm
from app.memberships.money_models import Dispute, Payment, Refund
from app.memberships.receipts import free_number
from app.payments.gateway import DisputeSeen, InvoiceSeen, PaymentSeen, RefundSeen

SUCCEEDED = "succeeded"
DISPUTED, WARNED = "dispute", "early-fraud-warning"
_GRAVITY = ("won", "warning", "open", "lost")


@dataclass(frozen=True, slots=True)
class Belongs:
    """Whose a payment is, and what it was for."""

    person_id: int
    paid_at: datetime
    membership_id: int | None = None
    intent_id: int | None = None
    invoice: InvoiceSeen | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A payment's row.

    Attributes:
        row: As it is now.
        is_new: Whether it was written just now.
        arrived: Refunds that are known to have arrived since just now; with each, whether it had
            been known to be on its way.
    """

    row: Payment
    is_new: bool
    arrived: tuple[tuple[Refund, bool], ...]


def written(session: Session, payment_id: str) -> Payment | None:
    """Return a payment's row, for nobody else to change until the commit."""
    return session.scalars(
        select(Payment)
        .where(Payment.payment_id == payment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def put(session: Session, seen: PaymentSeen, belongs: Belongs, now: datetime) -> Written:
    """Write a payment that succeeded down, or what is known of it by now.

    Raises:
        MixedCurrencyError: Something went back in another currency than it came in.
    """
    row = written(session, seen.id)
    is_new = row is None
    if row is None:
        number = free_number(session, seen.id, belongs.paid_at)
        row = Payment(payment_id=seen.id, receipt_number=number)
        session.add(row)
    row.person_id, row.paid_at = belongs.person_id, belongs.paid_at
    row.membership_id, row.intent_id = belongs.membership_id, belongs.intent_id
    if belongs.invoice is not None:
        row.invoice_id, row.invoice_number = belongs.invoice.id, belongs.invoice.number
        row.covers_until = belongs.invoice.covers_until
    return Written(row, is_new, refresh(session, row, seen, now))


def refresh(
    session: Session, row: Payment, seen: PaymentSeen, now: datetime
) -> tuple[tuple[Refund, bool], ...]:
    """Bring a payment's row, its refunds and its disputes to what was seen; return what arrived.

    Raises: as `put`.
    """
    was_warned, went_back = bool(row.warned), seen.refunded >= seen.received
    row.amount_minor, row.currency = seen.received.minor, seen.received.currency
    row.refunded_minor = seen.refunded.minor
    row.disputed = max((one.state for one in seen.disputes), key=_GRAVITY.index, default=None)
    row.warned = seen.warned
    row.charge_id = seen.charge_id or row.charge_id
    session.flush()
    arrived = [one for refund in seen.refunds if (one := _refund(session, row, refund))]
    for dispute in seen.disputes:
        _dispute(session, row, dispute, now)
    if seen.warned and not was_warned:
        raise_alarm(session, WARNED, now, row.payment_id)
    if went_back or row.disputed in {"open", "lost"}:
        clear_alarm(session, WARNED, now, row.payment_id)
    session.flush()
    return tuple(arrived)


def _refund(session: Session, payment: Payment, seen: RefundSeen) -> tuple[Refund, bool] | None:
    """Write a refund down; return it if it is known to have arrived since just now."""
    row = session.scalars(select(Refund).where(Refund.refund_id == seen.id)).one_or_none()
    was = None if row is None else row.status
    if row is None:
        row = Refund(refund_id=seen.id, payment_id=payment.id, created_at=seen.created_at)
        session.add(row)
    row.amount_minor, row.currency = seen.money.minor, seen.money.currency
    row.status = seen.status
    session.flush()
    return (row, was is not None) if seen.status == SUCCEEDED != was else None


def _dispute(session: Session, payment: Payment, seen: DisputeSeen, now: datetime) -> None:
    """Write a dispute down; staff are told of one that is open, until it is closed."""
    row = session.scalars(select(Dispute).where(Dispute.dispute_id == seen.id)).one_or_none()
    was = None if row is None else row.state
    if row is None:
        row = Dispute(dispute_id=seen.id, payment_id=payment.id, opened_at=seen.created_at)
        session.add(row)
    row.amount_minor, row.currency = seen.money.minor, seen.money.currency
    row.state, row.answer_by, row.closed_at = seen.state, seen.answer_by, seen.closed_at
    session.flush()
    if seen.state != "open":
        clear_alarm(session, DISPUTED, now, seen.id)
    elif was != "open":
        raise_alarm(session, DISPUTED, now, seen.id)
