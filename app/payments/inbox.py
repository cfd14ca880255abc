"""Taking events in: a mark to look, never a message to believe.

An event and its mark are one transaction. On PostgreSQL they are one statement; SQLite has no
statement that writes two tables, and no round trip to save.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    String,
    bindparam,
    case,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.bell import ring, ring_at_once
from app.core.clock import domain_clock
from app.core.database import Database
from app.core.orm import UtcDateTime, table_of
from app.payments.gateway import EventSeen
from app.payments.kinds import kind_of
from app.payments.models import DirtyKey, StripeEvent

LANE = "payments"
OURS = "ours"
FOREIGN = "foreign"
UNREAD = "unread"

_EVENTS = table_of(StripeEvent)
_KEYS = table_of(DirtyKey)


def _text(name: str) -> Any:  # noqa: ANN401 - a bound parameter of any column
    return bindparam(name, type_=String())


_NOW: ColumnElement[datetime] = func.coalesce(
    bindparam("seen_now", type_=UtcDateTime()), domain_clock(), type_=UtcDateTime()
)


def _keeping(insert: Any) -> Any:  # noqa: ANN401 - either dialect's insert
    """Return the statement that keeps an event, once."""
    values = {
        "event_id": _text("seen_id"),
        "type": _text("seen_type"),
        "object_kind": _text("seen_kind"),
        "object_id": _text("seen_object"),
        "created_at": bindparam("seen_created", type_=UtcDateTime()),
        "received_at": _NOW,
        "state": _text("seen_state"),
    }
    keeping = insert(_EVENTS).values(values).on_conflict_do_nothing(index_elements=["event_id"])
    return keeping.execution_options(preserve_rowcount=True)


def _key_values(kind: Any, object_id: Any, due: Any) -> dict[str, Any]:  # noqa: ANN401 - columns or parameters
    zero: ColumnElement[int] = literal_column("0")
    return {
        "kind": kind,
        "object_id": object_id,
        "dirty_seq": literal_column("1"),
        "done_seq": zero,
        "failures": zero,
        "attempts": zero,
        "lost": zero,
        "due_at": due,
    }


def _marking(put: Any) -> Any:  # noqa: ANN401 - either dialect's insert
    """Return the insert of a key that, if it is there, counts up and opens it again.

    A lease is left alone: whoever holds it finds at the end that there is more to do. A key that
    was set aside for killing processes begins anew.
    """
    return put.on_conflict_do_update(
        index_elements=["kind", "object_id"],
        set_={
            "dirty_seq": _KEYS.c.dirty_seq + literal_column("1"),
            "due_at": put.excluded.due_at,
            "done_at": null(),
            "parked_at": null(),
            "attempts": literal_column("0"),
            "lost": case((_KEYS.c.parked_at.is_(None), _KEYS.c.lost), else_=literal_column("0")),
        },
    )


def _mark_by_values(insert: Any) -> Any:  # noqa: ANN401 - either dialect's insert
    values = _key_values(_text("seen_kind"), _text("seen_object"), _NOW)
    return _marking(insert(_KEYS).values(values))


def _keep_and_mark() -> Executable:
    """Return PostgreSQL's one statement: no new event, no mark."""
    kept = _keeping(postgresql.insert).returning(
        _EVENTS.c.object_kind, _EVENTS.c.object_id, _EVENTS.c.received_at
    )
    fresh = kept.cte("fresh")
    values = _key_values(fresh.c.object_kind, fresh.c.object_id, fresh.c.received_at)
    put = postgresql.insert(_KEYS).from_select(list(values), select(*values.values()))
    statement: Executable = _marking(put)
    return statement


_KEEP = {"sqlite": _keeping(sqlite.insert), "postgresql": _keeping(postgresql.insert)}
_MARK = {"sqlite": _mark_by_values(sqlite.insert), "postgresql": _mark_by_values(postgresql.insert)}
_MARK_FOR_ID = {name: one.returning(_KEYS.c.id) for name, one in _MARK.items()}
_KEEP_AND_MARK = _keep_and_mark()


def receive(database: Database, event: EventSeen, now: datetime | None = None) -> bool:
    """Keep an event and mark its object, for good; one that is here already changes nothing.

    Args:
        database: Written to and committed; nothing of ours may be open on it.
        event: As it was read, its signature checked.
        now: The domain's present moment; None lets the database say it, which saves a question.

    Returns:
        Whether it is new.
    """
    kind = kind_of(event.type) if event.object_id else None
    values = {
        "seen_id": event.id,
        "seen_type": event.type,
        "seen_kind": kind or event.object_kind,
        "seen_object": event.object_id,
        "seen_created": event.created_at,
        "seen_state": OURS if kind else UNREAD,
        "seen_now": now,
    }
    if kind is None:
        return bool(database.write_once(_KEEP[database.engine.dialect.name], values))
    if not _keep_marked(database, values):
        return False
    ring_at_once(database.engine, LANE)
    return True


def _keep_marked(database: Database, values: dict[str, object]) -> bool:
    if not database.is_sqlite:
        return bool(database.write_once(_KEEP_AND_MARK, values))
    with database.engine.begin() as connection:
        is_new = bool(connection.execute(_KEEP["sqlite"], values).rowcount)
        if is_new:
            connection.execute(_MARK["sqlite"], values)
    return is_new


def mark(session: Session, kind: str, object_id: str, due_at: datetime | None = None) -> int:
    """Have an object looked at again soon after this session's commit.

    Args:
        session: Flushed, not committed.
        kind: One of `kinds.KINDS`.
        object_id: Stripe's id.
        due_at: Since when it is due; None for now.

    Returns:
        The id of its key.
    """
    statement = _MARK_FOR_ID[session.get_bind().dialect.name]
    values = {"seen_kind": kind, "seen_object": object_id, "seen_now": due_at}
    key: int = session.connection().execute(statement, values).scalar_one()
    ring(session, LANE)
    return key
