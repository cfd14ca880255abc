"""Gift memberships in every state, for tests."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.memberships.gifts.gifts import settle
from app.memberships.gifts.models import GiftMembership
from app.memberships.joining.models import Intent
from app.memberships.ledger import in_force
from app.memberships.money_models import Dispute, Payment
from tests.conftest import make_settings
from tests.memberships.account.making import make_intent, make_payment
from tests.memberships.making import NOW, make_person

SETTINGS = make_settings("sqlite:////nowhere", Path("nowhere"))


@dataclass(frozen=True)
class Named:
    """No more of a gift than its name."""

    public_id: str


def payment_of(session: Session, gift: GiftMembership) -> Payment:
    """Return what paid for a gift."""
    return session.scalars(select(Payment).where(Payment.intent_id == gift.intent_id)).one()


def buy(
    session: Session,
    kind: str = "gift_membership",
    at: datetime = NOW,
    **intent: Any,  # noqa: ANN401 - columns
) -> tuple[GiftMembership, Payment]:
    """Let a person of their own pay for a gift membership at a moment."""
    buyer = make_person(session)
    wish = make_intent(session, buyer, kind=kind, interval=None, amount_minor=7000, **intent)
    paid = make_payment(session, buyer, intent_id=wish.id, amount_minor=7000, paid_at=at)
    return settle(session, wish, paid, at, SETTINGS), paid


def settle_again(session: Session, gift: GiftMembership, now: datetime = NOW) -> GiftMembership:
    """Settle a gift as after any news of its payment."""
    wish = session.get_one(Intent, gift.intent_id)
    return settle(session, wish, payment_of(session, gift), now, SETTINGS)


def make_dispute(session: Session, payment: Payment, state: str, **values: Any) -> Dispute:  # noqa: ANN401 - columns
    """Let a payment be questioned."""
    usual: dict[str, Any] = {
        "dispute_id": f"dp_{payment.payment_id}",
        "payment_id": payment.id,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "state": state,
        "opened_at": payment.paid_at,
    }
    row = Dispute(**{**usual, **values})
    session.add(row)
    payment.disputed = state
    session.flush()
    return row


def stretches(session: Session, person_id: int) -> list[tuple[str, datetime, datetime | None]]:
    """Return what counts for a person, by source."""
    rows = in_force().subquery()
    found = session.execute(
        select(rows.c.source, rows.c.starts_at, rows.c.ends_at)
        .where(rows.c.person_id == person_id)
        .order_by(rows.c.starts_at)
    )
    return [(row.source, row.starts_at, row.ends_at) for row in found]


def how_many(session: Session, model: type[Any]) -> int:
    """Return how many rows a table has."""
    return session.scalar(select(func.count()).select_from(model)) or 0
