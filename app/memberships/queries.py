"""The count: read from one row, and recomputed for any moment from the spans or the ledger.

A member at `t` is a distinct person with at least one counting entitlement in force that
contains `t` (`starts_at <= t < ends_at`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.memberships import ledger
from app.memberships.models import Entitlement, MemberCounter, MemberSpan

COUNTER_ID = 1


@dataclass(frozen=True, slots=True)
class Count:
    """How many members there are.

    Attributes:
        members: Distinct persons.
        as_of: When the number last changed, in UTC.
        version: Grows with every change that was written down. A moment that merely passes
            (a span begins or ends) moves `members` and `as_of` before it moves the version:
            whoever caches compares the whole object.
        valid_until: When the next span begins or ends; None when nothing is foreseen.
    """

    members: int
    as_of: datetime
    version: int
    valid_until: datetime | None


_COUNTER = select(
    MemberCounter.members,
    MemberCounter.valid_from,
    MemberCounter.valid_until,
    MemberCounter.changed_at,
    MemberCounter.version,
).where(MemberCounter.id == COUNTER_ID)


def current_count(session: Session, now: datetime) -> Count | None:
    """Return the count at `now`, or None when nothing has ever been counted.

    Costs one row while the counter is valid. Past `valid_until`, what the passing time has
    changed since is added from the spans, so the number is right without any sweep.
    """
    row = session.execute(_COUNTER).one_or_none()
    if row is None:
        return None
    if row.valid_from <= now and (row.valid_until is None or now < row.valid_until):
        return Count(row.members, row.changed_at, row.version, row.valid_until)
    if row.valid_from <= now:
        members = row.members + net_change(session, row.valid_from, now)
    else:  # a rehearsal's clock was put back
        members = count_at(session, now)
    as_of = last_boundary(session, now) or now
    return Count(members, as_of, row.version, next_boundary(session, now))


def count_at(session: Session, moment: datetime, *, known_at: datetime | None = None) -> int:
    """Return how many members there were, or will be, at a moment: exactly.

    Args:
        session: Any.
        moment: The moment asked about.
        known_at: Count only what had been recorded by then; None for all that is known now.
    """
    if known_at is not None:
        return session.scalar(ledger.counted(moment, known_at=known_at)) or 0
    spans = select(func.count()).select_from(MemberSpan)
    return session.scalar(spans.where(ledger.contains(MemberSpan, moment))) or 0


def counts_known(
    session: Session, moments: Sequence[datetime], known_at: datetime
) -> tuple[int, ...]:
    """Return the counts of several moments, by what had been recorded by another, in one read."""
    rows = ledger.in_force(known_at).subquery()
    people = func.count(rows.c.person_id.distinct())
    counts = [people.filter(ledger.contains(rows.c, one)) for one in moments]
    return tuple(session.execute(select(*counts)).one())


def members_among(session: Session, people: Collection[int], now: datetime) -> set[int]:
    """Return who of these people is a member at a moment."""
    spans = select(MemberSpan.person_id).where(MemberSpan.person_id.in_(people))
    return set(session.scalars(spans.where(ledger.contains(MemberSpan, now))))


def net_change(session: Session, after: datetime, through: datetime) -> int:
    """Return by how much the count moves over `after < t <= through`."""
    begun = select(func.count()).where(
        MemberSpan.starts_at > after, MemberSpan.starts_at <= through
    )
    ended = select(func.count()).where(MemberSpan.ends_at > after, MemberSpan.ends_at <= through)
    plus, minus = session.execute(select(begun.scalar_subquery(), ended.scalar_subquery())).one()
    return int(plus) - int(minus)


def next_boundary(session: Session, now: datetime) -> datetime | None:
    """Return the first moment after `now` at which a span begins or ends."""
    starts = select(func.min(MemberSpan.starts_at)).where(MemberSpan.starts_at > now)
    ends = select(func.min(MemberSpan.ends_at)).where(MemberSpan.ends_at > now)
    found = session.execute(select(starts.scalar_subquery(), ends.scalar_subquery())).one()
    return min((moment for moment in found if moment is not None), default=None)


def last_boundary(session: Session, now: datetime) -> datetime | None:
    """Return the last moment up to `now` at which a span began or ended."""
    starts = select(func.max(MemberSpan.starts_at)).where(MemberSpan.starts_at <= now)
    ends = select(func.max(MemberSpan.ends_at)).where(MemberSpan.ends_at <= now)
    found = session.execute(select(starts.scalar_subquery(), ends.scalar_subquery())).one()
    return max((moment for moment in found if moment is not None), default=None)


def first_recorded(session: Session) -> datetime | None:
    """Return when anything was first written into the ledger: before, nothing was known."""
    found: datetime | None = session.scalar(select(func.min(Entitlement.recorded_at)))
    return found
