"""What a forecast goes by, read: the days of late, and what the calendar knows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.goal.forecast import DayMoves, Forecast, Known, forecast
from app.goal.queries import CampaignRead
from app.memberships import renewals
from app.memberships.flows import CAME, Move
from app.memberships.queries import Count
from app.memberships.renewals import ELSEWHERE, YEAR, YEAR_ENDS, Due


class Here(Protocol):
    """Where the drive stands."""

    @property
    def now(self) -> datetime:
        """In the newsroom's zone."""

    @property
    def count(self) -> Count | None:
        """At present."""

    @property
    def campaign(self) -> CampaignRead | None:
        """That runs."""

    @property
    def days_left(self) -> int | None:
        """Of the campaign."""

    @property
    def due(self) -> Sequence[Due]:
        """That falls due ahead."""

    @property
    def full_days(self) -> Sequence[date]:
        """By which the pace is measured."""


def foretell(session: Session, here: Here, moved: Iterable[Move]) -> Forecast | None:
    """Return what is to be expected, or None where too little is known.

    Args:
        session: Any.
        here: With count and campaign.
        moved: Who came and left, at least of the full days.
    """
    if here.count is None or here.campaign is None:
        return None
    today = here.now.date()
    fixed: Counter[int] = Counter()
    due: Counter[int] = Counter()
    for one in here.due:
        ahead = (one.day - today).days
        if one.kind == YEAR:
            due[ahead] += one.people
        elif one.kind in {YEAR_ENDS, ELSEWHERE}:
            fixed[max(1, ahead)] += one.people
    past = renewals.decided(session, here.now)
    known = Known(
        here.count.members,
        _ordinary(here.full_days, moved, here.now),
        fixed,
        due,
        past.due,
        past.lost,
    )
    return forecast(known, here.campaign.goal, here.days_left)


def _ordinary(days: Sequence[date], moved: Iterable[Move], now: datetime) -> list[DayMoves]:
    """Return the days without those who left on a day that the calendar knew."""
    came: defaultdict[date, int] = defaultdict(int)
    left: defaultdict[date, int] = defaultdict(int)
    for one in moved:
        day = one.moment.astimezone(now.tzinfo).date()
        if one.way in CAME:
            came[day] += one.people
        elif one.interval == renewals.MONTH:
            left[day] += one.people
    return [DayMoves(came[day], left[day]) for day in days]
