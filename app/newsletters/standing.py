"""How lists stand: how many wait, are subscribed, and have left."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.newsletters.models import Subscription

LEFT = ("unsubscribed", "bounced", "complained")


@dataclass(frozen=True, slots=True)
class Standing:
    """How many subscriptions of one list are in which state."""

    pending: int = 0
    confirmed: int = 0
    unsubscribed: int = 0
    bounced: int = 0
    complained: int = 0

    @property
    def left(self) -> int:
        """How many get nothing any more, however that came."""
        return self.unsubscribed + self.bounced + self.complained


def standings(session: Session, newsletter_id: int | None = None) -> Mapping[int, Standing]:
    """Return how each list stands, by its id, or one alone; none for lists nobody asked for."""
    asked = select(Subscription.newsletter_id, Subscription.state, func.count()).group_by(
        Subscription.newsletter_id, Subscription.state
    )
    if newsletter_id is not None:
        asked = asked.where(Subscription.newsletter_id == newsletter_id)
    found: dict[int, dict[str, int]] = {}
    for number, state, count in session.execute(asked):
        found.setdefault(number, {})[state] = count
    return {number: Standing(**counts) for number, counts in found.items()}
