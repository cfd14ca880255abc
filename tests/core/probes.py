"""Work for tests of the engine: a table of rows, a lane that logs when it worked on each."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import MetaData, String, func, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.core import clock, leases
from app.core.database import Database
from app.core.engine import Engine
from app.core.leases import Held, Leased, due_index
from app.core.orm import Base
from app.core.settings import Settings
from app.core.work import Cron, Job, Lane, Payload, Runtime, Work

Returned = TypeVar("Returned")


class ProbeBase(DeclarativeBase):
    metadata = MetaData()
    type_annotation_map = Base.type_annotation_map


class Probe(Leased, ProbeBase):
    """A row of work that takes `seconds` at its first try, and nothing at any later one."""

    __tablename__ = "probe"
    __table_args__ = (due_index("probe"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), default="a")
    seconds: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime]


class Note(ProbeBase):
    """Who worked on what, from when to when, by the database's clock."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(32))
    worker: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def make_tables(database: Database) -> None:
    ProbeBase.metadata.create_all(database.engine)


def add_probes(session: Session, count: int, **columns: object) -> list[int]:
    moment = clock.now(session)
    # A second ago, for a machine's clock may be set back a little at any time.
    due = moment - timedelta(seconds=1)
    rows = [{"due_at": due, "created_at": moment, **columns} for _ in range(count)]
    return list(session.scalars(insert(Probe).returning(Probe.id), rows))


def open_count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(Probe.done_at.is_(None))) or 0


def notes(database: Database, about: str | None = None) -> list[Note]:
    asked = select(Note) if about is None else select(Note).where(Note.about == about)
    with database.read() as session:
        return list(session.scalars(asked.order_by(Note.id)))


def note(database: Database, worker: str, abouts: list[str]) -> list[int]:
    with database.write() as session:
        rows = [
            {"about": one, "worker": worker, "started_at": clock.now(session)} for one in abouts
        ]
        ids = list(session.scalars(insert(Note).returning(Note.id), rows))
        session.commit()
    return ids


def probe_lane(worker: str, lease_seconds: float) -> Lane:
    """Return the lane `probe`: batches of four, each row noted."""

    def drain(runtime: Runtime) -> int:
        with runtime.database.write() as session:
            moment = clock.now(session)
            rows = leases.claim(session, Probe, now=moment, limit=4, lease_seconds=lease_seconds)
            session.commit()
        if rows:
            _work(runtime, rows)
        return len(rows)

    def _work(runtime: Runtime, rows: list[Held]) -> None:
        ids = note(runtime.database, worker, [str(row.id) for row in rows])
        time.sleep(max(row.seconds if row.attempts == 1 else 0 for row in rows))
        with runtime.database.write() as session:
            moment = clock.now(session)
            session.execute(update(Note).where(Note.id.in_(ids)).values(ended_at=moment))
            leases.mark_done(session, Probe, rows, now=moment)
            session.commit()

    return Lane("probe", drain)


def note_job(worker: str) -> Job:
    """Return the job `note`: it notes its payload, and `hang` hangs the first time."""

    def run(runtime: Runtime, payload: Payload) -> None:
        about = str(payload["about"])
        is_first = not notes(runtime.database, about)
        note(runtime.database, worker, [about])
        if about == "hang" and is_first:
            time.sleep(60)

    return Job("note", run)


def every_second(worker: str) -> Cron:
    """Return a cron that notes each second."""

    def run(runtime: Runtime) -> None:
        note(runtime.database, worker, ["cron"])

    return Cron("every-second", "* * * * * *", run)


def aside(call: Callable[[], Returned]) -> Returned:
    """Call something in a thread of its own.

    A browser that another test of this process has opened keeps an event loop running in the main
    one, in which no engine starts.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@contextmanager
def running(
    database: Database, settings: Settings, work: Work, fallback_seconds: int = 30
) -> Iterator[Engine]:
    """Run an engine in this process."""
    engine = Engine(database, settings, work, fallback_seconds=fallback_seconds, lease_seconds=3)
    aside(engine.start)
    try:
        yield engine
    finally:
        assert aside(engine.stop)
