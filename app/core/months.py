"""Months of the calendar, which are not all as long."""

import calendar
from datetime import datetime

YEAR = 12


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day and time of another month; its last day where it is shorter."""
    year, month = divmod(moment.year * YEAR + moment.month - 1 + months, YEAR)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
