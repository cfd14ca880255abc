"""Who came and who left over a stretch of time: in which way, and by which source.

Joined are those who become members for the first time, reinstated those who had been before.
Cancelled are those who had asked for the end of it, or whom somebody ended by hand; lapsed is
everybody else whose time ran out: a charge that failed for good, money that went back, an outside
membership or a gift at its end.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.memberships import ledger
from app.memberships.entitling import SOURCE
from app.memberships.models import Entitlement, MemberSpan
from app.memberships.money_models import Membership

JOINED, REINSTATED, CANCELLED, LAPSED = "joined", "reinstated", "cancelled", "lapsed"
CAME, LEFT = (JOINED, REINSTATED), (CANCELLED, LAPSED)
WAYS = (*CAME, *LEFT)
BY_HAND = "ended"
AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Flow:
    """How many became members, and how many ceased to be, by the way they did."""

    joined: int = 0
    reinstated: int = 0
    cancelled: int = 0
    lapsed: int = 0

    @property
    def came(self) -> int:
        """All who became members."""
        return self.joined + self.reinstated

    @property
    def ended(self) -> int:
        """All who ceased to be."""
        return self.cancelled + self.lapsed

    @property
    def net(self) -> int:
        """By how much the count moved."""
        return self.came - self.ended

    def __add__(self, other: "Flow") -> "Flow":
        """Return both stretches, or both sources, together."""
        names = [one.name for one in fields(self)]
        return Flow(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class Move:
    """So many who came or left in the same moment, in the same way.

    Attributes:
        moment: When.
        way: One of `WAYS`.
        source: What made them come, or whose end made them leave.
        interval: Of the membership that ended, `month` or `year`; else empty.
        people: How many.
    """

    moment: datetime
    way: str
    source: str
    interval: str
    people: int


def flow(
    session: Session, since: datetime, until: datetime, *, known_at: datetime | None = None
) -> Flow:
    """Return who came and who left over `since <= t <= until`.

    The net is the count at `until` less the count just before `since`.
    """
    return added(moves(session, since, until, known_at=known_at))


def flow_by_source(
    session: Session, since: datetime, until: datetime, *, known_at: datetime | None = None
) -> dict[str, Flow]:
    """Return the same by what caused it, so that the sources add up to `flow`.

    Where several sources begin or end in the same moment, the first by name has it.
    """
    return by_source(moves(session, since, until, known_at=known_at))


def added(moved: Iterable[Move]) -> Flow:
    """Return all moves together."""
    found = dict.fromkeys(WAYS, 0)
    for one in moved:
        found[one.way] += one.people
    return Flow(**found)


def by_source(moved: Iterable[Move]) -> dict[str, Flow]:
    """Return all moves, by their source."""
    found: dict[str, list[Move]] = defaultdict(list)
    for one in moved:
        found[one.source].append(one)
    return {source: added(them) for source, them in found.items()}


def moves(
    session: Session,
    since: datetime,
    until: datetime,
    *,
    known_at: datetime | None = None,
    with_sources: bool = True,
) -> list[Move]:
    """Return everything that moved the count over `since <= t <= until`, in no order.

    Args:
        session: Any.
        since: The first moment.
        until: The last moment.
        known_at: By what had been recorded by then; None for all that is known now.
        with_sources: Also what made them come; else that is left empty, and costs nothing.
    """
    spans = spans_known(known_at)
    arrivals = came(spans, since, until).subquery()
    departures = left(spans, since, until).subquery()
    # A source that nobody asks for is not looked up.
    source = arrivals.c.source if with_sources else literal("")
    both = (_grouped(arrivals, source), _grouped(departures, departures.c.source))
    return [Move(*row) for row in session.execute(union_all(*both))]


def _grouped(rows: FromClause, source: ColumnElement[str]) -> Select[Any]:
    columns = (rows.c.moment, rows.c.way, source.label("source"), rows.c.interval)
    return select(*columns, func.count().label("people")).group_by(*columns)


def first_moment(session: Session) -> datetime | None:
    """Return when the very first member became one."""
    found: datetime | None = session.scalar(select(func.min(MemberSpan.starts_at)))
    return found


def spans_known(known_at: datetime | None = None) -> FromClause:
    """Return the spans, as they stand or as they stood by what had been recorded by a moment."""
    if known_at is None:
        return table_of(MemberSpan)
    found = ledger.spans(known_at=known_at).subquery("known")
    nth = func.row_number().over(partition_by=found.c.person_id, order_by=found.c.starts_at)
    return (
        select(found, (nth > 1).label(AGAIN))
        .cte("spans")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def came(spans: FromClause, since: datetime, until: datetime) -> Select[Any]:
    """Return who became a member: person, moment, way, source, empty interval, reason."""
    return (
        select(
            spans.c.person_id,
            spans.c.starts_at.label("moment"),
            case((_had_been_before(spans), REINSTATED), else_=JOINED).label("way"),
            func.coalesce(Entitlement.source, "").label("source"),
            literal("").label("interval"),
            func.coalesce(Entitlement.reason, "").label("reason"),
        )
        .outerjoin(Entitlement, Entitlement.id == spans.c.begun_by_id)
        .where(_within(spans.c.starts_at, since, until))
    )


def left(spans: FromClause, since: datetime, until: datetime) -> Select[Any]:
    """Return who ceased to be a member: person, moment, way, source, interval, reason."""
    asked = Membership.cancel_asked_at <= spans.c.ends_at
    wanted = or_(asked, Entitlement.reason == BY_HAND)
    return (
        select(
            spans.c.person_id,
            spans.c.ends_at.label("moment"),
            case((wanted, CANCELLED), else_=LAPSED).label("way"),
            func.coalesce(Entitlement.source, "").label("source"),
            func.coalesce(Membership.interval, "").label("interval"),
            func.coalesce(Entitlement.reason, "").label("reason"),
        )
        .outerjoin(Entitlement, Entitlement.id == spans.c.ended_by_id)
        .outerjoin(Membership, _entitles())
        .where(_within(spans.c.ends_at, since, until))
    )


def members_by_source(
    session: Session, moment: datetime, *, known_at: datetime | None = None
) -> dict[str, int]:
    """Return how many members each source has; a person with two counts in both."""
    rows = ledger.in_force(known_at).subquery()
    found = session.execute(
        select(rows.c.source, func.count(rows.c.person_id.distinct()).label("members"))
        .where(ledger.contains(rows.c, moment))
        .group_by(rows.c.source)
    )
    return {row.source: row.members for row in found}


def _had_been_before(spans: FromClause) -> ColumnElement[bool]:
    """Return the condition that a span is not its person's first."""
    if AGAIN in spans.c:
        again: ColumnElement[bool] = spans.c[AGAIN]
        return again
    earlier = spans.alias("earlier")
    same = earlier.c.person_id == spans.c.person_id
    return select(earlier.c.person_id).where(same, earlier.c.starts_at < spans.c.starts_at).exists()


def _entitles() -> ColumnElement[bool]:
    """Return the condition that a membership is what entitles: its first piece or a later one."""
    name, ref = Membership.subscription_id, Entitlement.source_ref
    return and_(
        Entitlement.source == SOURCE,
        Membership.person_id == Entitlement.person_id,
        or_(ref == name, ref.like(name + "#%")),
    )


def _within(edge: ColumnElement[datetime], since: datetime, until: datetime) -> ColumnElement[bool]:
    return (edge >= since) & (edge <= until)
