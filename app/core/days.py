"""The newsroom's days: of 24 hours, and twice a year of 23 or 25."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day in the zone that a moment falls on."""
    return moment.astimezone(zone).date()


def beginning_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day in the zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    for number in range((last - first).days + 1):
        yield first + number * A_DAY
