"""The forecast: what it promises holds in worlds that are drawn, and it says no where it must."""

import random
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.goal.forecast import DayMoves, Forecast, Known, forecast, student

GOAL = 20_000
STEADY = [DayMoves(12, 2)] * 28

day_moves = st.builds(DayMoves, st.integers(0, 60), st.integers(0, 60))
calendars = st.dictionaries(st.integers(1, 700), st.integers(0, 300), max_size=6)
knowns = st.builds(
    Known,
    st.integers(0, 25_000),
    st.lists(day_moves, min_size=14, max_size=28),
    calendars,
    calendars,
    st.integers(50, 400),
    st.integers(0, 50),
)


def foretold(known: Known, goal: int = GOAL, days_left: int | None = 75) -> Forecast:
    found = forecast(known, goal, days_left)
    assert found is not None
    return found


def late(day: int | None) -> int:
    return 10_000 if day is None else day


@settings(max_examples=25)  # each is two years of days
@given(knowns)
def test_the_band_holds_what_is_expected(known: Known) -> None:
    found = foretold(known)

    assert late(found.early) <= late(found.middle) <= late(found.late)
    assert found.at_end is not None
    assert found.at_end.low <= found.at_end.middle <= found.at_end.high


@settings(max_examples=25)
@given(knowns, st.integers(1, 3_000))
def test_a_higher_goal_is_never_met_earlier(known: Known, more: int) -> None:
    near, far = foretold(known), foretold(known, GOAL + more)

    assert late(near.early) <= late(far.early)
    assert late(near.middle) <= late(far.middle)
    assert late(near.late) <= late(far.late)


@settings(max_examples=25)
@given(knowns)
def test_one_more_a_day_is_never_later(known: Known) -> None:
    faster = [DayMoves(one.came + 1, one.left) for one in known.days]
    quick = Known(known.members, faster, known.fixed, known.renewals, known.due, known.lost)

    assert late(foretold(quick).middle) <= late(foretold(known).middle)


@settings(max_examples=25)
@given(knowns, st.integers(1, 300), st.integers(1, 500))
def test_renewals_ahead_make_nothing_earlier(known: Known, day: int, people: int) -> None:
    cliff = {**known.renewals, day: known.renewals.get(day, 0) + people}
    harder = Known(known.members, known.days, known.fixed, cliff, known.due, known.lost)

    assert late(foretold(harder).middle) >= late(foretold(known).middle)


def test_a_steady_pace_is_carried_on() -> None:
    found = foretold(Known(19_000, STEADY))

    assert (found.pace, found.days, found.middle) == (10.0, 28, 100)
    assert (found.early, found.late, found.verdict) == (91, 112, "unlikely")
    assert found.at_end is not None
    assert (found.at_end.low, found.at_end.middle, found.at_end.high) == (19_668, 19_750, 19_832)


def test_members_with_a_fixed_end_leave_on_their_day() -> None:
    found = foretold(Known(19_000, STEADY, fixed={100: 50}))

    assert found.middle == 105


def test_of_the_yearly_renewals_a_share_is_lost_two_weeks_after() -> None:
    lost = Known(19_000, STEADY, renewals={80: 100}, due=90, lost=8)
    kept_until_then = Known(19_000, STEADY, renewals={87: 100}, due=90, lost=8)

    assert lost.share_lost == 0.1
    assert foretold(lost).middle == 101
    assert foretold(kept_until_then).middle == 100


def test_without_any_past_renewal_a_fifth_is_taken_for_lost_and_little_is_sure() -> None:
    unknown, known = (
        Known(19_000, STEADY, renewals={1: 500}),
        Known(19_000, STEADY, renewals={1: 500}, due=1_000, lost=200),
    )

    assert unknown.share_lost == pytest.approx(known.share_lost) == 0.2
    assert late(foretold(unknown).late) > late(foretold(known).late)


@pytest.mark.parametrize(
    ("members", "days", "days_left", "verdict"),
    [
        (20_000, [DayMoves(0, 3)] * 28, 75, "reached"),
        (19_500, STEADY, 75, "likely"),
        (19_250, STEADY, 75, "open"),
        (19_000, STEADY, 75, "unlikely"),
        (19_500, STEADY, None, "dated"),
        (19_500, [DayMoves(2, 2)] * 28, None, "never"),
        (19_500, [DayMoves(2, 4)] * 28, 75, "unlikely"),
    ],
)
def test_it_says_whether_the_goal_will_be_met(
    members: int, days: list[DayMoves], days_left: int | None, verdict: str
) -> None:
    assert foretold(Known(members, days), days_left=days_left).verdict == verdict


def test_where_fewer_come_than_leave_there_is_no_date() -> None:
    found = foretold(Known(15_000, [DayMoves(4, 9)] * 28))

    assert (found.early, found.middle, found.late) == (None, None, None)


def test_nothing_is_said_of_a_fortnight_that_is_not_over() -> None:
    assert forecast(Known(100, [DayMoves(12, 2)] * 13), GOAL, 75) is None


def test_days_that_happen_to_be_alike_promise_nothing() -> None:
    found = foretold(Known(19_000, [DayMoves(10, 0)] * 28))

    assert late(found.early) < 100 < late(found.late)


@pytest.mark.parametrize(("freedom", "quantile"), [(13, 1.350), (20, 1.325), (27, 1.314)])
def test_student_is_as_the_tables_have_it(freedom: int, quantile: float) -> None:
    assert student(freedom) == pytest.approx(quantile, abs=0.001)


def poisson(chance: random.Random, mean: float) -> int:
    """Draw by Knuth's method."""
    limit, product, drawn = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        drawn += 1
    return drawn


@pytest.mark.parametrize("restless", [False, True])
def test_four_of_five_bands_hold_the_day_on_which_drawn_worlds_meet_the_goal(
    restless: bool,
) -> None:
    chance = random.Random("the morning ferry")  # noqa: S311 - the same worlds each time
    held, worlds = 0, 300

    def day() -> DayMoves:
        rate = chance.gammavariate(3, 4) if restless else 12.0  # gamma-Poisson: negative binomial
        return DayMoves(poisson(chance, rate), poisson(chance, 4))

    for _ in range(worlds):
        found = foretold(Known(19_400, [day() for _ in range(28)]))
        members, passed = 19_400, 0
        while members < GOAL and passed < 730:
            members, passed = members + day().net, passed + 1
        held += late(found.early) <= passed <= late(found.late)
    assert 0.74 <= held / worlds <= 0.88
