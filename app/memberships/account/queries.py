"""What the account's pages read of one person: memberships, payments, standing, years.

Every question names the person: what is somebody else's is not found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.memberships.gifts.models import WallName
from app.memberships.joining.models import Intent
from app.memberships.models import MemberSpan
from app.memberships.money_models import Dispute, Membership, Payment, Refund
from app.people.models import Person
from app.people.reaching import reach_of


@dataclass(frozen=True, slots=True)
class Card:
    """As much of a card as one may know."""

    brand: str
    last4: str
    month: int
    year: int


@dataclass(frozen=True, slots=True)
class MembershipRead:
    """One membership as it was last seen; the names are those of `Membership`.

    Attributes:
        gone: Where nothing of it is paid although something was: `back` with its payer, or
            `held` by their bank; else empty.
    """

    subscription_id: str
    customer_id: str
    money: Money
    interval: str
    started_at: datetime
    period_ends_at: datetime
    paid_through: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    paused: bool
    failing_since: datetime | None
    next_attempt_at: datetime | None
    card: Card | None
    gone: Literal["", "back", "held"] = ""


@dataclass(frozen=True, slots=True)
class RefundRead:
    """Money that went back: given by us, or taken by the payer's bank for good."""

    money: Money
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentRead:
    """Money that came.

    Attributes:
        refunded: What went back of it, also in disputes that were lost.
        interval: `month` or `year` of a membership; None for a single payment.
        kind: What it was for: `membership`, or the kind of its intent.
    """

    receipt_number: str
    money: Money
    refunded: Money
    paid_at: datetime
    covers_until: datetime | None
    interval: str | None
    kind: str

    @property
    def kept(self) -> Money:
        """What is left of it."""
        return self.money - self.refunded


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose name stands on a receipt."""

    name: str
    address: str


def memberships_of(session: Session, person_id: int) -> list[MembershipRead]:
    """Return a person's memberships: those that run first, then the newest."""
    rows = session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id)
        .order_by(Membership.ended_at.is_not(None), Membership.started_at.desc(), Membership.id)
    )
    return [_membership(session, row) for row in rows]


def membership_of(session: Session, person_id: int, subscription_id: str) -> MembershipRead | None:
    """Return one membership if it is this person's."""
    row = session.scalars(
        select(Membership).where(
            Membership.person_id == person_id, Membership.subscription_id == subscription_id
        )
    ).one_or_none()
    return None if row is None else _membership(session, row)


def _membership(session: Session, row: Membership) -> MembershipRead:
    return MembershipRead(
        subscription_id=row.subscription_id,
        customer_id=row.customer_id,
        money=Money(row.amount_minor, row.currency),
        interval=row.interval,
        started_at=row.started_at,
        period_ends_at=row.period_ends_at,
        paid_through=row.paid_through,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        paused=row.paused,
        failing_since=row.failing_since,
        next_attempt_at=row.next_attempt_at,
        card=_card(row),
        gone=_gone(session, row),
    )


def _gone(session: Session, row: Membership) -> Literal["", "back", "held"]:
    if row.paid_through is not None:
        return ""
    paid = session.scalars(select(Payment.disputed).where(Payment.membership_id == row.id)).all()
    if not paid:
        return ""
    return "held" if "open" in paid else "back"


def _card(row: Membership) -> Card | None:
    if row.card_last4 is None or row.card_month is None or row.card_year is None:
        return None
    return Card(row.card_brand or "", row.card_last4, row.card_month, row.card_year)


def _payments(person_id: int) -> Select[Payment, str, str, int]:
    lost = (
        select(func.coalesce(func.sum(Dispute.amount_minor), 0))
        .where(Dispute.payment_id == Payment.id, *_is_lost())
        .scalar_subquery()
    )
    return (
        select(Payment, Membership.interval, Intent.kind, lost)
        .outerjoin(Membership, Membership.id == Payment.membership_id)
        .outerjoin(Intent, Intent.id == Payment.intent_id)
        .where(Payment.person_id == person_id)
        .order_by(Payment.paid_at.desc(), Payment.id.desc())
    )


def _is_lost() -> tuple[ColumnElement[bool], ...]:
    """Return what holds for a dispute that took money of its payment's currency for good."""
    return Dispute.state == "lost", Dispute.currency == Payment.currency


def payments_of(session: Session, person_id: int) -> list[PaymentRead]:
    """Return a person's payments, newest first."""
    return [_payment(row) for row in session.execute(_payments(person_id))]


def payments_of_year(
    session: Session, person_id: int, year: int, zone: ZoneInfo
) -> list[PaymentRead]:
    """Return what a person paid in a year of a zone's calendar, oldest first."""
    starts, ends = (datetime(one, 1, 1, tzinfo=zone) for one in (year, year + 1))
    asked = _payments(person_id).where(Payment.paid_at >= starts, Payment.paid_at < ends)
    return [_payment(row) for row in session.execute(asked)][::-1]


def payment_of(session: Session, person_id: int, receipt_number: str) -> PaymentRead | None:
    """Return the payment of a receipt if it is this person's."""
    asked = _payments(person_id).where(Payment.receipt_number == receipt_number)
    row = session.execute(asked).one_or_none()
    return None if row is None else _payment(row)


def _payment(row: Row[Payment, str, str, int]) -> PaymentRead:
    payment, interval, kind, lost = row  # a word is missing where its join found nothing
    gone = min(payment.refunded_minor + int(lost), payment.amount_minor)
    return PaymentRead(
        receipt_number=payment.receipt_number,
        money=Money(payment.amount_minor, payment.currency),
        refunded=Money(gone, payment.currency),
        paid_at=payment.paid_at,
        covers_until=payment.covers_until,
        interval=interval or None,
        kind="membership" if interval else kind or "gift",
    )


def refunds_of(session: Session, receipt_number: str) -> list[RefundRead]:
    """Return what has gone back of a payment, oldest first."""
    of_payment = Payment.receipt_number == receipt_number
    refunds = session.execute(
        select(Refund.amount_minor, Refund.currency, Refund.created_at)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(of_payment, Refund.status == "succeeded")
        .order_by(Refund.created_at, Refund.id)
    )
    lost = session.execute(
        select(Dispute.amount_minor, Dispute.currency, Dispute.opened_at)
        .join(Payment, Payment.id == Dispute.payment_id)
        .where(of_payment, *_is_lost())
        .order_by(Dispute.opened_at, Dispute.id)
    )
    found = [RefundRead(Money(minor, code), day) for minor, code, day in (*refunds, *lost)]
    return sorted(found, key=lambda one: one.created_at)


def years_of(payments: Sequence[PaymentRead], zone: ZoneInfo) -> list[int]:
    """Return the years in which something was paid, newest first."""
    return sorted({one.paid_at.astimezone(zone).year for one in payments}, reverse=True)


def span_of(session: Session, person_id: int, now: datetime) -> MemberSpan | None:
    """Return the stretch of time by which a person is a member now, if they are."""
    return session.scalars(
        select(MemberSpan).where(
            MemberSpan.person_id == person_id,
            MemberSpan.starts_at <= now,
            or_(MemberSpan.ends_at.is_(None), MemberSpan.ends_at > now),
        )
    ).first()


def wall_name_of(session: Session, person_id: int) -> str | None:
    """Return the name by which a person stands on the supporters' wall, if they do."""
    return session.scalar(select(WallName.name).where(WallName.person_id == person_id))


def payer_of(session: Session, person_id: int) -> Payer:
    """Return a person's name, and the address that they are written to: a proved one if any."""
    name = session.scalar(select(Person.name).where(Person.id == person_id))
    found = reach_of(session, person_id)
    return Payer(name or "", found.address if found else "")
