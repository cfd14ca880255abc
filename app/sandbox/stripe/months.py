"""Periods: months and years counted from an anchor, as Stripe counts them.

A subscription that began on 31 January renews on 28 February and on 31 March: the day is the
anchor's again as soon as a month has it. https://docs.stripe.com/billing/subscriptions/billing-cycle
"""

from calendar import monthrange
from datetime import UTC, datetime

MONTHS = {"month": 1, "year": 12}


def period_end(anchor: int, start: int, interval: str, count: int) -> int:
    """Return when the period that starts at `start` ends, in unix seconds."""
    began, now = (datetime.fromtimestamp(moment, UTC) for moment in (anchor, start))
    passed = (now.year - began.year) * 12 + now.month - began.month
    return _after(began, passed + MONTHS[interval] * count)


def _after(began: datetime, months: int) -> int:
    year, month = divmod(began.year * 12 + began.month - 1 + months, 12)
    day = min(began.day, monthrange(year, month + 1)[1])
    return int(began.replace(year=year, month=month + 1, day=day).timestamp())
