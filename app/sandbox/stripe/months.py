"""Periods: months and years counted from an anchor, as Stripe counts them.

A subscription that began on 31 January renews on 28 February and on 31 March: the day is the
anchor's again as soon as a month has it. https://docs.stripe.com/billing/subscriptions/billing-cycle
"""

from datetime import UTC, datetime

from app.core.months import add_months

MONTHS = {"month": 1, "year": 12}


def period_end(anchor: int, start: int, interval: str, count: int) -> int:
    """Return when the period that starts at `start` ends, in unix seconds."""
    began, now = (datetime.fromtimestamp(moment, UTC) for moment in (anchor, start))
    passed = (now.year - began.year) * 12 + now.month - began.month
    return int(add_months(began, passed + MONTHS[interval] * count).timestamp())
