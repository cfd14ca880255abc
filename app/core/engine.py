"""The engine: everything that works in this process, until it is told to stop."""

import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog

from app.core import bell, job_rows, jobs
from app.core.bell import Bell
from app.core.database import Database
from app.core.drains import Drains
from app.core.heartbeat import Pulse
from app.core.settings import Settings
from app.core.work import Cron, Runtime, Work

FALLBACK, PRUNE = "unwalled-fallback", "unwalled-prune"
FALLBACK_SECONDS = 15
LEASE_SECONDS = 30.0
STOP_SECONDS = 4.0
# How long a lane's thread may keep the web's waiting for the interpreter: Python's own 5 ms, paid
# at each of a request's turns to the database, would halve the sign-ups taken while mail leaves.
SWITCH_SECONDS = 0.0005

log = structlog.get_logger(__name__)


class Engine:
    """Lanes, jobs and crons at work; at most one engine in a process.

    Args:
        database: Migrated.
        settings: Whether this is the embedded web process or a worker.
        work: What there is to do.
        name: Of the worker, for people.
        fallback_seconds: How often every lane is rung whether or not it was; divides 60.
        lease_seconds: How long a job's row is held before its lease is extended or lost.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        work: Work,
        *,
        name: str = "worker",
        fallback_seconds: int = FALLBACK_SECONDS,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.embedded = settings.engine == "embedded"
        self.executor = "embedded" if self.embedded else f"{name}-{secrets.token_hex(4)}"
        self._database = database
        self._runtime = Runtime(database, settings)
        self._lease_seconds = lease_seconds
        self._jobs = {job.name: job for job in work.jobs}
        ours = (
            Cron(FALLBACK, f"*/{fallback_seconds} * * * * *", lambda _runtime: self._fall_back()),
            Cron(PRUNE, "7 * * * *", lambda _runtime: self._prune()),
        )
        self._crons = {cron.name: cron for cron in (*work.crons, *ours)}
        self._bell = Bell(self._start_drain if self.embedded else jobs.sender(database))
        self._drains = Drains(self._runtime, work.lanes, self._bell.ring, helpers=not self.embedded)
        self._pulse = Pulse(database, self.executor)
        self._changed = threading.Condition()
        self._active = 0
        self._stopping = False

    def start(self) -> None:
        """Start working. What was left undone before is found at once."""
        if self.embedded:
            sys.setswitchinterval(SWITCH_SECONDS)
        jobs.launch(self, self._database, self._crons.values())
        self._pulse.start()
        bell.attach(self._database.engine, self._bell)
        self._fall_back()
        log.info("the engine runs", executor=self.executor)

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Stop after the batch in hand; return whether everything ended within `seconds`.

        What did not end keeps its lease until it runs out, and is done again then.
        """
        deadline = time.monotonic() + seconds
        self._stopping = True
        bell.detach(self._database.engine)
        self._bell.stop()
        ended = self._drains.stop(seconds)
        with self._changed:
            remaining = max(0.0, deadline - time.monotonic())
            ended = self._changed.wait_for(lambda: not self._active, remaining) and ended
        jobs.shut_down()
        self._pulse.stop()
        log.info("the engine stopped", executor=self.executor, ended=ended)
        return ended

    def drain(self, lane: str) -> None:
        """Drain a lane, as a workflow asked."""
        with self._busy():
            self._drains.drain(lane)

    def run(self, row_id: int) -> None:
        """Run a job's row, as a workflow asked."""
        if self._stopping:
            return
        with self._busy():
            wait = job_rows.run(
                self._runtime, self._jobs, row_id, lease_seconds=self._lease_seconds
            )
            if wait is not None:
                self._run_later(row_id, wait)

    def tick(self, name: str) -> None:
        """Run a cron, as the schedule asked."""
        cron = self._crons.get(name)
        if cron is None or self._stopping:
            return
        with self._busy():
            try:
                cron.run(self._runtime)
            except Exception:
                log.exception("a cron failed", cron=name)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        with self._changed:
            self._active += 1
        try:
            yield
        finally:
            with self._changed:
                self._active -= 1
                self._changed.notify_all()

    def _start_drain(self, lane: str) -> bool:
        if not self._drains.joins(lane):
            jobs.start_drain(lane)
        return True

    def _run_later(self, row_id: int, wait: timedelta) -> None:
        with self._database.write() as session:
            jobs.run_later(session, row_id, wait)
            session.commit()

    def _fall_back(self) -> None:
        """Ring every lane, and have due jobs run that no workflow waits for any more."""
        self._bell.ring(*self._drains.names)
        with self._database.read() as session:
            due = job_rows.due_ids(session)
        if due:
            for row_id in set(due) - jobs.waiting(self._database, due):
                self._run_later(row_id, timedelta(0))

    def _prune(self) -> None:
        jobs.prune(self._database)
        with self._database.write() as session:
            job_rows.prune(session)
            session.commit()
