"""Which page and which ask brought sign-ups and members, with intervals, without tracking anyone.

Nobody's visit is known: what is known is how often a form was seen, and from which page and ask
somebody set out to join. A page that brought three may have brought three by chance: each number
stands with the interval in which what it is a sign of lies, at 95 % confidence.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from math import sqrt
from typing import Any

from sqlalchemy import CompoundSelect, Integer, Select, case, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

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


NUMBERS = tuple(one.name for one in fields(Brought))


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


def pages(session: Session, stretch: Stretch) -> tuple[Bringer, ...]:
    """Return what every page brought, those that brought most members first."""
    return _read(session, by_page(stretch))


def asks(session: Session, stretch: Stretch) -> tuple[Bringer, ...]:
    """Return what every ask brought, those that brought most members first."""
    return _read(session, by_ask(stretch))


def by_page(stretch: Stretch) -> Select[Any]:
    """Return the rows of `pages`, in no order: a name, and the numbers of `Brought`."""
    nothing = literal(0)
    sums = (FunnelDay.seen, FunnelDay.asked, FunnelDay.confirmed)
    sign_ups = select(FunnelDay.from_path, nothing, nothing, nothing, *sums).where(
        FunnelDay.day >= stretch.first, FunnelDay.day <= stretch.last
    )
    return _summed(union_all(_joins(Intent.from_path, stretch), sign_ups))


def by_ask(stretch: Stretch) -> Select[Any]:
    """Return the rows of `asks`, in no order."""
    return _summed(_joins(Intent.ask_key, stretch))


def joins(stretch: Stretch) -> Select[Any]:
    """Return the wishes to join that are counted; one that was changed counts once."""
    return select(Intent).where(
        Intent.kind == MEMBERSHIP,
        Intent.state != REPLACED,
        Intent.created_at >= stretch.since,
        Intent.created_at <= stretch.until,
    )


def _joins(name: InstrumentedAttribute[str | None], stretch: Stretch) -> Select[Any]:
    spans = select(MemberSpan.id).where(
        MemberSpan.person_id == Intent.person_id, contains(MemberSpan, stretch.until)
    )
    paid = case((Intent.state == PAID, 1), else_=0)
    still = case(((Intent.state == PAID) & spans.exists(), 1), else_=0)
    numbers = (literal(1), paid, still, *(literal(0) for _one in NUMBERS[3:]))
    columns: list[Any] = [func.coalesce(name, "").label("name")]
    columns += [one.label(label) for label, one in zip(NUMBERS, numbers, strict=True)]
    return joins(stretch).with_only_columns(*columns)


def _summed(rows: Select[Any] | CompoundSelect[Any]) -> Select[Any]:
    found = rows.subquery()
    sums = [func.sum(found.c[name], type_=Integer()).label(name) for name in NUMBERS]
    return select(found.c.name, *sums).group_by(found.c.name)


def _read(session: Session, rows: Select[Any]) -> tuple[Bringer, ...]:
    found = [Bringer(name, Brought(*map(int, sums))) for name, *sums in session.execute(rows)]
    return tuple(sorted(found, key=_most_first))


def _most_first(one: Bringer) -> tuple[int, int, int, str]:
    return -one.brought.members, -one.brought.confirmed, -one.brought.begun, one.name


def poisson(events: int, z: float = Z_95) -> tuple[float, float]:
    """Return the interval of what brings so many events on average (Byar's approximation).

    Breslow and Day, Statistical Methods in Cancer Research II (1987), 2.3; good to a hundredth.
    """
    low = events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3 if events else 0.0
    more = events + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
