"""Moments as the desk shows them: in the newsroom's zone, to the minute."""

from datetime import datetime

from babel.dates import format_datetime

from app.core.answering import page_language, the_settings

PATTERN = "d MMM y, HH:mm"


def shown_moment(moment: datetime | None) -> str:
    """Return a moment as text, or an empty text for none."""
    if moment is None:
        return ""
    local = moment.astimezone(the_settings().time_zone)
    return str(format_datetime(local, PATTERN, locale=page_language()))
