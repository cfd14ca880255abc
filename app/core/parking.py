"""Rows that were set aside: found, tried again, or given up, whichever table they are in."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Table, func, select, update
from sqlalchemy.orm import Session

from app.core.clock import raw_now
from app.core.leases import Leased
from app.core.orm import Base


def leased_tables() -> dict[str, Table]:
    """Return every table whose rows are work, by name."""
    leased = (one for one in Base.registry.mappers if issubclass(one.class_, Leased))
    tables = (one.local_table for one in leased)
    return {one.name: one for one in sorted(tables, key=str) if isinstance(one, Table)}


def counts(session: Session, table: Table, now: datetime) -> dict[str, int]:
    """Return how many open rows of a table are due, for later, in work, and parked."""
    columns = table.c
    is_open = columns.done_at.is_(None) & columns.parked_at.is_(None)
    held = is_open & (columns.leased_until > raw_now())
    free = is_open & (columns.leased_until.is_(None) | (columns.leased_until <= raw_now()))
    asked = {
        "due": free & (columns.due_at <= now),
        "later": free & (columns.due_at > now),
        "held": held,
        "parked": columns.done_at.is_(None) & columns.parked_at.is_not(None),
    }
    counting = select(*(func.count().filter(which).label(name) for name, which in asked.items()))
    return dict(session.execute(counting.select_from(table)).one()._mapping)  # noqa: SLF001 - the documented way to a dict


def parked(session: Session) -> Iterator[tuple[str, Any]]:
    """Yield each parked row with its table's name, the latest first within a table."""
    for name, table in leased_tables().items():
        columns = table.c
        aside = select(columns.id, columns.attempts, columns.parked_at, columns.last_error)
        aside = aside.where(columns.parked_at.is_not(None), columns.done_at.is_(None))
        for row in session.execute(aside.order_by(columns.parked_at.desc())):
            yield name, row


def try_again(session: Session, table: Table, row_id: int, now: datetime) -> bool:
    """Make a parked row due at once, with all its tries; return whether there was one."""
    fresh = {"parked_at": None, "attempts": 0, "lost": 0, "due_at": now}
    return _change(session, table, row_id, fresh)


def discard(session: Session, table: Table, row_id: int, now: datetime) -> bool:
    """Close a parked row undone, keeping its last error; return whether there was one."""
    return _change(session, table, row_id, {"done_at": now})


def _change(session: Session, table: Table, row_id: int, values: Mapping[str, object]) -> bool:
    aside = table.c.parked_at.is_not(None) & table.c.done_at.is_(None)
    changing = update(table).where(table.c.id == row_id, aside).values(values)
    result = session.execute(changing)
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE returns
    return result.rowcount == 1
