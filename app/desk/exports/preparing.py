"""Files for staff to take away: asked for, prepared by a job, kept for seven days, deleted.

A file that was begun by a process that died is begun anew: it shows one moment whole, or it is
not there.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import IO

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.days import day_of
from app.core.errors import OperatorError, UnwalledError
from app.core.jobs import enqueue
from app.core.private_files import drop, path_of, sweep, writing
from app.core.settings import Settings
from app.core.work import Cron, Job, Payload, Runtime
from app.desk.exports import products as export_products
from app.desk.exports.models import PreparedExport
from app.desk.exports.products import EVERYTHING, PAYMENTS, PIECE, Wanted

JOB = "desk.export"
KIND = "export"
KEPT = timedelta(days=7)
AT_ONCE = 2_000
"""So many lines are answered at once, without a job."""

_HALF_WRITTEN_SECONDS = 86_400.0

log = structlog.get_logger(__name__)


class _StoppedError(UnwalledError):
    """Somebody does not want the file any more."""


def ask(
    session: Session, settings: Settings, wanted: Wanted, who: str, now: datetime
) -> PreparedExport:
    """Have a file prepared. Flushed, not committed."""
    made = PreparedExport(
        kind=wanted.kind,
        wishes=dict(wanted.wishes),
        asked_by=who[:80],
        asked_at=now,
        total=export_products.count(session, settings, wanted, now),
        file_name=wanted.file_name(day_of(now, settings.time_zone)),
    )
    session.add(made)
    session.flush()
    enqueue(session, JOB, {"export": made.id}, unique=f"{JOB}:{made.id}")
    return made


def stop(session: Session, one: PreparedExport, now: datetime) -> None:
    """Give up a file that is being prepared. Flushed, not committed.

    Raises:
        OperatorError: It is not being prepared.
    """
    if one.state != "preparing":
        raise OperatorError("This file is not being prepared.")
    one.stop_asked_at = now
    session.flush()


def forget(session: Session, one: PreparedExport, now: datetime) -> None:
    """Let nobody take a file away any more; `delete_old` deletes it. Flushed, not committed."""
    one.deleted_at = now
    session.flush()


def erase(session: Session, _person_id: int, now: datetime) -> None:
    """Forget every file that could name a person who is erased. Flushed, not committed.

    Which files do is not looked for: they can be prepared again in a minute, without that person.
    """
    names_people = PreparedExport.kind != PAYMENTS
    ready = update(PreparedExport).where(
        names_people, PreparedExport.ready_at.is_not(None), PreparedExport.deleted_at.is_(None)
    )
    session.execute(ready.values(deleted_at=now))
    begun = update(PreparedExport).where(
        names_people, PreparedExport.ready_at.is_(None), PreparedExport.stop_asked_at.is_(None)
    )
    session.execute(begun.values(stop_asked_at=now))


def job() -> Job:
    """Return the job that prepares a file."""

    def run(runtime: Runtime, payload: Payload) -> None:
        prepare(runtime.database, runtime.settings, int(payload["export"]))

    return Job(JOB, run)


def prepare(database: Database, settings: Settings, export_id: int) -> None:
    """Write a file, unless it is there or nobody wants it any more."""
    with database.read() as session:
        one = session.get(PreparedExport, export_id)
        moment = now(session)
    if one is None or one.state != "preparing":
        return
    wanted = Wanted(one.kind, one.wishes)
    try:
        with writing(settings, KIND) as (name, out):
            if one.kind == EVERYTHING:
                _put_archive(database, settings, out)
            else:
                pieces = export_products.lines(database, settings, wanted, moment)
                _put_lines(database, export_id, pieces, out)
            size = out.tell()
    except _StoppedError:
        return
    except OperatorError as error:
        _fail(database, export_id, str(error))
        return
    _ready(database, settings, export_id, name, size)


def _put_lines(database: Database, export_id: int, pieces: Iterable[str], out: IO[bytes]) -> None:
    done = -1  # the header
    for piece in pieces:
        out.write(piece.encode())
        done += piece.count("\r\n")
        _note(database, export_id, max(done, 0))


def _put_archive(database: Database, settings: Settings, out: IO[bytes]) -> None:
    with export_products.everything(database, settings) as archive, archive.open("rb") as data:
        while piece := data.read(PIECE):
            out.write(piece)


def _note(database: Database, export_id: int, done: int) -> None:
    with database.write() as session:
        still = update(PreparedExport).where(
            PreparedExport.id == export_id, PreparedExport.stop_asked_at.is_(None)
        )
        held = session.scalar(still.values(done=done).returning(PreparedExport.id))
        session.commit()
    if held is None:
        raise _StoppedError


def _ready(database: Database, settings: Settings, export_id: int, name: str, size: int) -> None:
    with database.write() as session:
        one = session.get_one(PreparedExport, export_id, with_for_update=True)
        if one.stop_asked_at is None:
            one.stored, one.size, one.ready_at = name, size, now(session)
            one.done = one.total if one.kind == EVERYTHING else one.done
        session.commit()
    if one.stored is None:
        drop(settings, name)  # nobody wants it any more, or somebody whom it names was erased
        return
    log.info("a file was prepared", id=export_id, kind=one.kind, size=size)


def _fail(database: Database, export_id: int, why: str) -> None:
    with database.write() as session:
        session.get_one(PreparedExport, export_id).failed = why[:500]
        session.commit()
    log.warning("a file could not be prepared", id=export_id, why=why)


def forgetting() -> Cron:
    """Return the cron that deletes files once they were kept long enough."""

    def run(runtime: Runtime) -> None:
        delete_old(runtime.database, runtime.settings)

    return Cron("desk.forget-exports", "*/5 * * * *", run)


def delete_old(database: Database, settings: Settings) -> int:
    """Delete files that were kept for seven days or forgotten, and those of no row."""
    with database.write() as session:
        moment = now(session)
        held = session.scalars(select(PreparedExport).where(PreparedExport.stored.is_not(None)))
        names, kept = [], set()
        for one in held.all():
            if one.stored and (one.deleted_at or (one.ready_at and one.ready_at <= moment - KEPT)):
                names.append(one.stored)
                one.stored, one.deleted_at = None, one.deleted_at or moment
            elif one.stored:
                kept.add(one.stored)
        session.commit()
    for name in names:
        drop(settings, name)
    return len(names) + sweep(settings, KIND, kept, _HALF_WRITTEN_SECONDS)


def is_there(settings: Settings, one: PreparedExport) -> bool:
    """Tell whether a file can be taken away."""
    return (
        one.state == "ready" and one.stored is not None and path_of(settings, one.stored).exists()
    )
