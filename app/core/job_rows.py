"""Jobs as rows: what is to run, and running one of them under its lease."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from sqlalchemy import Index, Insert, String, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock, leases
from app.core.leases import Held, Leased, due_index, parked_index
from app.core.orm import Base
from app.core.work import Job, Payload, Runtime

# The engine's clock may be a little behind the database's.
EARLY = timedelta(seconds=1)
SWEPT_AT_ONCE = 100
KEPT = timedelta(days=30)
OPEN = text("done_at IS NULL AND parked_at IS NULL")

log = structlog.get_logger(__name__)


class JobRow(Leased, Base):
    """One run of a job. `unique_key` is unique among the open ones: neither done nor parked."""

    __tablename__ = "job"
    __table_args__ = (
        due_index("job"),
        parked_index("job"),
        Index(
            "uq_job_unique_key_open",
            "unique_key",
            unique=True,
            postgresql_where=OPEN,
            sqlite_where=OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime]


def add(
    session: Session, name: str, payload: Payload, unique: str | None, delay: timedelta
) -> tuple[int, bool]:
    """Add a row; return its id and whether it is new: an open one of this `unique` key stays."""
    now = clock.now(session)
    values = {
        "name": name,
        "payload": payload,
        "unique_key": unique,
        "created_at": now,
        "due_at": now + delay,
    }
    # A key may come free between the two statements: its holder ends in another transaction.
    while True:
        new = session.scalar(_adding(session.get_bind().dialect.name), values)
        if new is not None:
            return new, True
        open_row = select(JobRow.id).where(JobRow.unique_key == unique, OPEN)
        old = session.scalar(open_row)
        if old is not None:
            return old, False


@cache
def _adding(dialect: str) -> Insert:
    if dialect == "sqlite":
        lite = sqlite.insert(JobRow).on_conflict_do_nothing(
            index_elements=["unique_key"], index_where=OPEN
        )
        return lite.returning(JobRow.id)
    full = postgresql.insert(JobRow).on_conflict_do_nothing(
        index_elements=["unique_key"], index_where=OPEN
    )
    return full.returning(JobRow.id)


def due_ids(session: Session) -> list[int]:
    """Return the ids of jobs that are due and held by nobody, oldest first."""
    free = select(JobRow.id).where(
        OPEN,
        JobRow.due_at <= clock.now(session),
        (JobRow.leased_until.is_(None)) | (JobRow.leased_until < clock.raw_now()),
    )
    return list(session.scalars(free.order_by(JobRow.due_at).limit(SWEPT_AT_ONCE)))


def prune(session: Session) -> None:
    """Delete jobs that were done long ago; parked ones stay until somebody decides."""
    session.execute(delete(JobRow).where(JobRow.done_at < clock.now(session) - KEPT))


def run(
    runtime: Runtime, jobs: Mapping[str, Job], row_id: int, *, lease_seconds: float
) -> timedelta | None:
    """Run a job if it is due and free, else do nothing.

    Returns:
        How long until its next try, if it failed and is not parked; else None.
    """
    row = _claim(runtime, row_id, lease_seconds)
    if row is None:
        return None
    job = jobs.get(row.name)
    if job is None or row.attempts > job.max_attempts:
        reason = "no such job" if job is None else f"its process died, {row.attempts - 1} tries"
        _give_up(runtime, row, reason)
        return None
    try:
        with _kept(runtime, row, lease_seconds):
            job.run(runtime, row.payload)
    except Exception as error:
        log.exception("a job failed", job=row.name, id=row.id, attempt=row.attempts)
        return _failed(runtime, job, row, error)
    _done(runtime, row)
    return None


def _claim(runtime: Runtime, row_id: int, lease_seconds: float) -> Held | None:
    with runtime.database.write() as session:
        now = clock.now(session) + EARLY
        row = leases.claim_one(session, JobRow, row_id, now=now, lease_seconds=lease_seconds)
        session.commit()
    return row


def _give_up(runtime: Runtime, row: Held, reason: str) -> None:
    with runtime.database.write() as session:
        leases.park(session, JobRow, [row], reason, now=clock.now(session))
        session.commit()
    log.error("a job was parked", job=row.name, id=row.id, reason=reason)


def _failed(runtime: Runtime, job: Job, row: Held, error: Exception) -> timedelta | None:
    with runtime.database.write() as session:
        now = clock.now(session)
        leases.retry(session, JobRow, row, error, now=now, max_attempts=job.max_attempts)
        due = session.scalar(select(JobRow.due_at).where(JobRow.id == row.id, OPEN))
        session.commit()
    return due - now if due else None


def _done(runtime: Runtime, row: Held) -> None:
    with runtime.database.write() as session:
        held = leases.mark_done(session, JobRow, [row], now=clock.now(session))
        session.commit()
    if not held:
        log.warning("a job outlived its lease", job=row.name, id=row.id)


@contextmanager
def _kept(runtime: Runtime, row: Held, lease_seconds: float) -> Iterator[None]:
    """Extend a row's lease while its job runs."""
    ended = threading.Event()

    def extend() -> None:
        while not ended.wait(lease_seconds / 3):
            try:
                with runtime.database.write() as session:
                    leases.extend(session, JobRow, [row], lease_seconds=lease_seconds)
                    session.commit()
            except DBAPIError as error:
                log.warning("a lease was not extended", job=row.name, id=row.id, error=str(error))

    keeper = threading.Thread(target=extend, name=f"lease-of-job-{row.id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
