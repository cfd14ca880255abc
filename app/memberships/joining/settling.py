"""What becomes of a wish: its state follows what was seen, in whatever order that was."""

from datetime import datetime

from app.memberships.joining.models import (
    EXPIRED,
    FAILED,
    OPEN,
    PAID,
    PROCESSING,
    REPLACED,
    Intent,
)

_RANK = {OPEN: 0, REPLACED: 1, EXPIRED: 1, PROCESSING: 2, FAILED: 3, PAID: 4}


def settle(intent: Intent, state: str, at: datetime) -> None:
    """Let a wish come to a state, unless it has come further: what is paid stays paid.

    Args:
        intent: The wish, locked.
        state: One of the states of a wish.
        at: When it came to that, by Stripe if Stripe says so.
    """
    if _RANK[state] <= _RANK[intent.state]:
        return
    intent.state = state
    if state == PROCESSING:
        return
    intent.settled_at, intent.look_at = at, None


def settle_paid(intent: Intent, paid_at: datetime) -> None:
    """Note that the money of a wish came, and when."""
    settle(intent, PAID, paid_at)
    intent.settled_at = paid_at
