"""Where the drive stands: the count beside its goal, and who came and left of late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.orm import in_language
from app.goal.queries import CampaignRead, current_campaign
from app.memberships import flows
from app.memberships.flows import Flow
from app.memberships.queries import Count, current_count
from app.payments import drift
from app.payments.drift import Compared

WINDOWS = {"today": 1, "7 d": 7, "28 d": 28}
"""Stretches shown, in calendar days of the newsroom up to now, today included."""

NOTHING = Flow(0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """One source: its members now, and what it brought and took over each stretch."""

    name: str
    members: int
    flows: Mapping[str, Flow]


@dataclass(frozen=True, slots=True)
class Standing:
    """What staff want to know each morning.

    Attributes:
        now: The moment, in the newsroom's zone.
        count: None when nothing has ever been counted.
        campaign: None when none has begun.
        flows: Who came and left, by stretch.
        sources: Those with members or movement, the largest first.
        compared: The last comparison with Stripe; None before there was one.
    """

    now: datetime
    count: Count | None
    campaign: CampaignRead | None
    flows: Mapping[str, Flow]
    sources: tuple[Source, ...]
    compared: Compared | None = None

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
            **compared_json(self.compared),
            "flows": _flows_json(self.flows),
            "sources": [
                {"source": one.name, "members": one.members, "flows": _flows_json(one.flows)}
                for one in self.sources
            ],
        }


def standing(session: Session, now: datetime, zone: ZoneInfo) -> Standing:
    """Return where the drive stands.

    Args:
        session: Any.
        now: The domain's present moment.
        zone: The newsroom's: its midnights part the days.
    """
    since = {name: days_begin(now, zone, days) for name, days in WINDOWS.items()}
    return Standing(
        now.astimezone(zone),
        current_count(session, now),
        current_campaign(session, now),
        {name: flows.flow(session, begin, now) for name, begin in since.items()},
        _sources(session, now, since),
        drift.latest(session),
    )


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


def _sources(session: Session, now: datetime, since: Mapping[str, datetime]) -> tuple[Source, ...]:
    members = flows.members_by_source(session, now)
    moved = {name: flows.flow_by_source(session, begin, now) for name, begin in since.items()}
    names = members.keys() | {source for found in moved.values() for source in found}
    sources = (
        Source(
            name,
            members.get(name, 0),
            {stretch: found.get(name, NOTHING) for stretch, found in moved.items()},
        )
        for name in names
    )
    return tuple(sorted(sources, key=lambda one: (-one.members, one.name)))


def _flows_json(found: Mapping[str, Flow]) -> dict[str, dict[str, int]]:
    return {
        name.replace(" ", ""): {"joined": one.joined, "ended": one.ended, "net": one.net}
        for name, one in found.items()
    }
