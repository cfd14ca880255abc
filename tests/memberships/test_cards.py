"""How long a card is good for, and when its end is spoken of: for every month there is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.memberships.cards import (
    ends_at,
    ends_before_charge,
    last_day,
    months_ending,
    number_of,
    period_starts,
)
from app.memberships.money_models import Membership
from app.memberships.reminding import CARD_AHEAD, LATE, _expiring

MINUTE = timedelta(minutes=1)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
YEARS, MONTHS = st.integers(2024, 2040), st.integers(1, 12)


def membership(charged_at: datetime, year: int, month: int, interval: str = "month") -> Membership:
    return Membership(
        id=1,
        person_id=1,
        subscription_id="sub_1",
        period_ends_at=charged_at,
        card_year=year,
        card_month=month,
        interval=interval,
    )


@given(YEARS, MONTHS)
def test_a_card_is_good_to_the_last_day_of_its_month(year: int, month: int) -> None:
    last = last_day(ends_at(year, month))

    assert (last.year, last.month) == (year, month)
    assert (ends_at(year, month).day, (last + timedelta(days=1)).day) == (1, 1)


@pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29)])
def test_february_is_as_long_as_it_is(year: int, day: int) -> None:
    assert last_day(ends_at(year, 2)).day == day


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=400)), YEARS, MONTHS)
def test_the_months_that_end_are_those_and_no_other(
    after: datetime, span: timedelta, year: int, month: int
) -> None:
    found = months_ending(after, after + span)

    assert ((year, month) in found) == (after < ends_at(year, month) <= after + span)
    assert len(found) == len(set(found))


@given(MOMENTS, st.sampled_from(["month", "year"]))
def test_a_period_starts_one_interval_before_it_ends(ends: datetime, interval: str) -> None:
    starts = period_starts(membership(ends, 2030, 1, interval))

    days = (ends - starts).days
    assert days in ({365, 366} if interval == "year" else {28, 29, 30, 31})
    assert starts.timetz() == ends.timetz()
    assert starts.day == ends.day or (starts + timedelta(days=1)).day == 1


@given(YEARS, MONTHS, st.sampled_from(["month", "year"]), st.data())
def test_a_card_that_will_fail_is_told_while_there_is_time(
    year: int, month: int, interval: str, data: st.DataObject
) -> None:
    ends = ends_at(year, month)
    longest = timedelta(days=28 if interval == "month" else 365) - MINUTE
    charged_at = ends + data.draw(st.timedeltas(timedelta(0), longest))
    row = membership(charged_at, year, month, interval)
    assert ends_before_charge(row)
    assert period_starts(row) < ends
    begins = max(ends - CARD_AHEAD, period_starts(row))

    told = _expiring(row, begins)

    assert told is not None
    assert told.context["card"] == number_of(row) == year * 100 + month
    assert (year, month) in months_ending(begins, begins + CARD_AHEAD)
    assert _expiring(row, begins + LATE - MINUTE) == told
    assert _expiring(row, begins + LATE) is None
    assert _expiring(row, begins - MINUTE) is None


@given(MOMENTS, MOMENTS, YEARS, MONTHS)
def test_a_card_that_lasts_is_never_told(
    moment: datetime, charged_at: datetime, year: int, month: int
) -> None:
    row = membership(charged_at, year, month)
    assume(charged_at < ends_at(year, month))

    assert _expiring(row, moment) is None
