"""What is noted of a membership when a look at Stripe finds it otherwise than before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.memberships.money_models import Membership
from app.memberships.orders.models import MembershipChange


@dataclass(frozen=True, slots=True)
class Before:
    """A membership as it was written down until now."""

    id: int
    minor: int
    paused: bool
    is_cancelled: bool
    card: tuple[str | None, int | None, int | None]


def before(row: Membership) -> Before | None:
    """Return how a membership stands; None for one that is new."""
    if row.id is None:
        return None
    return Before(row.id, row.amount_minor, row.paused, _is_cancelled(row), _card(row))


def note(session: Session, was: Before | None, row: Membership, now: datetime) -> None:
    """Write down what is otherwise now; of a new membership nothing is. Flushed with the rest."""
    if was is None:
        return
    for what in _changed(was, row):
        change = MembershipChange(membership_id=was.id, what=what, at=now)
        if what == "amount":
            change.before_minor, change.after_minor = was.minor, row.amount_minor
        session.add(change)


def _changed(was: Before, row: Membership) -> list[str]:
    found = []
    if was.minor != row.amount_minor:
        found.append("amount")
    if was.card != _card(row) and row.card_last4 is not None and was.card[0] is not None:
        found.append("card")
    if was.paused != row.paused:
        found.append("paused" if row.paused else "resumed")
    if was.is_cancelled != _is_cancelled(row):
        found.append("cancelled" if _is_cancelled(row) else "undone")
    return found


def _is_cancelled(row: Membership) -> bool:
    return row.cancel_asked_at is not None


def _card(row: Membership) -> tuple[str | None, int | None, int | None]:
    return row.card_last4, row.card_month, row.card_year
