"""The bell: what a session rang is rung once its transaction is in the database, never before.

Ringing costs the caller nothing: a lane's name is put into a set and a thread wakes up, which
sends what was rung at most four times a second for each lane. A bell that is lost, with its
process or with the database, delays work until the fallback rings every lane.
"""

import os
import threading
import time
import weakref
from collections.abc import Callable

import structlog
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, SessionTransaction

PAUSE_SECONDS = 0.25
RUNG = "unwalled_rung"

log = structlog.get_logger(__name__)


class Bell:
    """Sends the names of rung lanes from a thread of its own, which starts at the first ring.

    Args:
        send: Makes sure that a lane is drained from now on. False says that it could not tell
            whether the drain will see what was just committed, so it is sent once more.
    """

    def __init__(self, send: Callable[[str], bool]) -> None:
        self._send = send
        self.reset()
        _all.add(self)

    def reset(self) -> None:
        """Begin anew: no thread, nothing rung; a forked process has not inherited the thread."""
        self._changed = threading.Condition()
        self._rung: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._thread: threading.Thread | None = None
        self._stopped = False

    def ring(self, *lanes: str) -> None:
        """Have these lanes drained soon; what is rung already costs no thread its sleep."""
        with self._changed:
            if self._stopped or self._rung.issuperset(lanes):
                return
            self._rung.update(lanes)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        """Send nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=1)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._stopped and not self._ready():
                    self._changed.wait(self._pause())
                if self._stopped:
                    return
                lanes = self._ready()
                self._rung -= lanes
            for lane in sorted(lanes):
                self._send_one(lane)

    def _ready(self) -> set[str]:
        now = time.monotonic()
        return {lane for lane in self._rung if self._not_before.get(lane, 0.0) <= now}

    def _pause(self) -> float | None:
        """Return how long to wait for the next rung lane's turn; None if none is rung."""
        turns = [self._not_before.get(lane, 0.0) for lane in self._rung]
        return max(0.0, min(turns) - time.monotonic()) if turns else None

    def _send_one(self, lane: str) -> None:
        self._not_before[lane] = time.monotonic() + PAUSE_SECONDS
        try:
            sent = self._send(lane)
        except Exception as error:  # noqa: BLE001 - whatever it was, the fallback makes up for it
            log.warning("the bell was lost", lane=lane, error=str(error))
            return
        if not sent:
            self.ring(lane)


_all: weakref.WeakSet[Bell] = weakref.WeakSet()
_bells: weakref.WeakKeyDictionary[Engine, Bell] = weakref.WeakKeyDictionary()


def attach(engine: Engine, bell: Bell) -> None:
    """Let sessions on this database ring a bell."""
    _bells[engine] = bell


def detach(engine: Engine) -> None:
    """Let sessions on this database ring nothing."""
    _bells.pop(engine, None)


def ring_at_once(engine: Engine, lane: str) -> None:
    """Have a lane drained soon, for what is in the database already."""
    bell = _bells.get(engine)
    if bell is not None:
        bell.ring(lane)


def ring(session: Session, lane: str) -> None:
    """Have a lane drained soon after this session's commit; nothing happens on a rollback."""
    session.info.setdefault(RUNG, set()).add(lane)


@event.listens_for(Session, "after_commit")
def _after_commit(session: Session) -> None:
    if RUNG not in session.info or session.in_nested_transaction():
        return
    engine = session.get_bind().engine
    for lane in session.info.pop(RUNG):
        ring_at_once(engine, lane)


@event.listens_for(Session, "after_transaction_end")
def _after_transaction_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(RUNG, None)


def _after_fork() -> None:
    for bell in _all:
        bell.reset()


os.register_at_fork(after_in_child=_after_fork)
