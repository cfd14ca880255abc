"""What holds of every membership, whenever it began and whatever became of its money."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from app.memberships.coverage import Cover, Gap, Stretch, paid_through, stretches, without
from app.sandbox.stripe.months import period_end
from tests.memberships.making import at

KYIV = ZoneInfo("Europe/Kyiv")
HOUR, GRACE = timedelta(hours=1), timedelta(days=14)
START = at("2027-01-01")
HOURS = st.integers(0, 24 * 500).map(lambda hours: START + hours * HOUR)
GAPS = st.builds(
    lambda since, hours: Gap(since, None if hours is None else since + hours * HOUR),
    HOURS,
    st.none() | st.integers(1, 900),
)


@st.composite
def memberships(draw: st.DrawFn) -> list[Cover]:
    """Draw a membership: months in a row, each paid some time after it began."""
    began, found = draw(HOURS), []
    for place in range(draw(st.integers(1, 6))):
        since = began + place * timedelta(days=30)
        late = draw(st.integers(0, 24 * 35)) * HOUR
        cut = draw(st.lists(GAPS, max_size=2))
        found.append(Cover(since + late, since + timedelta(days=30), tuple(cut)))
    return found


def is_within(moment: datetime, pieces: Sequence[Stretch]) -> bool:
    return any(starts_at <= moment < ends_at for starts_at, ends_at in pieces)


def renewed(began: datetime, interval: Literal["month", "year"], times: int) -> list[Cover]:
    """Return a membership whose every period was paid in the hour after it began."""
    anchor = start = int(began.timestamp())
    found = []
    for _ in range(times):
        until = period_end(anchor, start, interval, 1)
        begins = datetime.fromtimestamp(start, UTC)
        found.append(Cover(begins + HOUR, datetime.fromtimestamp(until, UTC)))
        start = until
    return found


@given(memberships(), st.none() | HOURS, st.booleans())
def test_stretches_are_in_order_apart_and_never_empty(
    covered: list[Cover], asked_at: datetime | None, paused: bool
) -> None:
    pieces = stretches(covered, asked_at, paused=paused)

    moments = [moment for piece in pieces for moment in piece]
    assert all(one < other for one, other in pairwise(moments))


@given(memberships(), st.none() | HOURS, st.integers())
def test_the_order_of_what_was_seen_does_not_matter(
    covered: list[Cover], asked_at: datetime | None, seed: int
) -> None:
    shuffled = random.Random(seed).sample(covered, len(covered))  # noqa: S311 - no secret

    assert stretches(shuffled, asked_at, paused=False) == stretches(covered, asked_at, paused=False)
    assert paid_through(shuffled) == paid_through(covered)


@given(memberships(), HOURS, HOURS)
def test_asking_for_the_end_changes_nothing_before_it_was_asked(
    covered: list[Cover], asked_at: datetime, moment: datetime
) -> None:
    with_it = stretches(covered, asked_at, paused=False)
    without_it = stretches(covered, None, paused=False)

    assert not is_within(moment, with_it) or is_within(moment, without_it)
    if moment < asked_at:
        assert is_within(moment, with_it) == is_within(moment, without_it)


@given(memberships(), st.integers(0, 5), HOURS, HOURS)
def test_money_that_goes_back_changes_nothing_before_it_went(
    covered: list[Cover], place: int, back_at: datetime, moment: datetime
) -> None:
    place %= len(covered)
    one = replace(covered[place], gaps=(*covered[place].gaps, Gap(back_at, None)))
    back = [*covered[:place], one, *covered[place + 1 :]]
    before, after = (stretches(all_of, None, paused=False) for all_of in (covered, back))

    assert not is_within(moment, after) or is_within(moment, before)
    if moment < back_at:
        assert is_within(moment, after) == is_within(moment, before)


@given(memberships(), HOURS)
def test_a_renewal_changes_nothing_before_it_was_paid(
    covered: list[Cover], moment: datetime
) -> None:
    *earlier, last = covered
    if moment < last.paid_at:
        held = stretches(earlier, None, paused=False)
        assert is_within(moment, stretches(covered, None, paused=False)) == is_within(moment, held)


@given(memberships(), HOURS)
def test_nobody_counts_in_a_gap_of_all_their_money_or_long_after_it(
    covered: list[Cover], moment: datetime
) -> None:
    held = is_within(moment, stretches(covered, None, paused=False))
    holds = [
        one.paid_at <= moment < max(one.until, one.paid_at) + GRACE
        and is_within(moment, without(START, moment + HOUR, one.gaps))
        for one in covered
    ]

    assert not held or any(holds)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - given one
    st.sampled_from(["month", "year"]),
    st.integers(1, 26),
)
@example(at("2027-01-31 23:30"), "month", 14)
@example(at("2028-02-29 12:00"), "year", 5)
@example(at("2027-12-31 23:59"), "month", 3)
def test_renewals_at_any_date_are_one_stretch_to_the_end_of_the_grace(
    began: datetime, interval: Literal["month", "year"], times: int
) -> None:
    covered = renewed(began.replace(microsecond=0), interval, times)

    assert stretches(covered, None, paused=False) == (
        (covered[0].paid_at, covered[-1].until + GRACE),
    )


@given(st.sampled_from([(2027, 3, 28), (2027, 10, 31)]), st.integers(0, 47))
def test_a_change_of_the_clocks_neither_adds_nor_takes_an_hour(
    day: tuple[int, int, int], hour: int
) -> None:
    local = datetime(*day, tzinfo=KYIV)
    until = (local.astimezone(UTC) + hour * HOUR).astimezone(UTC)
    ((_, ends_at),) = stretches([Cover(until - timedelta(days=30), until)], None, paused=False)

    assert ends_at - until == 14 * 24 * HOUR
    back = Cover(until - timedelta(days=30), until, (Gap(until, until + HOUR),))
    assert stretches([back], None, paused=False)[1] == (until + HOUR, ends_at)
