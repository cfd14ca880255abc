"""Looking at one object at once, for somebody who waits for the page after their own change.

It is the lane's own look, under the lane's lease: whoever has the key already does it for us.
"""

import time

from sqlalchemy import select

from app.core import leases
from app.core.clock import now
from app.core.database import Database
from app.core.leases import Held
from app.core.pace import Pace
from app.payments.gateway import Gateway
from app.payments.inbox import mark
from app.payments.jobs import READS
from app.payments.looking import Handlers
from app.payments.models import DirtyKey
from app.payments.sync import LEASE_SECONDS, Sync

PATIENCE_SECONDS = 3.0
PAUSE_SECONDS = 0.1


def marks_of(database: Database, kind: str, object_id: str) -> int:
    """Return how often an object was marked so far: it tells one state of it from the next."""
    asked = select(DirtyKey.dirty_seq).where(DirtyKey.kind == kind, DirtyKey.object_id == object_id)
    with database.read() as session:
        return session.scalar(asked) or 0


def sync_now(
    database: Database,
    gateway: Gateway,
    handlers: Handlers,
    kind: str,
    object_id: str,
    pace: Pace = READS,
) -> bool:
    """Mark an object and look at it; tell whether what is written down is as of now.

    Where it is not, because Stripe is silent or the handlers failed, the lane goes on trying.

    Args:
        database: Ours; the caller holds nothing of it.
        gateway: Asked outside any transaction.
        handlers: What becomes of what is seen.
        kind: One of `kinds.KINDS`.
        object_id: Stripe's id.
        pace: Waited for before each question.
    """
    key, row = _mark_and_claim(database, kind, object_id)
    until = time.monotonic() + PATIENCE_SECONDS
    while row is None and time.monotonic() < until:
        time.sleep(PAUSE_SECONDS)
        if _is_done(database, key):
            return True
        row = _claim(database, key)
    if row is not None:
        Sync(database, gateway, handlers, pace).work([row])
    return _is_done(database, key)


def _mark_and_claim(database: Database, kind: str, object_id: str) -> tuple[int, Held | None]:
    """Mark and claim in one transaction, so that no lane comes in between."""
    with database.write() as session:
        key = mark(session, kind, object_id)
        moment = now(session)
        row = leases.claim_one(session, DirtyKey, key, now=moment, lease_seconds=LEASE_SECONDS)
        session.commit()
    return key, row


def _claim(database: Database, key: int) -> Held | None:
    with database.write() as session:
        moment = now(session)
        row = leases.claim_one(session, DirtyKey, key, now=moment, lease_seconds=LEASE_SECONDS)
        session.commit()
    return row


def _is_done(database: Database, key: int) -> bool:
    with database.read() as session:
        done = session.scalar(select(DirtyKey.done_at).where(DirtyKey.id == key))
    return done is not None
