"""Who is editing: a lock that an open page keeps, and that others can take over, knowing it.

It keeps people out of each other's way; what keeps their words is the version of the draft
(`drafting`). It is a lease and goes by the database's clock (`app.core.clock`). Callers commit.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, literal, or_, select
from sqlalchemy.orm import Session

from app.articles.editing_models import EditionLock
from app.core.clock import raw_after, raw_now
from app.core.orm import insert_for

HELD_SECONDS = 90
BEAT_SECONDS = 25


@dataclass(frozen=True, slots=True)
class Held:
    """Who is editing, and since when."""

    staff_id: int
    since: datetime


def holder(session: Session, edition_id: int) -> Held | None:
    """Return who is editing, or None."""
    held = _READ.where(EditionLock.edition_id == edition_id, EditionLock.held_until > raw_now())
    row = session.execute(held).one_or_none()
    return Held(row.staff_id, row.taken_at) if row is not None else None


def hold(session: Session, edition_id: int, staff_id: int, now: datetime) -> Held:
    """Take the lock if it is free, keep it if it is one's own; return whose it is."""
    _put(session, edition_id, staff_id, now, by_force=False)
    row = session.execute(_READ.where(EditionLock.edition_id == edition_id)).one()
    return Held(row.staff_id, row.taken_at)


def take_over(session: Session, edition_id: int, staff_id: int, now: datetime) -> None:
    """Take the lock, whoever has it."""
    _put(session, edition_id, staff_id, now, by_force=True)


def leave(session: Session, edition_id: int, staff_id: int) -> None:
    """Give the lock back, if it is one's own."""
    mine = (EditionLock.edition_id == edition_id) & (EditionLock.staff_id == staff_id)
    session.execute(delete(EditionLock).where(mine))


_READ = select(EditionLock.staff_id, EditionLock.taken_at)


def _put(
    session: Session, edition_id: int, staff_id: int, now: datetime, *, by_force: bool
) -> None:
    row = insert_for(session)(EditionLock).values(
        edition_id=edition_id,
        staff_id=staff_id,
        taken_at=now,
        held_until=raw_after(literal(float(HELD_SECONDS))),
    )
    mine, passed = EditionLock.staff_id == staff_id, EditionLock.held_until <= raw_now()
    kept = case((mine & ~passed, EditionLock.taken_at), else_=row.excluded.taken_at)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[EditionLock.edition_id],
            set_={
                "staff_id": row.excluded.staff_id,
                "taken_at": kept,
                "held_until": row.excluded.held_until,
            },
            where=None if by_force else or_(mine, passed),
        )
    )
