"""How long a card is good for: to the end of the month that stands on it."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from app.memberships.money_models import Membership

MONTHS = 12


def ends_at(year: int, month: int) -> datetime:
    """Return the first moment at which a card is no longer good; by UTC, as good as any."""
    index = year * MONTHS + month  # of the month after
    return datetime(index // MONTHS, index % MONTHS + 1, 1, tzinfo=UTC)


def card_ends_at(membership: Membership) -> datetime | None:
    """Return when a membership's card ends, if it is known."""
    if membership.card_year is None or membership.card_month is None:
        return None
    return ends_at(membership.card_year, membership.card_month)


def ends_before_charge(membership: Membership) -> bool:
    """Tell whether a membership's card is no longer good when it is next charged."""
    ends = card_ends_at(membership)
    return ends is not None and ends <= membership.period_ends_at


def period_starts(membership: Membership) -> datetime:
    """Return about when a membership was last charged: one of its intervals before the next."""
    ends = membership.period_ends_at
    back = MONTHS if membership.interval == "year" else 1
    year, month = divmod(ends.year * MONTHS + ends.month - 1 - back, MONTHS)
    day = min(ends.day, monthrange(year, month + 1)[1])
    return ends.replace(year=year, month=month + 1, day=day)


def last_day(ends: datetime) -> date:
    """Return the last day of a card that ends at a moment."""
    return (ends - timedelta(days=1)).date()


def number_of(membership: Membership) -> int:
    """Return year and month of a membership's card as one number, `202703`; 0 for none."""
    return (membership.card_year or 0) * 100 + (membership.card_month or 0)


def months_ending(after: datetime, through: datetime) -> list[tuple[int, int]]:
    """Return year and month of all cards that end in `after < t <= through`."""
    first = after.year * MONTHS + after.month - 1
    last = through.year * MONTHS + through.month - 1
    months = [divmod(index, MONTHS) for index in range(first - 1, last + 1)]
    return [(year, at + 1) for year, at in months if after < ends_at(year, at + 1) <= through]
