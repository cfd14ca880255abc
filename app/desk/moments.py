"""Moments in the newsroom's zone, to the minute: spelled out on pages, ISO 8601 in files."""

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


def spelled_out(when: date) -> str:
    """Return a day or a moment as a page says it: `27 Nov 2026, 09:00`."""
    return shown_moment(when) if isinstance(when, datetime) else shown_day(when)


def in_a_file(when: date) -> str:
    """Return a day or a moment so that programs sort and read it: `2026-11-27T09:00+02:00`."""
    if not isinstance(when, datetime):
        return when.isoformat()
    return when.astimezone(the_settings().time_zone).isoformat(timespec="minutes")
