"""The record of consent spread over deliveries: each event once for each system that wants it.

On PostgreSQL ids are given out in one order and committed in another, so a row may turn up below
others that were seen long ago. Whoever adds to the record holds a lock on its table from before
an id is given until the transaction ends; so once those who held it have ended, nothing more can
turn up below what was seen before them. Until then the same rows are looked at again, and a unique
key keeps each delivery single. SQLite has one writer, and no such gap.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select, text
from sqlalchemy.orm import Session

from app.core.orm import insert_for, table_of
from app.newsletters.models import Consent
from app.newsletters.webhooks.models import WAITING, WebhookCursor, WebhookDelivery, WebhookEndpoint

# What stands in the record, and the name under which other systems are told of it. Imports, pauses
# and the like are not told.
EVENTS = {
    "asked": "subscribed",
    "confirmed": "confirmed",
    "unsubscribed": "unsubscribed",
    "bounced": "bounced",
    "complained": "complained",
}
PAGE = 2000

_NEXT = (
    select(Consent.id)
    .where(Consent.id > bindparam("after"))
    .order_by(Consent.id)
    .limit(PAGE)
    .subquery()
)
_TOP = select(func.max(_NEXT.c.id))
_ROWS = select(Consent.id, Consent.what, Consent.newsletter_id, Consent.happened_at).where(
    Consent.id > bindparam("low"),
    Consent.id <= bindparam("high"),
    Consent.what.in_(list(EVENTS)),
)
_WRITERS = text(
    "SELECT DISTINCT virtualtransaction FROM pg_locks WHERE relation = 'consent'::regclass "
    "AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()"
)
_ENABLED = select(WebhookEndpoint).where(WebhookEndpoint.disabled_at.is_(None))


def spread(session: Session, now: datetime) -> int:
    """Write deliveries for what was added to the record; return how many there may be.

    Flushed, not committed. Of several at once one does it, the others find nothing to do.
    """
    endpoints = session.scalars(_ENABLED).all()
    cursor = session.get(
        WebhookCursor, 1, with_for_update={"skip_locked": True}, populate_existing=True
    )
    if not endpoints or cursor is None:
        return 0
    top = session.scalar(_TOP, {"after": cursor.seen_id}) or cursor.seen_id
    if top == cursor.done_id:
        return 0
    writers = _writers(session)
    rows = session.execute(_ROWS, {"low": cursor.done_id, "high": top}).all()
    written = _write(session, endpoints, rows, now)
    _move(cursor, top, writers)
    session.flush()
    return written


def start_from_here(session: Session) -> int:
    """Return the last consent there is; a cursor that nobody followed lately is set there."""
    last = session.scalar(select(func.max(Consent.id))) or 0
    if session.scalars(_ENABLED.limit(1)).first() is None:
        fresh: dict[str, Any] = {
            "done_id": last,
            "seen_id": last,
            "waits_id": last,
            "waits_for": [],
        }
        row = insert_for(session)(WebhookCursor).values(id=1, **fresh)
        session.execute(row.on_conflict_do_update(index_elements=["id"], set_=fresh))
    return last


def _writers(session: Session) -> list[str]:
    """Return the transactions that may yet add a row with an id given out before now."""
    if session.get_bind().dialect.name == "sqlite":
        return []
    return sorted(session.scalars(_WRITERS))


def _move(cursor: WebhookCursor, top: int, writers: Sequence[str]) -> None:
    cursor.seen_id = top
    if not writers:
        cursor.done_id = cursor.waits_id = top
        cursor.waits_for = []
    elif not set(cursor.waits_for) & set(writers):
        cursor.done_id = max(cursor.done_id, cursor.waits_id)
        cursor.waits_id, cursor.waits_for = top, list(writers)


def _write(
    session: Session,
    endpoints: Iterable[WebhookEndpoint],
    rows: Sequence[Row[int, str, int, datetime]],
    now: datetime,
) -> int:
    new = [
        {
            "endpoint_id": endpoint.id,
            "consent_id": row.id,
            "created_at": now,
            "due_at": now,
            "state": WAITING,
            "attempts": 0,
            "lost": 0,
        }
        for endpoint in endpoints
        for row in rows
        if is_wanted(endpoint, row)
    ]
    if new:
        adding = insert_for(session)(table_of(WebhookDelivery))
        each_once = adding.on_conflict_do_nothing(index_elements=["endpoint_id", "consent_id"])
        session.connection().execute(each_once, new)
    return len(new)


def is_wanted(endpoint: WebhookEndpoint, row: Row[int, str, int, datetime]) -> bool:
    """Tell whether a system is to be told of a row of the record.

    What happened before there was the system is no news to it, also where another installation's
    record has been moved in since.
    """
    return (
        row.id > endpoint.after_id
        and row.happened_at >= endpoint.created_at
        and EVENTS[row.what] in endpoint.events
        and (not endpoint.newsletters or row.newsletter_id in endpoint.newsletters)
    )
