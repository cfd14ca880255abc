"""Where the drive stands: the count beside its goal, who came and left of late, what is ahead.

What staff read at the desk and what `flask goal show` prints is this, and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.days import A_DAY
from app.core.orm import in_language
from app.goal import outlook
from app.goal.forecast import BAND, HORIZON, PACE_DAYS, Forecast
from app.goal.queries import CampaignRead, current_campaign
from app.goal.sources import Source, by_source, since_then
from app.memberships import flows, renewals
from app.memberships.flows import Flow, Move
from app.memberships.queries import Count, count_at, counts_known, current_count
from app.memberships.renewals import Due
from app.payments import drift
from app.payments.drift import Compared

WINDOWS = {"today": 1, "7 d": 7, "28 d": 28}
"""Stretches shown, in calendar days of the newsroom up to now, today included."""


@dataclass(frozen=True, slots=True)
class DayFlow:
    """Who came and left on one day of the newsroom."""

    day: date
    flow: Flow


@dataclass(frozen=True, slots=True)
class Standing:
    """What staff want to know each morning.

    Attributes:
        now: The moment, in the newsroom's zone.
        count: None when nothing has ever been counted.
        campaign: None when none has begun.
        flows: Who came and left, by stretch.
        days: The full days that the pace goes by, oldest first, up to 28; today is none.
        sources: Those with members or movement, the largest first; empty unless asked for.
        compared: The last comparison with Stripe; None before there was one.
        forecast: What is to be expected; None where nothing can be said yet.
        due: What must be renewed, or ends, in the time that the forecast knows of.
        members_at_first: Members when the campaign began; None without either.
    """

    now: datetime
    count: Count | None
    campaign: CampaignRead | None
    flows: Mapping[str, Flow]
    days: tuple[DayFlow, ...] = ()
    sources: tuple[Source, ...] = ()
    compared: Compared | None = None
    forecast: Forecast | None = None
    due: tuple[Due, ...] = ()
    members_at_first: int | None = None

    @property
    def full_days(self) -> list[date]:
        """By which the pace is measured."""
        return [one.day for one in self.days]

    @property
    def running_tenths(self) -> int | None:
        """Net a day over the full days, in tenths, rounded down; None before the first is over."""
        if not self.days:
            return None
        return sum(one.flow.net for one in self.days) * 10 // len(self.days)

    @property
    def needed_tenths(self) -> int | None:
        """Members missing for each day that the campaign has left, in tenths, rounded up.

        Of the last day all are; None without an end ahead.
        """
        ends_at = None if self.campaign is None else self.campaign.ends_at
        if self.count is None or self.campaign is None or ends_at is None or ends_at <= self.now:
            return None
        missing = max(0, self.campaign.goal - self.count.members)
        left = max(ends_at - self.now, A_DAY)
        return -(-missing * 10 * A_DAY // left)

    @property
    def tenths_of_percent(self) -> int | None:
        """How much of the goal is reached; never rounded up."""
        if self.count is None or self.campaign is None:
            return None
        return self.count.members * 1000 // self.campaign.goal

    @property
    def days_left(self) -> int | None:
        """Midnights of the newsroom until the campaign's last day; negative once it is over."""
        if self.campaign is None or self.campaign.ends_at is None:
            return None
        return (self.campaign.ends_at.astimezone(self.now.tzinfo).date() - self.now.date()).days

    def as_json(self) -> dict[str, Any]:
        """Return the same for programs; moments in UTC."""
        tenths = self.tenths_of_percent
        return {
            "members": None if self.count is None else self.count.members,
            "as_of": None if self.count is None else moment_text(self.count.as_of),
            "goal": None if self.campaign is None else self.campaign.goal,
            "campaign": None if self.campaign is None else self.campaign.key,
            "name": None if self.campaign is None else in_language(self.campaign.name, "en"),
            "percent": None if tenths is None else tenths / 10,
            "days_left": self.days_left,
            "needed_per_day": _tenths(self.needed_tenths),
            "running_per_day": _tenths(self.running_tenths),
            "forecast": None if self.forecast is None else self.forecast_json(self.forecast),
            **compared_json(self.compared),
            "flows": _flows_json(self.flows),
            "sources": [
                {"source": one.name, "members": one.members, "flows": _flows_json(one.flows)}
                for one in self.sources
            ],
        }

    def forecast_json(self, forecast: Forecast) -> dict[str, Any]:
        """Return the forecast for programs: days of the newsroom, null for none in two years."""
        dates = {
            name: None if (day := self.day_ahead(ahead)) is None else day.isoformat()
            for name, ahead in (
                ("early", forecast.early),
                ("expected", forecast.middle),
                ("late", forecast.late),
            )
        }
        at_end = None if forecast.at_end is None else asdict(forecast.at_end)
        return {"verdict": forecast.verdict, **dates, "band": BAND, "members_at_end": at_end}

    def day_ahead(self, days: int | None) -> date | None:
        """Return the newsroom's day so many days from now."""
        return None if days is None else self.now.date() + timedelta(days=days)


def standing(
    session: Session,
    now: datetime,
    zone: ZoneInfo,
    *,
    known_at: datetime | None = None,
    with_sources: bool = False,
    bounds: Sequence[datetime] = (),
) -> Standing:
    """Return where the drive stands.

    Args:
        session: Any.
        now: The domain's present moment, or the past one that is asked about.
        zone: The newsroom's: its midnights part the days.
        known_at: By what had been recorded by then; there is no forecast then, for how memberships
            stood is not kept. None for all that is known now.
        with_sources: The sources too, which costs more than the rest.
        bounds: Moments that part what falls due (`renewals.ahead`).
    """
    since = days_begin(now, zone, PACE_DAYS + 1)
    moved = flows.moves(session, since, now, known_at=known_at, with_sources=with_sources)
    starts = {name: days_begin(now, zone, days) for name, days in WINDOWS.items()}
    campaign = current_campaign(session, now)
    count, at_first = _counts(session, now, campaign, known_at)
    days = _full_days(session, now.astimezone(zone), moved)
    local = Standing(
        now.astimezone(zone),
        count,
        campaign,
        {name: flows.added(since_then(moved, begin)) for name, begin in starts.items()},
        tuple(days),
        by_source(session, now, moved, starts, known_at) if with_sources else (),
        drift.latest(session) if known_at is None else None,
        members_at_first=at_first,
    )
    if known_at is not None:
        return local
    due = renewals.ahead(session, now, now + HORIZON * A_DAY, bounds)
    local = replace(local, due=tuple(due))
    return replace(local, forecast=outlook.foretell(session, local, moved))


def _counts(
    session: Session, now: datetime, campaign: CampaignRead | None, known_at: datetime | None
) -> tuple[Count | None, int | None]:
    """Return the count, and how many members there were when the campaign began."""
    count = current_count(session, now)
    if count is None:
        return None, None
    moments = [] if campaign is None else [campaign.starts_at]
    if known_at is None:
        return count, next((count_at(session, one) for one in moments), None)
    members, *at_first = counts_known(session, [now, *moments], known_at)
    return Count(members, now, count.version, None), next(iter(at_first), None)


def _full_days(session: Session, local: datetime, moved: Iterable[Move]) -> Iterable[DayFlow]:
    """Yield the full days before today that there are, the one of the first member left out."""
    first = flows.first_moment(session)
    if first is None or local.tzinfo is None:
        return
    of_day: dict[date, list[Move]] = defaultdict(list)
    for one in moved:
        of_day[one.moment.astimezone(local.tzinfo).date()].append(one)
    known = (local.date() - first.astimezone(local.tzinfo).date()).days - 1
    for ago in range(min(PACE_DAYS, known), 0, -1):
        day = local.date() - timedelta(days=ago)
        yield DayFlow(day, flows.added(of_day[day]))


def days_begin(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    """Return the midnight in a zone at which the last `days` days began, today being one."""
    first = now.astimezone(zone).date() - timedelta(days=days - 1)
    return datetime.combine(first, time(), zone).astimezone(UTC)


def moment_text(moment: datetime) -> str:
    """Return a moment in UTC, to the second below it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def compared_json(compared: Compared | None) -> dict[str, Any]:
    """Return what the last comparison with Stripe came to, for programs."""
    return {
        "drift": None if compared is None else compared.drift,
        "compared_at": None if compared is None else moment_text(compared.finished_at),
    }


def _flows_json(found: Mapping[str, Flow]) -> dict[str, dict[str, int]]:
    return {
        name.replace(" ", ""): {**asdict(one), "ended": one.ended, "net": one.net}
        for name, one in found.items()
    }


def _tenths(number: int | None) -> float | None:
    return None if number is None else number / 10
