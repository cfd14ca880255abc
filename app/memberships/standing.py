"""How a membership stands, and what its supporter can do about it at this moment."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from app.memberships.account.queries import MembershipRead

GRACE = timedelta(days=14)

Standing = Literal["running", "waiting", "failing", "paused", "cancelled", "over"]
Act = Literal["amount", "card", "pause", "resume", "cancel", "undo"]

_ACTS: dict[Standing, frozenset[Act]] = {
    "running": frozenset({"amount", "card", "pause", "cancel"}),
    "waiting": frozenset({"cancel"}),
    "failing": frozenset({"card", "cancel"}),
    "paused": frozenset({"amount", "card", "resume", "cancel"}),
    "cancelled": frozenset({"undo"}),
    "over": frozenset(),
}


def standing_of(membership: MembershipRead) -> Standing:
    """Return the one word for a membership; what its supporter asked for comes first."""
    if membership.ended_at is not None:
        return "over"
    if membership.ends_at is not None:
        return "cancelled"
    if membership.paused:
        return "paused"
    if membership.failing_since is not None:
        return "failing"
    return "running" if membership.paid_through is not None else "waiting"


def may(act: Act, membership: MembershipRead) -> bool:
    """Tell whether something can be asked for as the membership stands."""
    return act in _ACTS[standing_of(membership)]


def grace_ends(membership: MembershipRead) -> datetime | None:
    """Return when a membership that cannot be charged stops counting."""
    through = membership.paid_through
    return None if through is None else through + GRACE


def renewing(memberships: Iterable[MembershipRead]) -> int:
    """Return how many memberships will charge again unless somebody does something."""
    return sum(standing_of(one) in {"running", "failing", "waiting"} for one in memberships)


def ends_at_once(membership: MembershipRead) -> bool:
    """Tell whether cancelling ends a membership now: nothing that is paid is left of it."""
    return standing_of(membership) == "failing"
