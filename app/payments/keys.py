"""Ending the work on a dirty key: done, later, or aside; and what its events turn out to be.

Every statement holds only under the lease that the key was claimed under. What was marked during
the look keeps the key open, whatever the look came to.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Executable,
    Text,
    bindparam,
    case,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from app.core.bell import ring
from app.core.leases import Held
from app.core.orm import UtcDateTime, table_of
from app.payments.inbox import FOREIGN, LANE, OURS
from app.payments.models import DirtyKey, StripeEvent

_KEYS = table_of(DirtyKey)
_EVENTS = table_of(StripeEvent)


def _moment(name: str) -> BindParameter[datetime | None]:
    return bindparam(name, type_=UtcDateTime())


_UNMARKED = _KEYS.c.dirty_seq == bindparam("key_seq")
_HELD = update(_KEYS).where(
    _KEYS.c.id == bindparam("key_id"), _KEYS.c.lease == bindparam("key_lease")
)
_FREE = {"lease": None, "leased_until": None, "last_error": bindparam("key_note", type_=Text())}

_DONE = _HELD.values(
    done_seq=bindparam("key_seq"),
    done_at=case((_UNMARKED, _moment("key_now")), else_=null()),
    failures=0,
    lost=0,
    **_FREE,
).returning(_KEYS.c.dirty_seq)

_LATER = _HELD.values(
    due_at=case((_UNMARKED, _moment("key_due")), else_=_KEYS.c.due_at),
    parked_at=case((_UNMARKED, _moment("key_parked")), else_=null()),
    failures=bindparam("key_failures"),
    **_FREE,
).returning(_KEYS.c.dirty_seq)

_LEAD = update(_KEYS).where(_KEYS.c.id == bindparam("key_id"))
_LEAD = _LEAD.values(leads_to_id=bindparam("key_target"))

_LEADING = select(_KEYS.c.id).where(_KEYS.c.leads_to_id == bindparam("key_id"))
_CONCERNED = select(_KEYS.c.kind, _KEYS.c.object_id).where(
    or_(
        _KEYS.c.id == bindparam("key_id"),
        _KEYS.c.leads_to_id == bindparam("key_id"),
        _KEYS.c.leads_to_id.in_(_LEADING),
    )
)
_SETTLE = (
    update(_EVENTS)
    .where(
        _EVENTS.c.state == bindparam("state_was"),
        tuple_(_EVENTS.c.object_kind, _EVENTS.c.object_id).in_(_CONCERNED),
    )
    .values(state=bindparam("state_is"))
)


def finish(session: Session, row: Held, now: datetime, note: str | None) -> bool:
    """Note that a key was looked at as of its claim; return whether it was still ours.

    Marked meanwhile, it stays open, and due since that mark.
    """
    return _end(session, row, _DONE, {"key_now": now, "key_note": note})


def put_off(
    session: Session, row: Held, due: datetime, note: str, *, failures: int, parked: datetime | None
) -> bool:
    """Leave a key for later, or set it aside; return whether it was still ours.

    Marked meanwhile, it is neither: what was marked is looked at once more, at once.
    """
    values = {"key_due": due, "key_parked": parked, "key_failures": failures, "key_note": note}
    return _end(session, row, _LATER, values)


def _end(session: Session, row: Held, statement: Executable, values: Mapping[str, Any]) -> bool:
    held = {"key_id": row.id, "key_lease": row.lease, "key_seq": row.dirty_seq}
    found = session.connection().execute(statement, {**held, **values}).scalar_one_or_none()
    if found is None:
        return False
    if found != row.dirty_seq:
        ring(session, LANE)  # the bell of that mark found the key in our hands
    return True


def lead(session: Session, key_id: int, target_id: int) -> None:
    """Remember that a key is about another, whose verdict is its own."""
    session.connection().execute(_LEAD, {"key_id": key_id, "key_target": target_id})


def settle(session: Session, key_id: int, *, ours: bool) -> None:
    """Write down whose the events are that led to a key."""
    was, now = (FOREIGN, OURS) if ours else (OURS, FOREIGN)
    session.connection().execute(_SETTLE, {"key_id": key_id, "state_was": was, "state_is": now})
