"""Spans and counter, kept in step with the ledger.

Whoever changes the ledger locks the counter row first, appends, and settles: changes queue, and
each finds the counter as the last one left it. What is flushed here the caller commits.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, delete, func, insert, or_, select, true
from sqlalchemy.orm import Session

from app.core.orm import insert_for
from app.memberships import ledger, queries
from app.memberships.models import Entitlement, MemberCounter, MemberSpan
from app.memberships.queries import COUNTER_ID

MANY = 1_000
_NO_SYNC = {"synchronize_session": False}


def lock_counter(session: Session, now: datetime) -> MemberCounter:
    """Lock the counter, and begin counting at zero if nobody has; hold it until the commit."""
    locked = select(MemberCounter).where(MemberCounter.id == COUNTER_ID).with_for_update()
    fresh = locked.execution_options(populate_existing=True)
    counter = session.scalars(fresh).one_or_none()
    if counter is None:
        _open_counter(session, now)
        counter = session.scalars(fresh).one()
    return counter


def _open_counter(session: Session, now: datetime) -> None:
    """Put the row there, unless another process is just doing so."""
    put = insert_for(session)(MemberCounter)
    first = {"id": COUNTER_ID, "members": 0, "valid_from": now, "valid_until": None}
    session.execute(
        put.values(**first, changed_at=now, version=1, through_id=0).on_conflict_do_nothing()
    )


def settle(session: Session, counter: MemberCounter, now: datetime) -> None:
    """Bring spans and counter up to the entitlements appended since the counter was last settled.

    Args:
        session: The one that holds the lock.
        counter: From `lock_counter`.
        now: The domain's present moment.
    """
    advance(session, counter, now)
    through_id = session.scalar(select(func.max(Entitlement.id))) or 0
    touched = ledger.touched_after(counter.through_id)
    theirs = MemberSpan.person_id.in_(select(touched.c.person_id))
    # To count those concerned before and after is cheap for a few; for many, to count all is.
    asked = true() if through_id - counter.through_id > MANY else theirs
    before = _members(session, asked, now)
    session.execute(delete(MemberSpan).where(theirs), execution_options=_NO_SYNC)
    _insert_spans(session, touched)
    after = _members(session, asked, now)
    if after != before:
        counter.members += after - before
        counter.changed_at = now
    counter.through_id = through_id
    _close(session, counter, now)


def _members(session: Session, asked: ColumnElement[bool], now: datetime) -> int:
    spans = select(func.count()).select_from(MemberSpan)
    return session.scalar(spans.where(asked, ledger.contains(MemberSpan, now))) or 0


def advance(session: Session, counter: MemberCounter, now: datetime) -> None:
    """Write down what the passing time alone has changed; nothing while the counter is valid."""
    count = queries.current_count(session, now)
    if count is None:
        return
    counter.members = count.members
    counter.changed_at = count.as_of
    counter.valid_from = now


def sweep(session: Session, now: datetime) -> bool:
    """Move the counter past a boundary that has come; tell whether there was one.

    Reading is right without it; it keeps reading at one row.
    """
    if not is_due(session, now):
        return False
    counter = lock_counter(session, now)
    advance(session, counter, now)
    _close(session, counter, now)
    return True


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether a boundary of the counter is behind `now`, or the clock was put back."""
    past = or_(MemberCounter.valid_from > now, MemberCounter.valid_until <= now)
    return session.scalar(select(MemberCounter.id).where(past)) is not None


def rebuild(session: Session, now: datetime) -> MemberCounter:
    """Make every span and the counter anew from the ledger."""
    counter = lock_counter(session, now)
    session.execute(delete(MemberSpan), execution_options=_NO_SYNC)
    _insert_spans(session, None)
    counter.members = queries.count_at(session, now)
    counter.changed_at = now
    counter.valid_from = now
    counter.through_id = session.scalar(select(func.max(Entitlement.id))) or 0
    _close(session, counter, now)
    return counter


def _insert_spans(session: Session, touched: Subquery | None) -> None:
    columns = ["person_id", "starts_at", "ends_at", "begun_by_id", "ended_by_id"]
    session.execute(insert(MemberSpan).from_select(columns, ledger.spans(touched)))


def _close(session: Session, counter: MemberCounter, now: datetime) -> None:
    """Put down until when the number holds."""
    counter.valid_until = queries.next_boundary(session, now)
    counter.version += 1
    session.flush()
