"""Moments as files of other systems write them."""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2999

_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?P<clock>[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


@lru_cache(maxsize=4096)
def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment that a text like 2027-01-31 or 2027-01-31T14:05Z names, in UTC.

    Args:
        text: ISO 8601; a date is its first moment in the zone.
        zone: In which a text without an offset is meant.

    Raises:
        ValueError: It is no such text.
    """
    found = _MOMENT.fullmatch(text)
    if found is None or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise ValueError(text)
    if not found["clock"]:
        return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
    moment = datetime.fromisoformat(text)
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)
