"""All that the morning page says, read at one moment: numbers and words of ours, nobody's data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.days import A_DAY, beginning_of
from app.desk.house.attention import attention
from app.desk.house.needs import Need
from app.goal import attribution
from app.goal.attribution import Bringer
from app.goal.forecast import PACE_DAYS
from app.goal.standing import Standing, standing
from app.memberships import renewals, value
from app.memberships.history import history
from app.memberships.queries import first_recorded
from app.memberships.renewals import ELSEWHERE, MONTH, MONTH_ENDS, YEAR, YEAR_ENDS, Due
from app.memberships.value import Value
from app.newsletters.funnel.queries import OfList, by_list

WEEKS_AHEAD, WEEKS_BACK = 8, 12
A_WEEK = timedelta(days=7)
LONGEST_HISTORY = 180
SHORTEST_HISTORY = 28
AT_HOUR = time(8)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which morning is asked for, and by whom.

    Attributes:
        now: The moment that the page tells of.
        zone: The newsroom's.
        is_past: It tells of a past moment, by what had been recorded by then.
        with_value: Whoever reads it may see what members give.
    """

    now: datetime
    zone: ZoneInfo
    is_past: bool = False
    with_value: bool = True

    @property
    def known_at(self) -> datetime | None:
        """By when what is told had been recorded."""
        return self.now if self.is_past else None

    @property
    def today(self) -> date:
        """The newsroom's day."""
        return self.now.astimezone(self.zone).date()

    def days(self, many: int) -> attribution.Stretch:
        """Return so many days of the newsroom, today being the last."""
        first = self.today - (many - 1) * A_DAY
        return attribution.Stretch(beginning_of(first, self.zone), self.now, first, self.today)


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day of the chart: members at its end, what moved them, and how many it would take.

    `needed` lies on the straight line from the campaign's beginning to its goal; None without one.
    """

    day: date
    members: int
    came: int
    left: int
    needed: int | None = None

    @property
    def net(self) -> int:
        """By how much the count moved."""
        return self.came - self.left


@dataclass(frozen=True, slots=True)
class Week:
    """What falls due in a week: `first` is its first day; None for what is late already."""

    first: date | None
    yearly: int = 0
    monthly: int = 0
    ending: int = 0
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Churn:
    """Who left in the full days of the pace, of those who were members when they began."""

    left: int
    members: int


@dataclass(frozen=True, slots=True)
class Money:
    """What comes, currency by currency; `weeks` are the first days of those of `received`."""

    recurring: tuple[Value, ...]
    gifts: tuple[Value, ...]
    weeks: tuple[date, ...]
    received: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Morning:
    """The morning page.

    Attributes:
        asked: Of when it tells.
        standing: As `flask goal show` has it.
        days: From the campaign's beginning, at most half a year; the last is today so far.
        churn: None before a full day is over.
        needs: What needs somebody; None of a past moment.
        weeks: What falls due; None of a past moment.
        money: None for who may not see it; recurring value is empty of a past moment.
        lists: The funnel of each list over 28 days.
        pages: What each page brought over 28 days.
        asks: What each ask brought.
        begun_at: When the ledger was begun, if that is later than the past moment asked about.
    """

    asked: Asked
    standing: Standing
    days: tuple[DayCount, ...]
    churn: Churn | None
    needs: tuple[Need, ...] | None
    weeks: tuple[Week, ...] | None
    money: Money | None
    lists: tuple[OfList, ...]
    pages: tuple[Bringer, ...]
    asks: tuple[Bringer, ...]
    begun_at: datetime | None = None


def morning(session: Session, asked: Asked) -> Morning:
    """Return what the page says; costs a fixed number of statements, whatever there is."""
    bounds = () if asked.is_past else weeks_ahead(asked)
    found = standing(session, asked.now, asked.zone, known_at=asked.known_at, bounds=bounds)
    stretch = asked.days(PACE_DAYS)
    brought = attribution.bringers(session, stretch)
    return Morning(
        asked=asked,
        standing=found,
        days=_days(session, asked, found),
        churn=_churn(found),
        needs=None if asked.is_past else attention(session, asked.now),
        weeks=None if asked.is_past else _weeks(asked, found.due),
        money=_money(session, asked) if asked.with_value else None,
        lists=by_list(session, stretch.first, stretch.last),
        pages=brought.pages,
        asks=brought.asks,
        begun_at=_begun_at(session, asked),
    )


def _begun_at(session: Session, asked: Asked) -> datetime | None:
    first = first_recorded(session) if asked.is_past else None
    return first if first is not None and first > asked.now else None


def _days(session: Session, asked: Asked, found: Standing) -> tuple[DayCount, ...]:
    if found.count is None:
        return ()
    begun = asked.today
    if found.campaign is not None:
        begun = found.campaign.starts_at.astimezone(asked.zone).date()
    longest = asked.today - (LONGEST_HISTORY - 1) * A_DAY
    shortest = asked.today - (SHORTEST_HISTORY - 1) * A_DAY
    first = min(max(begun, longest), shortest)
    days = [first + number * A_DAY for number in range((asked.today - first).days + 1)]
    bounds = [*(beginning_of(day, asked.zone) for day in days), asked.now]
    passed = history(session, bounds, found.count.members, known_at=asked.known_at)
    line = _line(found)
    return tuple(
        DayCount(day, one.members, one.came, one.left, line(day))
        for day, one in zip(days, passed, strict=True)
    )


def _line(found: Standing) -> Callable[[date], int | None]:
    """Return the line that leads to the goal, rounded up: a member is whole."""
    campaign, zone, at_first = found.campaign, found.now.tzinfo, found.members_at_first
    if campaign is None or campaign.ends_at is None or at_first is None:
        return lambda _day: None
    first = campaign.starts_at.astimezone(zone).date()
    last = campaign.ends_at.astimezone(zone).date()
    length, way = max(1, (last - first).days), campaign.goal - at_first

    def needed(day: date) -> int | None:
        passed = (day - first).days
        return at_first - (-way * passed // length) if 0 <= passed <= length else None

    return needed


def _churn(found: Standing) -> Churn | None:
    if found.count is None or not found.days:
        return None
    net = sum(one.flow.net for one in found.days) + found.flows["today"].net
    return Churn(sum(one.flow.ended for one in found.days), found.count.members - net)


def weeks_ahead(asked: Asked) -> list[datetime]:
    """Return the bounds of the weeks ahead: today, and then every seventh midnight."""
    first = beginning_of(asked.today, asked.zone)
    later = [asked.today + number * A_WEEK for number in range(1, WEEKS_AHEAD + 1)]
    return [first, *(beginning_of(day, asked.zone) for day in later)]


def _weeks(asked: Asked, due: Iterable[Due]) -> tuple[Week, ...]:
    found = [dict.fromkeys(renewals.KINDS, 0) for _ in range(WEEKS_AHEAD + 2)]
    for one in due:
        found[one.part][one.kind] += one.people
    firsts = [None, *(asked.today + number * A_WEEK for number in range(WEEKS_AHEAD))]
    weeks = map(_week, firsts, found)
    return tuple(one for one in weeks if one.first is not None or one.yearly or one.monthly)


def _week(first: date | None, found: Mapping[str, int]) -> Week:
    ending = found[YEAR_ENDS] + found[MONTH_ENDS]
    return Week(first, found[YEAR], found[MONTH], ending, found[ELSEWHERE])


def _money(session: Session, asked: Asked) -> Money:
    stretch = asked.days(PACE_DAYS)
    firsts = [asked.today - number * A_WEEK for number in range(WEEKS_BACK, 0, -1)]
    bounds = [beginning_of(day, asked.zone) for day in (*firsts, asked.today)]
    return Money(
        () if asked.is_past else value.recurring(session),
        value.gifts(session, stretch.since, stretch.until),
        tuple(firsts),
        value.received(session, bounds),
    )


def top(found: Sequence[Bringer], many: int) -> Iterable[Bringer]:
    """Return those that brought most, and anything at all."""
    return [one for one in found if one.brought.members or one.brought.confirmed][:many]
