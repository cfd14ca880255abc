"""Periods end on the anchor's day, or on the month's last when it has no such day."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.stripe.months import period_end


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "interval", "ends"),
    [
        ("2026-01-31T09:30", "month", ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2027-12-29T09:30", "month", ["2028-01-29", "2028-02-29", "2028-03-29"]),
        ("2026-12-15T09:30", "month", ["2027-01-15", "2027-02-15"]),
        ("2028-02-29T09:30", "year", ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
    ],
)
def test_the_anchors_day_is_kept(anchor: str, interval: str, ends: list[str]) -> None:
    start = at(anchor)
    for end in ends:
        start = period_end(at(anchor), start, interval, 1)
        assert start == at(f"{end}T09:30")


def test_every_third_month() -> None:
    assert period_end(at("2026-11-30"), at("2026-11-30"), "month", 3) == at("2027-02-28")


@given(
    st.integers(at("2000-01-01"), at("2090-01-01")),
    st.integers(1, 60),
    st.sampled_from(["month", "year"]),
)
def test_a_period_always_ends_later_and_at_the_same_time_of_day(
    anchor: int, periods: int, interval: str
) -> None:
    moment = anchor
    for _ in range(periods):
        end = period_end(anchor, moment, interval, 1)
        assert end > moment
        assert (end - anchor) % 86_400 == 0
        moment = end
