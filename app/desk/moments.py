"""Moments as the desk shows them: in the newsroom's zone, to the minute."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime

from app.core.answering import page_language, the_settings

DAY = "d MMM y"
PATTERN = f"{DAY}, HH:mm"


def shown_moment(moment: datetime | None) -> str:
    """Return a moment as text, or an empty text for none."""
    if moment is None:
        return ""
    local = moment.astimezone(the_settings().time_zone)
    return str(format_datetime(local, PATTERN, locale=page_language()))


def shown_day(day: date) -> str:
    """Return a day as text."""
    return str(format_date(day, DAY, locale=page_language()))
