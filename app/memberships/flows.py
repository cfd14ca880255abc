"""Who came and who left over a stretch of time, and by which source."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.memberships import ledger
from app.memberships.models import MemberSpan

Edge = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


@dataclass(frozen=True, slots=True)
class Flow:
    """How many became members, and how many ceased to be."""

    joined: int
    ended: int

    @property
    def net(self) -> int:
        """By how much the count moved."""
        return self.joined - self.ended


def flow(session: Session, since: datetime, until: datetime) -> Flow:
    """Return who joined and who ended over `since <= t <= until`.

    The net is the count at `until` less the count just before `since`.
    """
    joined = select(func.count()).where(_within(MemberSpan.starts_at, since, until))
    ended = select(func.count()).where(_within(MemberSpan.ends_at, since, until))
    return Flow(session.scalar(joined) or 0, session.scalar(ended) or 0)


def flow_by_source(session: Session, since: datetime, until: datetime) -> dict[str, Flow]:
    """Return the same by what caused it, so that the sources add up to `flow`.

    Where several sources begin or end in the same moment, the first by name has it.
    """
    joined = _by_source(session, MemberSpan.starts_at, since, until)
    ended = _by_source(session, MemberSpan.ends_at, since, until)
    names = joined.keys() | ended.keys()
    return {name: Flow(joined.get(name, 0), ended.get(name, 0)) for name in names}


def members_by_source(session: Session, moment: datetime) -> dict[str, int]:
    """Return how many members each source has; a person with two counts in both."""
    rows = ledger.in_force().subquery()
    found = session.execute(
        select(rows.c.source, func.count(rows.c.person_id.distinct()).label("members"))
        .where(ledger.contains(rows.c, moment))
        .group_by(rows.c.source)
    )
    return {row.source: row.members for row in found}


def _by_source(session: Session, edge: Edge, since: datetime, until: datetime) -> dict[str, int]:
    """Count the spans that begin, or end, in a stretch by the source that made them do so."""
    cause = ledger.in_force().subquery()
    caused = cause.c[edge.key] == edge
    spans = (
        select(func.min(cause.c.source).label("source"))
        .select_from(MemberSpan)
        .join(cause, (cause.c.person_id == MemberSpan.person_id) & caused)
        .where(_within(edge, since, until))
        .group_by(MemberSpan.id)
        .subquery()
    )
    times = func.count().label("times")
    found = session.execute(select(spans.c.source, times).group_by(spans.c.source))
    return {row.source: row.times for row in found}


def _within(edge: Edge, since: datetime, until: datetime) -> ColumnElement[bool]:
    return (edge >= since) & (edge <= until)
