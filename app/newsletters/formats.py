"""Days as a page of newsletters writes them."""

from datetime import datetime

from babel.dates import format_date

from app.core.answering import page_language, the_settings


def day_of(moment: datetime) -> str:
    """Return the day of a moment in the newsroom's zone and the page's language."""
    local = moment.astimezone(the_settings().time_zone).date()
    return format_date(local, "d MMMM y", locale=page_language())
