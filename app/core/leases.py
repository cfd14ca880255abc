"""Rows that are work: claimed in batches under a lease, marked in bulk, never lost.

A worker claims due rows in one short transaction, works outside any, and marks them in another.
A lease that runs out makes its row due again, so a process that died needs nobody to notice.
`due_at` is the domain's time; `leased_until` is the database's raw clock.

A row whose lease ran out unmarked has lost a process. From the second time on it is claimed alone,
so that the one row that kills takes no other with it, and after `MOST_LOST` times it is parked.
"""

import random
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Index, Row, String, Text, Update, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import lease_sql
from app.core.lease_sql import Model
from app.core.logs import redact

LEASE_SECONDS = 30
MOST_ATTEMPTS = 8
MOST_LOST = 5
SUSPECT_AFTER = 2
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_ERROR = 500


class Leased:
    """Columns of a row that some lane works on; mix it into the table that owns the work."""

    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    lost: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(32))
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


def due_index(table: str, part: str | None = None) -> Index:
    """Return the index by which a lane finds what is open and due, in its part of the table."""
    open_rows = text("done_at IS NULL AND parked_at IS NULL")
    return Index(
        f"ix_{table}_due",
        *((part,) if part else ()),
        "due_at",
        postgresql_where=open_rows,
        sqlite_where=open_rows,
    )


def parked_index(table: str) -> Index:
    """Return the index by which staff find the few rows that were set aside."""
    aside = text("parked_at IS NOT NULL AND done_at IS NULL")
    return Index(f"ix_{table}_parked", "parked_at", postgresql_where=aside, sqlite_where=aside)


Held = Row[Any]


def claim(
    session: Session,
    model: Model,
    *,
    now: datetime,
    limit: int,
    lease_seconds: float = LEASE_SECONDS,
    part: tuple[str, str | int] | None = None,
) -> list[Held]:
    """Take up to `limit` due rows for ourselves, oldest first; the caller commits at once.

    Args:
        session: Writing, and fresh: its transaction should hold nothing else.
        model: A table with `Leased` mixed in and a primary key `id`.
        now: The domain's present moment.
        limit: Most rows to take.
        lease_seconds: How long they are ours, by the database's raw clock.
        part: Name and value of a column, where a table is worked on by several lanes.

    Returns:
        Every column of each row; `row.lease` is the name under which it is held.
    """
    values = {"lease_limit": limit, **_terms(now, lease_seconds)}
    if part is None:
        return _take(session, model, lease_sql.claiming(model), values)
    column, values["lease_part"] = part
    return _take(session, model, lease_sql.claiming(model, column), values)


def claim_one(
    session: Session,
    model: Model,
    row_id: int,
    *,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> Held | None:
    """Take one named row if it is due and free, else return None; the caller commits at once."""
    values = {"lease_id": row_id, **_terms(now, lease_seconds)}
    rows = _take(session, model, lease_sql.claiming_one(model), values)
    return rows[0] if rows else None


def extend(
    session: Session, model: Model, rows: Collection[Held], *, lease_seconds: float = LEASE_SECONDS
) -> int:
    """Hold on to rows that take longer; return how many of them are still ours."""
    return _held(session, lease_sql.extending(model), rows, lease_seconds=lease_seconds)


def mark_done(session: Session, model: Model, rows: Collection[Held], *, now: datetime) -> int:
    """Close rows that we still hold; return how many those were."""
    return _held(session, lease_sql.closing(model), rows, lease_now=now)


def release(session: Session, model: Model, rows: Collection[Held]) -> int:
    """Give rows back untried; return how many of them were still ours."""
    return _held(session, lease_sql.releasing(model), rows)


def retry(  # noqa: PLR0913 - two ways to give up, each named at the call
    session: Session,
    model: Model,
    row: Held,
    error: object,
    *,
    now: datetime,
    max_attempts: int | None = MOST_ATTEMPTS,
    give_up_after: timedelta | None = None,
) -> bool:
    """Put a row that failed off for later, or park it for good.

    Args:
        session: Flushed, not committed.
        model: The row's table; with `give_up_after` it has a column `created_at`.
        row: As it was claimed.
        error: What went wrong; kept without addresses and tokens.
        now: The domain's present moment.
        max_attempts: Parked after so many tries; None for no such end.
        give_up_after: Parked when it is older than that; `max_attempts` does not count then.

    Returns:
        Whether the row is parked now.
    """
    if _is_spent(row, now, max_attempts, give_up_after):
        park(session, model, [row], error, now=now)
        return True
    later, reason = now + backoff(row.attempts), shown(error)
    _held(session, lease_sql.delaying(model), [row], lease_due=later, lease_error=reason)
    return False


def _is_spent(
    row: Held, now: datetime, max_attempts: int | None, give_up_after: timedelta | None
) -> bool:
    if give_up_after is not None:
        return bool(now - row.created_at > give_up_after)
    return max_attempts is not None and bool(row.attempts >= max_attempts)


def park(
    session: Session, model: Model, rows: Collection[Held], error: object, *, now: datetime
) -> int:
    """Set rows aside until somebody looks at them; return how many of them were ours."""
    return _held(session, lease_sql.parking(model), rows, lease_now=now, lease_error=shown(error))


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after the given try: doubling, capped, a quarter up or down."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(max(attempts - 1, 0), 16)
    return min(doubled, LONGEST_WAIT) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load only


def shown(error: object) -> str:
    """Return what may be stored of an error: no address, no token, and not long."""
    said = f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error)
    return redact(said)[:LONGEST_ERROR]


def _terms(now: datetime, lease_seconds: float) -> dict[str, Any]:
    name = secrets.token_hex(16)
    return {"lease_now": now, "lease_name": name, "lease_seconds": lease_seconds}


def _take(session: Session, model: Model, statement: Update, values: dict[str, Any]) -> list[Held]:
    rows = sorted(session.execute(statement, values), key=lambda row: (row.due_at, row.id))
    if all(row.lost < SUSPECT_AFTER for row in rows):
        return rows
    return _alone(session, model, rows, values["lease_now"]) or _take(
        session, model, statement, values
    )


def _alone(session: Session, model: Model, rows: Sequence[Held], now: datetime) -> list[Held]:
    """Park rows that lost too many processes; take the next suspect without its neighbours."""
    deadly = [row for row in rows if row.lost >= MOST_LOST]
    if deadly:
        park(session, model, deadly, f"its process died {MOST_LOST} times", now=now)
    rest = [row for row in rows if row.lost < MOST_LOST]
    suspects = [row for row in rest if row.lost >= SUSPECT_AFTER]
    if not suspects:
        return rest
    release(session, model, [row for row in rest if row is not suspects[0]])
    return suspects[:1]


def _held(session: Session, statement: Update, rows: Collection[Held], **values: object) -> int:
    """Run a statement on the rows whose lease is still the one they were claimed under."""
    count = 0
    for lease in {row.lease for row in rows}:
        ids = [row.id for row in rows if row.lease == lease]
        result = session.execute(statement, {"lease_ids": ids, "lease_held": lease, **values})
        assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE returns
        count += result.rowcount
    return count
