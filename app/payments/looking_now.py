"""Looking at one object at once, for somebody who waits for the page after their own change.

It is the lane's own look, under the lane's lease: whoever has the key already does it for us.
"""

import time
from dataclasses import dataclass

from sqlalchemy import select

from app.core import leases
from app.core.clock import now
from app.core.database import Database
from app.core.leases import Held
from app.payments.inbox import mark
from app.payments.models import DirtyKey
from app.payments.sync import LEASE_SECONDS, Sync

PATIENCE_SECONDS = 3
PAUSE_SECONDS = 0.1


def marks_of(database: Database, kind: str, object_id: str) -> int:
    """Return how often an object was marked so far: it tells one state of it from the next."""
    asked = select(DirtyKey.dirty_seq).where(DirtyKey.kind == kind, DirtyKey.object_id == object_id)
    with database.read() as session:
        return session.scalar(asked) or 0


def sync_now(
    sync: Sync, kind: str, object_id: str, patience_seconds: int = PATIENCE_SECONDS
) -> bool:
    """Mark an object and look at it; tell whether what is written down is as of now.

    Where it is not, because Stripe is silent or the handlers failed, the lane goes on trying.

    Args:
        sync: Our rows, of which the caller holds nothing; Stripe; and what becomes of what is seen.
        kind: One of `kinds.KINDS`.
        object_id: Stripe's id.
        patience_seconds: How long to wait for whoever has the key already.
    """
    ours, row = _mark_and_claim(sync.database, kind, object_id)
    until = time.monotonic() + patience_seconds
    while row is None and time.monotonic() < until:
        time.sleep(PAUSE_SECONDS)
        if _is_looked_at(sync.database, ours):
            return True
        row = _claim(sync.database, ours.key)
    if row is not None:
        sync.work([row])
    return _is_looked_at(sync.database, ours)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Our mark: the key, and how often it was marked by then."""

    key: int
    seq: int


def _mark_and_claim(database: Database, kind: str, object_id: str) -> tuple[_Mark, Held | None]:
    """Mark and claim in one transaction, so that no lane comes in between."""
    with database.write() as session:
        key = mark(session, kind, object_id)
        seq = session.scalars(select(DirtyKey.dirty_seq).where(DirtyKey.id == key)).one()
        moment = now(session)
        row = leases.claim_one(session, DirtyKey, key, now=moment, lease_seconds=LEASE_SECONDS)
        session.commit()
    return _Mark(key, seq), row


def _claim(database: Database, key: int) -> Held | None:
    with database.write() as session:
        moment = now(session)
        row = leases.claim_one(session, DirtyKey, key, now=moment, lease_seconds=LEASE_SECONDS)
        session.commit()
    return row


def _is_looked_at(database: Database, ours: _Mark) -> bool:
    """Tell whether there was a look since our mark; what was marked later is the lane's."""
    asked = select(DirtyKey.done_seq).where(DirtyKey.id == ours.key)
    with database.read() as session:
        return (session.scalar(asked) or 0) >= ours.seq
