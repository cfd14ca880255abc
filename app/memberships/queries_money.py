"""What other parts ask of the money: when a payment does not hold, and which memberships run."""

from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.memberships.coverage import Gap, gaps
from app.memberships.money_models import Dispute, Membership, Payment, Refund
from app.payments.gateway import DisputeSeen, RefundSeen

State = Literal["warning", "open", "won", "lost"]


def gaps_of(session: Session, payment_row_id: int) -> tuple[Gap, ...]:
    """Return when a payment does not hold, by the refunds and disputes that are written down.

    Raises:
        MixedCurrencyError: Something went back in another currency than it came in.
    """
    payment = session.get(Payment, payment_row_id)
    if payment is None:
        return ()
    refunds = session.scalars(select(Refund).where(Refund.payment_id == payment_row_id))
    disputes = session.scalars(select(Dispute).where(Dispute.payment_id == payment_row_id))
    return gaps(
        Money(payment.amount_minor, payment.currency),
        [_refund(payment, one) for one in refunds],
        [_dispute(payment, one) for one in disputes],
    )


def _refund(payment: Payment, row: Refund) -> RefundSeen:
    money = Money(row.amount_minor, row.currency)
    return RefundSeen(row.refund_id, payment.payment_id, money, row.status, row.created_at)


def _dispute(payment: Payment, row: Dispute) -> DisputeSeen:
    return DisputeSeen(
        row.dispute_id,
        payment.payment_id,
        Money(row.amount_minor, row.currency),
        cast("State", row.state),
        row.opened_at,
        row.closed_at,
    )


def running_of(session: Session, person_id: int) -> list[Membership]:
    """Return a person's memberships that have not ended, oldest first; one is the usual number."""
    return list(
        session.scalars(
            select(Membership)
            .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
            .order_by(Membership.started_at, Membership.id)
        )
    )
