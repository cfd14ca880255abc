"""Which page and which ask brought sign-ups and members, with intervals, without tracking anyone.

Nobody's visit is known: what is known is how often a form was seen, and from which page and ask
somebody set out to join. A page that brought three may have brought three by chance: each number
stands with the interval in which what it is a sign of lies, at 95 % confidence.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from math import sqrt
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.memberships.intent_models import MEMBERSHIP, PAID, REPLACED, Intent
from app.memberships.ledger import contains
from app.memberships.models import MemberSpan
from app.newsletters.funnel_models import FunnelDay
from app.newsletters.funnel_queries import Z_95, wilson


@dataclass(frozen=True, slots=True)
class Brought:
    """What a page, or an ask, brought.

    Attributes:
        begun: Times that somebody chose to join from there.
        members: Of these, those who paid.
        still: Of these, those who are members at the moment asked about.
        seen: Times that a form of a list was seen there.
        asked: People who asked for a list there.
        confirmed: People who confirmed it.
    """

    begun: int = 0
    members: int = 0
    still: int = 0
    seen: int = 0
    asked: int = 0
    confirmed: int = 0

    def __add__(self, other: "Brought") -> "Brought":
        """Return both together."""
        names = [one.name for one in fields(self)]
        return Brought(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def members_interval(self) -> tuple[float, float]:
        """Where the number of members lies that such a time brings."""
        return poisson(self.members)

    @property
    def paid_interval(self) -> tuple[float, float] | None:
        """Where the share of those lies who pay, of those who choose to join."""
        return wilson(self.members, self.begun)

    @property
    def confirm_interval(self) -> tuple[float, float] | None:
        """Where the share of those lies who confirm, of those who ask."""
        return wilson(self.confirmed, self.asked)


@dataclass(frozen=True, slots=True)
class Bringer:
    """A page of ours, or `site/path` of another site, or an ask; empty where it is not known."""

    name: str
    brought: Brought


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time: moments for what people did, and the newsroom's days for what is counted by day."""

    since: datetime
    until: datetime
    first: date
    last: date


def brought(session: Session, stretch: Stretch) -> tuple[tuple[Bringer, ...], tuple[Bringer, ...]]:
    """Return what every page brought, and every ask; those that brought most members first."""
    joins = _joins(session, stretch)
    pages = [(path, one) for path, _ask, one in joins]
    return _together((*pages, *_sign_ups(session, stretch))), _together(
        (ask, one) for _path, ask, one in joins
    )


def _joins(session: Session, stretch: Stretch) -> list[tuple[str, str, Brought]]:
    """Return who set out to join, by page and ask; a wish that was changed counts once."""
    spans = select(MemberSpan.id).where(
        MemberSpan.person_id == Intent.person_id, contains(MemberSpan, stretch.until)
    )
    is_paid = Intent.state == PAID
    rows: Any = session.execute(
        select(
            Intent.from_path,
            Intent.ask_key,
            func.count(),
            func.sum(case((is_paid, 1), else_=0)),
            func.sum(case((is_paid & spans.exists(), 1), else_=0)),
        )
        .where(
            Intent.kind == MEMBERSHIP,
            Intent.state != REPLACED,
            Intent.created_at >= stretch.since,
            Intent.created_at <= stretch.until,
        )
        .group_by(Intent.from_path, Intent.ask_key)
    )
    return [(row[0] or "", row[1] or "", Brought(row[2], int(row[3]), int(row[4]))) for row in rows]


def _sign_ups(session: Session, stretch: Stretch) -> list[tuple[str, Brought]]:
    sums = [func.sum(one) for one in (FunnelDay.seen, FunnelDay.asked, FunnelDay.confirmed)]
    rows: Any = session.execute(
        select(FunnelDay.from_path, *sums)
        .where(FunnelDay.day >= stretch.first, FunnelDay.day <= stretch.last)
        .group_by(FunnelDay.from_path)
    )
    return [
        (path, Brought(seen=int(seen), asked=int(asked), confirmed=int(confirmed)))
        for path, seen, asked, confirmed in rows
    ]


def _together(found: Iterable[tuple[str, Brought]]) -> tuple[Bringer, ...]:
    sums: dict[str, Brought] = defaultdict(Brought)
    for name, brought in found:
        sums[name] += brought
    return tuple(sorted((Bringer(name, one) for name, one in sums.items()), key=_most_first))


def _most_first(one: Bringer) -> tuple[int, int, int, str]:
    return -one.brought.members, -one.brought.confirmed, -one.brought.begun, one.name


def poisson(events: int, z: float = Z_95) -> tuple[float, float]:
    """Return the interval of what brings so many events on average (Byar's approximation).

    Breslow and Day, Statistical Methods in Cancer Research II (1987), 2.3; good to a hundredth.
    """
    low = events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3 if events else 0.0
    more = events + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
