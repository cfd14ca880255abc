"""What other parts ask of the money: when a payment does not hold, and which memberships run."""

from collections.abc import Sequence
from datetime import datetime
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
    return () if payment is None else gaps_together(session, [payment])


def gaps_together(session: Session, payments: Sequence[Payment]) -> tuple[Gap, ...]:
    """Return when the payments of one invoice, usually one, do not hold together.

    Raises: as `gaps_of`.
    """
    if not any(one.refunded_minor > 0 or one.disputed is not None for one in payments):
        return ()
    names = {one.id: one.payment_id for one in payments}
    refunds = session.scalars(select(Refund).where(Refund.payment_id.in_(names)))
    disputes = session.scalars(select(Dispute).where(Dispute.payment_id.in_(names)))
    paid = [Money(one.amount_minor, one.currency) for one in payments]
    return gaps(
        sum(paid[1:], paid[0]),
        [_refund(names[one.payment_id], one) for one in refunds],
        [_dispute(names[one.payment_id], one) for one in disputes],
    )


def has_gone(session: Session, intent_id: int, now: datetime) -> bool:
    """Tell whether nothing holds of what was paid for a wish: it went back, or a bank keeps it."""
    payments = session.scalars(select(Payment).where(Payment.intent_id == intent_id)).all()
    return bool(payments) and all(
        any(gap.holds_at(now) for gap in gaps_together(session, [one])) for one in payments
    )


def payments_of_membership(session: Session, membership_id: int) -> list[Payment]:
    """Return what was paid for a membership, oldest first."""
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.membership_id == membership_id)
            .order_by(Payment.paid_at, Payment.payment_id)
            .execution_options(populate_existing=True)
        )
    )


def written_down(session: Session, payment_ids: Sequence[str]) -> frozenset[str]:
    """Return which payments of memberships are written down already.

    What goes back of them later is looked at by itself, so a look at their subscription needs
    not ask for them again.
    """
    asked = select(Payment.payment_id).where(
        Payment.payment_id.in_(payment_ids), Payment.membership_id.is_not(None)
    )
    return frozenset(session.scalars(asked)) if payment_ids else frozenset()


def _refund(payment_id: str, row: Refund) -> RefundSeen:
    money = Money(row.amount_minor, row.currency)
    return RefundSeen(row.refund_id, payment_id, money, row.status, row.created_at)


def _dispute(payment_id: str, row: Dispute) -> DisputeSeen:
    return DisputeSeen(
        row.dispute_id,
        payment_id,
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
