"""When the goal will be met if all goes on as of late, with a band that says how sure that is.

The method, whole. The pace is the mean of the daily net of the last full days, up to 28 of them:
who came, less whose monthly membership ended. Two things are not left to the pace, because the
calendar knows them: memberships with a fixed end (from elsewhere, given, or asked to end) leave on
their day, and of the yearly renewals a share is lost, two weeks after each falls due. The share is
what was lost of the renewals of the past year, beside a prior worth ten renewals of which two are
lost: a Beta distribution.

After t days the count is expected at

    members + pace * t - fixed ends so far - share * renewals so far

with the variance of a sum of t further days whose mean was measured on n days,
`s2 * t * (1 + t / n)`, and that of the renewals (beta-binomial). `s2` is the variance of the daily
net, and no less than Poisson's: days that happen to be alike promise nothing. The band is the 80 %
interval by Student's t with n - 1 degrees of freedom. The goal is met on the first day on which the
expected count reaches it; early and late are the same for the two ends of the band. Nothing is said
of fewer than 14 days, nor of what is further away than two years.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, sqrt
from typing import Final, Literal

PACE_DAYS: Final = 28
FEWEST_DAYS: Final = 14
HORIZON: Final = 730
BAND: Final = 80
"""Per cent of such forecasts that are to hold what comes."""

LATE_BY: Final = 14
"""Days from a renewal that is not made until it is missed in the count: the grace."""

PRIOR_LOST, PRIOR_DUE = 2, 10
Z_90: Final = 1.2815515594600038
Verdict = Literal["reached", "likely", "open", "unlikely", "dated", "never"]


@dataclass(frozen=True, slots=True)
class DayMoves:
    """Who came on a day, and who left of those whom the calendar does not know."""

    came: int
    left: int

    @property
    def net(self) -> int:
        """By how much the day moved the count."""
        return self.came - self.left


@dataclass(frozen=True, slots=True)
class Known:
    """What a forecast goes by.

    Attributes:
        members: At present.
        days: Full days of the past, of one kind.
        fixed: How many members leave for sure, by how many days ahead.
        renewals: How many yearly renewals fall due, by how many days ahead; those that are late
            already by how many days ago, as negative numbers.
        due: Yearly renewals that fell due in the past year and are decided.
        lost: Of these, those that were not made.
    """

    members: int
    days: Sequence[DayMoves]
    fixed: Mapping[int, int] = field(default_factory=dict)
    renewals: Mapping[int, int] = field(default_factory=dict)
    due: int = 0
    lost: int = 0

    @property
    def share_lost(self) -> float:
        """The share of yearly renewals that is expected to be lost."""
        return (PRIOR_LOST + self.lost) / (PRIOR_DUE + self.due)


@dataclass(frozen=True, slots=True)
class Range:
    """A number of members, and the band around it."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected.

    Attributes:
        pace: Net a day that goes on.
        days: On how many days the pace was measured.
        early: Days until the goal is met, at the good end of the band; None: not in two years.
        middle: The same as expected.
        late: The same at the bad end.
        at_end: Members on the campaign's last day; None if it has none ahead.
        verdict: `reached`; of a campaign with an end `likely` (the whole band is in time), `open`
            (a part is) or `unlikely` (nothing is); of one without `dated` or `never`.
    """

    pace: float
    days: int
    early: int | None
    middle: int | None
    late: int | None
    at_end: Range | None
    verdict: Verdict


def forecast(known: Known, goal: int, days_left: int | None) -> Forecast | None:
    """Return what is to be expected, or None if there are too few days to go by.

    Args:
        known: What it goes by.
        goal: Members wanted.
        days_left: Until the campaign's last day; None for no end. One that is over has none left.
    """
    if len(known.days) < FEWEST_DAYS:
        return None
    ranges = list(_ahead(known))
    ends_in = days_left if days_left is not None and 0 <= days_left <= HORIZON else None
    early = _first(one.high >= goal for one in ranges)
    late = _first(one.low >= goal for one in ranges)
    middle = _first(one.middle >= goal for one in ranges)
    return Forecast(
        pace=_mean([one.net for one in known.days]),
        days=len(known.days),
        early=early,
        middle=middle,
        late=late,
        at_end=None if ends_in is None else ranges[ends_in],
        verdict=_verdict((early, middle, late), days_left),
    )


def _ahead(known: Known) -> Iterator[Range]:
    """Yield the expected count and its band, from today on to the horizon."""
    nets = [one.net for one in known.days]
    count, pace, reach = len(nets), _mean(nets), student(len(nets) - 1)
    spread = max(_variance(nets), _mean([one.came + one.left for one in known.days]))
    share = known.share_lost
    doubt = share * (1 - share) / (PRIOR_DUE + known.due + 1)
    lost_on = _falling_due(known, share)
    gone = due = 0.0
    for day in range(HORIZON + 1):
        if day:
            gone += known.fixed.get(day, 0)
            due += lost_on.get(day, 0.0)
        expected = known.members + pace * day - gone - share * due
        variance = spread * day * (1 + day / count) + due * share * (1 - share) + due * due * doubt
        half = reach * sqrt(variance)
        low, high = floor(_settled(expected - half)), ceil(_settled(expected + half))
        yield Range(max(0, low), max(0, floor(_settled(expected))), max(0, high))


def _falling_due(known: Known, share: float) -> dict[int, float]:
    """Return by day how many renewals are decided: once a year, and less by the loss each time."""
    found: dict[int, float] = {}
    for ahead, people in known.renewals.items():
        day, left = max(1, ahead + LATE_BY), float(people)
        while day <= HORIZON:
            found[day] = found.get(day, 0.0) + left
            day, left = day + 365, left * (1 - share)
    return found


def _verdict(dates: tuple[int | None, int | None, int | None], days_left: int | None) -> Verdict:
    early, middle, late = dates
    if middle == 0:
        return "reached"
    if days_left is None:
        return "never" if middle is None else "dated"
    if late is not None and late <= days_left:
        return "likely"
    return "open" if early is not None and early <= days_left else "unlikely"


def student(freedom: int) -> float:
    """Return the 90 % quantile of Student's t (Abramowitz and Stegun 26.7.5), to a hundredth."""
    z, powers = Z_90, [Z_90**power for power in range(8)]
    first = (powers[3] + z) / 4
    second = (5 * powers[5] + 16 * powers[3] + 3 * z) / 96
    third = (3 * powers[7] + 19 * powers[5] + 17 * powers[3] - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _settled(number: float) -> float:
    """Take off what adding up fractions left behind, so that 20 is not 19.999999999."""
    return round(number, 6)


def _first(reached: Iterator[bool]) -> int | None:
    return next((day for day, is_there in enumerate(reached) if is_there), None)


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers)


def _variance(numbers: Sequence[int]) -> float:
    mean = _mean(numbers)
    return sum((one - mean) ** 2 for one in numbers) / (len(numbers) - 1)
