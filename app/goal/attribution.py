"""Which page and which ask brought sign-ups and members, with intervals, without tracking anyone.

Nobody's visit is known: what is known is how often a form was seen, and from which page and ask
somebody set out to join. A page that brought three may have brought three by chance: each number
stands with the interval in which what it is a sign of lies, at 95 % confidence.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from math import sqrt
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    case,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.memberships.joining.models import MEMBERSHIP, PAID, REPLACED, Intent
from app.memberships.ledger import contains
from app.memberships.models import MemberSpan
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.funnel.queries import Z_95, wilson


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

    def __add__(self, other: "Brought") -> "Brought":
        """Return both together."""
        return Brought(**{name: getattr(self, name) + getattr(other, name) for name in NUMBERS})


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


@dataclass(frozen=True, slots=True)
class Bringers:
    """Every page and every ask that brought something, those first that brought most members."""

    pages: tuple[Bringer, ...]
    asks: tuple[Bringer, ...]


def bringers(session: Session, stretch: Stretch) -> Bringers:
    """Return what every page and every ask brought: a wish knows both, so it is read once."""
    no_ask = literal(None, String())
    wishes = _joins(stretch, page=Intent.from_path, ask=Intent.ask_key)
    rows = _summed(union_all(wishes, _sign_ups(stretch, no_ask)), "page", "ask")
    pages: defaultdict[str, Brought] = defaultdict(Brought)
    asks: defaultdict[str, Brought] = defaultdict(Brought)
    for page, ask, *sums in session.execute(rows):
        brought = Brought(*map(int, sums))
        pages[page] += brought
        if ask is not None:
            asks[ask] += brought
    return Bringers(_in_order(pages), _in_order(asks))


def by_page(stretch: Stretch) -> Select[Any]:
    """Return a row of each page, in no order: a name, and the numbers of `Brought`."""
    return _summed(union_all(_joins(stretch, name=Intent.from_path), _sign_ups(stretch)), "name")


def by_ask(stretch: Stretch) -> Select[Any]:
    """Return a row of each ask, in no order."""
    return _summed(_joins(stretch, name=Intent.ask_key), "name")


def _sign_ups(stretch: Stretch, *names: ColumnElement[Any]) -> Select[Any]:
    nothing = literal(0)
    sums = (FunnelDay.seen, FunnelDay.asked, FunnelDay.confirmed)
    return select(FunnelDay.from_path, *names, nothing, nothing, nothing, *sums).where(
        FunnelDay.day >= stretch.first, FunnelDay.day <= stretch.last
    )


def joins(stretch: Stretch) -> Select[Any]:
    """Return the wishes to join that are counted; one that was changed counts once."""
    return select(Intent).where(
        Intent.kind == MEMBERSHIP,
        Intent.state != REPLACED,
        Intent.created_at >= stretch.since,
        Intent.created_at <= stretch.until,
    )


def _joins(stretch: Stretch, **names: InstrumentedAttribute[str | None]) -> Select[Any]:
    spans = select(MemberSpan.id).where(
        MemberSpan.person_id == Intent.person_id, contains(MemberSpan, stretch.until)
    )
    paid = case((Intent.state == PAID, 1), else_=0)
    still = case(((Intent.state == PAID) & spans.exists(), 1), else_=0)
    numbers = (literal(1), paid, still, *(literal(0) for _one in NUMBERS[3:]))
    columns: list[Any] = [func.coalesce(one, "").label(label) for label, one in names.items()]
    columns += [one.label(label) for label, one in zip(NUMBERS, numbers, strict=True)]
    return joins(stretch).with_only_columns(*columns)


def _summed(rows: Select[Any] | CompoundSelect[Any], *names: str) -> Select[Any]:
    found = rows.subquery()
    sums = [func.sum(found.c[name], type_=Integer()).label(name) for name in NUMBERS]
    keys = [found.c[name] for name in names]
    return select(*keys, *sums).group_by(*keys)


def _in_order(found: Mapping[str, Brought]) -> tuple[Bringer, ...]:
    return tuple(sorted((Bringer(*one) for one in found.items()), key=_most_first))


def _most_first(one: Bringer) -> tuple[int, int, int, str]:
    return -one.brought.members, -one.brought.confirmed, -one.brought.begun, one.name


def poisson(events: int, z: float = Z_95) -> tuple[float, float]:
    """Return the interval of what brings so many events on average (Byar's approximation).

    Breslow and Day, Statistical Methods in Cancer Research II (1987), 2.3; good to a hundredth.
    """
    low = events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3 if events else 0.0
    more = events + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
