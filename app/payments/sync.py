"""Working on dirty keys: fetch outside any transaction, apply in one, mark what was looked at.

A key that is marked while it is being looked at is looked at again. A worker whose lease ran out
keeps nothing of what it saw, for another has looked since.
"""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app.core import leases
from app.core.clock import now
from app.core.database import Database
from app.core.failpoints import failpoint
from app.core.leases import Held
from app.core.pace import Pace
from app.payments import keys
from app.payments.gateway import Gateway, GatewayDownError, GatewayError
from app.payments.inbox import mark
from app.payments.looking import Asking, Handlers, Look, look_at
from app.payments.models import DirtyKey

# One question may take three tries of ten seconds; the lease is held on to between questions.
LEASE_SECONDS = 60
RENEWED_AFTER_SECONDS = 20
WORKING_SECONDS = 20
SILENT_IN_A_ROW = 3
LONGEST_WAIT = timedelta(minutes=15)
# Three days of silence: eight tries within the first quarters of an hour, then four an hour.
MOST_SILENT_TRIES = 300

log = structlog.get_logger(__name__)


class Hold:
    """The lease of a batch, held on to while the batch takes longer."""

    def __init__(self, database: Database, rows: Sequence[Held]) -> None:
        self._database = database
        self._rows = rows
        self._renewed = time.monotonic()

    def keep(self) -> None:
        """Renew the lease if a good part of it is over."""
        if time.monotonic() - self._renewed < RENEWED_AFTER_SECONDS:
            return
        with self._database.write() as session:
            leases.extend(session, DirtyKey, self._rows, lease_seconds=LEASE_SECONDS)
            session.commit()
        self._renewed = time.monotonic()


@dataclass(frozen=True)
class Sync:
    """What looking at Stripe takes.

    Attributes:
        database: Ours.
        gateway: Stripe's.
        handlers: What becomes of what is seen.
        pace: Waited for before each question.
        anew: Whether to ask also for what is written down already.
    """

    database: Database
    gateway: Gateway
    handlers: Handlers
    pace: Pace
    anew: bool = False

    def work(self, rows: Sequence[Held]) -> bool:
        """Work on claimed keys, one by one; return whether Stripe answers.

        Once time is up, or Stripe stayed silent several times in a row, the rest is given back.
        """
        waiting = deque(rows)
        hold = Hold(self.database, rows)
        until = time.monotonic() + WORKING_SECONDS
        silent = 0
        while waiting and silent < SILENT_IN_A_ROW and time.monotonic() < until:
            silent = 0 if self._work_on(waiting.popleft(), hold) else silent + 1
        if waiting:
            with self.database.write() as session:
                leases.release(session, DirtyKey, waiting)
                session.commit()
        return silent < SILENT_IN_A_ROW

    def _work_on(self, row: Held, hold: Hold) -> bool:
        """Look at one object; return whether Stripe answered."""

        def before() -> None:
            self.pace.wait()
            hold.keep()

        try:
            asking = Asking(self.gateway, before, self._known)
            look = look_at(row.kind, row.object_id, asking, self.handlers)
            failpoint("sync.seen")
            self._apply(row, look)
        except GatewayError as error:
            log.warning("Stripe said no", key=row.id, kind=row.kind, error=leases.shown(error))
            self._fail(row, error)
            return not isinstance(error, GatewayDownError)
        except Exception as error:
            log.exception("a look at Stripe failed", key=row.id, kind=row.kind)
            self._fail(row, error)
        return True

    def _known(self, payment_ids: Sequence[str]) -> frozenset[str]:
        if self.anew:
            return frozenset()
        with self.database.read() as session:
            return self.handlers.written_down(session, payment_ids)

    def _apply(self, row: Held, look: Look) -> None:
        with self.database.write() as session:
            moment = now(session)
            is_ours = look.apply is not None and look.apply(session, moment)
            if not keys.finish(session, row, moment, look.note):
                return  # the lease ran out, and another has the key: nothing of this is kept
            # What it leads to has waited as long, and goes before what was marked since.
            targets = [mark(session, *one, row.due_at) for one in look.leads_to]
            if look.note is None:
                _judge(session, row, targets, is_ours=is_ours)
            session.commit()
        failpoint("sync.applied")

    def _fail(self, row: Held, error: Exception) -> None:
        with self.database.write() as session:
            _put_off(session, row, error, now(session))
            session.commit()


def _judge(session: Session, row: Held, targets: Sequence[int], *, is_ours: bool) -> None:
    """Say whose the events about a key are; where it only leads on, its target will say."""
    if is_ours or not targets:
        keys.settle(session, row.id, ours=is_ours)
    else:
        keys.lead(session, row.id, targets[-1])


def _put_off(session: Session, row: Held, error: Exception, moment: datetime) -> None:
    """Try again later. Silence has three days; anything else so many tries of its own."""
    is_silence = isinstance(error, GatewayDownError)
    earlier = row.failures if row.attempts > 1 else 0
    failures = earlier if is_silence else earlier + 1
    tries, most = (
        (row.attempts, MOST_SILENT_TRIES) if is_silence else (failures, leases.MOST_ATTEMPTS)
    )
    keys.put_off(
        session,
        row,
        moment + min(leases.backoff(tries), LONGEST_WAIT),
        leases.shown(error),
        failures=failures,
        parked=moment if tries >= most else None,
    )
