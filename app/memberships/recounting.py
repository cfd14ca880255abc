"""The recount: what the ledger says, against what spans and counter say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import except_, func, select
from sqlalchemy.orm import Session

from app.memberships import ledger, queries
from app.memberships.models import Entitlement, MemberCounter, MemberSpan

_COLUMNS = (
    MemberSpan.person_id,
    MemberSpan.starts_at,
    MemberSpan.ends_at,
    MemberSpan.begun_by_id,
    MemberSpan.ended_by_id,
)


@dataclass(frozen=True, slots=True)
class Recount:
    """Three ways to the same number, and how the spans differ at any moment.

    Attributes:
        now: The moment of the count.
        ledger: Members by the revisions in force: the definition itself.
        spans: Members by the spans.
        counter: Members by the counter as pages read it; None when there is none.
        missing_spans: Stretches that the ledger has and the spans do not.
        needless_spans: The other way about.
        unsettled: Revisions that the spans do not contain yet.
        is_current: The counter knows when the next span begins or ends.
    """

    now: datetime
    ledger: int
    spans: int
    counter: int | None
    missing_spans: int
    needless_spans: int
    unsettled: int
    is_current: bool

    @property
    def drifts(self) -> tuple[str, ...]:
        """A sentence for each thing that is not as the ledger says."""
        return tuple(self._drifts())

    def _drifts(self) -> Iterator[str]:
        if self.counter is None:
            if self.unsettled or self.spans:
                yield "There is no counter, and the ledger is not empty."
        elif self.counter != self.ledger:
            yield f"The counter says {self.counter}, the ledger {self.ledger}."
        if self.spans != self.ledger:
            yield f"The spans say {self.spans}, the ledger {self.ledger}."
        if self.missing_spans or self.needless_spans:
            yield f"{self.missing_spans} spans are missing and {self.needless_spans} too many."
        if self.unsettled and self.counter is not None:
            yield f"{self.unsettled} entitlements were added past the counter."
        if not self.is_current:
            yield "The counter does not know when it changes next."


def recount(session: Session, now: datetime) -> Recount:
    """Count all three ways.

    Args:
        session: A reading one that sees one snapshot throughout (`app.core.database.one_snapshot`).
        now: The domain's present moment.
    """
    counter = queries.current_count(session, now)
    row = session.get(MemberCounter, queries.COUNTER_ID)
    through_id = 0 if row is None else row.through_id
    unsettled = select(func.count()).where(Entitlement.id > through_id)
    stored = select(*_COLUMNS)
    missing = select(func.count()).select_from(except_(ledger.spans(), stored).subquery())
    needless = select(func.count()).select_from(except_(stored, ledger.spans()).subquery())
    return Recount(
        now,
        session.scalar(ledger.counted(now)) or 0,
        queries.count_at(session, now),
        None if counter is None else counter.members,
        session.scalar(missing) or 0,
        (session.scalar(needless) or 0) + _repeated(session),
        session.scalar(unsettled) or 0,
        row is None or row.valid_until == queries.next_boundary(session, row.valid_from),
    )


def _repeated(session: Session) -> int:
    """Return how many spans stand there more than once, which a comparison of sets overlooks."""
    times = func.count().label("times")
    several = select(times).select_from(MemberSpan).group_by(*_COLUMNS).having(func.count() > 1)
    repeated = several.subquery()
    return session.scalar(select(func.coalesce(func.sum(repeated.c.times - 1), 0))) or 0
