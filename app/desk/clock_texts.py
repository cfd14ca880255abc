"""Moments as the desk's lists show them, by the clock of a zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from app.core.answering import page_language
from app.desk.moments import PATTERN


def clock_text(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment as `31 Jan 2027, 09:00`, empty for none."""
    if moment is None:
        return ""
    return str(format_datetime(moment.astimezone(zone), PATTERN, locale=page_language()))
