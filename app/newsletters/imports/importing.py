"""Bringing subscribers in from another system: begun, read, foreseen, applied, told about.

A file and the wishes of whoever brings it name an import. Killed at any moment and begun again with
the same, it goes on where it was. Applied a second time, the same file changes nothing.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core.alone import alone
from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.jobs import enqueue
from app.core.settings import Settings
from app.newsletters.imports.applying import Effect, apply_waiting, foresee
from app.newsletters.imports.files import Source
from app.newsletters.imports.looking import Table, Wishes, rules_for
from app.newsletters.imports.models import SubscriberImport, SubscriberImportRow
from app.newsletters.imports.staging import Watch, stage
from app.newsletters.imports.values import titles_of

JOB = "newsletters.import"
LOCK_KEY = 0x7375627363726962
"""The advisory lock of imports on PostgreSQL: "subscrib" in ASCII."""

_BUSY = "Another import of subscribers is running on this database: try again when it has ended."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is.

    Attributes:
        id: Of the import.
        file_name: Of its file.
        state: As `SubscriberImport.state` names it.
        records: How many records were read.
        waiting: How many rows wait to be applied.
        started_at: When it was first begun.
        done_by: Who had it applied.
    """

    id: int
    file_name: str
    state: str
    records: int
    waiting: int
    started_at: datetime
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do.

    Attributes:
        records: How many records the file has.
        entries: How many pairs of address and list they name.
        repeated: How many of those came twice.
        problems: How many records cannot be taken.
        effect: What becomes of the others, whether done or to be done.
        applied: Whether it is done to the end.
    """

    records: int
    entries: int
    repeated: int
    problems: int
    effect: Effect
    applied: bool


def running(database: Database) -> AbstractContextManager[None]:
    """Hold the lock of imports.

    Raises:
        BusyError: Another one is running.
    """
    return alone(database, "subscribers-import", LOCK_KEY, _BUSY)


def start_import(
    session: Session, source: Source, tables: Sequence[Table], wishes: Wishes, now: datetime
) -> tuple[int, bool]:
    """Return the id of a file's import, and whether it goes on with an earlier one. Flushed."""
    key = key_of(source.file_hash, wishes)
    open_ = (
        select(SubscriberImport.id)
        .where(SubscriberImport.key == key, SubscriberImport.applied_at.is_(None))
        .order_by(SubscriberImport.id.desc())
        .limit(1)
    )
    earlier = session.scalar(open_)
    if earlier is not None:
        session.get_one(SubscriberImport, earlier).stop_asked_at = None
        return earlier, True
    made = SubscriberImport(
        file_hash=source.file_hash, file_name=source.name[:200], started_at=now, effect={}
    )
    describe(made, source, tables, wishes)
    session.add(made)
    session.flush()
    return made.id, False


def key_of(file_hash: str, wishes: Wishes) -> str:
    """Return the name of a file taken by these wishes."""
    told = f"{file_hash}\0{json.dumps(wishes.as_json(), sort_keys=True)}"
    return hashlib.sha256(told.encode()).hexdigest()


def describe(
    record: SubscriberImport, source: Source, tables: Sequence[Table], wishes: Wishes
) -> None:
    """Note on an import how its file is going to be read."""
    record.key = key_of(source.file_hash, wishes)
    record.source = tables[0].columns.system.name
    record.wishes = wishes.as_json()
    record.titles = titles_of([table.columns.titles for table in tables])
    record.size = source.size


def read_file(
    database: Database,
    settings: Settings,
    import_id: int,
    tables: Sequence[Table],
    wishes: Wishes,
    watch: Watch,
) -> None:
    """Read a file into the rows that wait, or what of it has not been read yet.

    Raises:
        OperatorError: A wish names no list of ours.
    """
    with database.read() as session:
        rules = rules_for(session, settings, wishes, tuple(tables))
        if session.get_one(SubscriberImport, import_id).read_at is not None:
            return
    stage(database, import_id, tables, rules, watch)
    with database.write() as session:
        session.get_one(SubscriberImport, import_id).read_at = now(session)
        session.commit()
    if not database.is_sqlite:  # so that statements are not planned for an empty table
        with database.write() as session:
            session.execute(text("ANALYZE subscriber_import_row"))
            session.commit()


def vouch(session: Session, import_id: int, who: str) -> None:
    """Write down on whose word the people of a file are subscribed. Flushed, not committed."""
    record = session.get_one(SubscriberImport, import_id)
    record.done_by = record.done_by or who[:80]
    session.flush()


def apply_import(
    database: Database, import_id: int, watch: Callable[[int], None] = lambda _done: None
) -> None:
    """Apply what waits of an import that somebody vouched for; the caller holds the lock.

    Raises:
        OperatorError: It was not read to its end, or nobody vouched.
    """
    with database.read() as session:
        record = session.get(SubscriberImport, import_id)
        if record is None or record.read_at is None or record.done_by is None:
            raise OperatorError(f"Import {import_id} is not ready: import its file again.")
        seen_at = first_seen(session, record.file_hash)
    apply_waiting(database, import_id, seen_at, watch)


def apply_later(session: Session, import_id: int, asked_at: datetime | None = None) -> int:
    """Have a worker apply it; return the id of the job. Flushed, not committed.

    Args:
        session: Writing.
        import_id: Of what was read and vouched for.
        asked_at: Tells this asking from one whose job is about to stop.
    """
    unique = (
        f"{JOB}:{import_id}" if asked_at is None else f"{JOB}:{import_id}:{asked_at.timestamp()}"
    )
    return enqueue(session, JOB, {"import": import_id}, unique=unique)


def progress(session: Session, import_id: int) -> Progress:
    """Return how far an import is.

    Raises:
        OperatorError: There is no such import.
    """
    record = the_import(session, import_id)
    waiting = select(func.count()).where(SubscriberImportRow.import_id == import_id)
    return Progress(
        id=record.id,
        file_name=record.file_name,
        state=record.state,
        records=record.records,
        waiting=session.scalar(waiting) or 0,
        started_at=record.started_at,
        done_by=record.done_by,
    )


def all_progress(session: Session) -> list[Progress]:
    """Return how far each import is, the newest first."""
    ids = session.scalars(select(SubscriberImport.id).order_by(SubscriberImport.id.desc())).all()
    return [progress(session, one) for one in ids]


def report(session: Session, import_id: int) -> Report:
    """Return what an import did; of one that is not applied, also what it would do.

    Raises:
        OperatorError: There is no such import.
    """
    record = the_import(session, import_id)
    effect = Effect.from_json(record.effect)
    if record.applied_at is None:
        coming = foresee(session, import_id, first_seen(session, record.file_hash))
        effect.fates += coming.fates
        effect.people += coming.people
        effect.offices += coming.offices
    return Report(
        records=record.records,
        entries=record.entries,
        repeated=record.repeated,
        problems=record.problems,
        effect=effect,
        applied=record.applied_at is not None,
    )


def the_import(session: Session, import_id: int) -> SubscriberImport:
    """Return an import.

    Raises:
        OperatorError: There is no such import.
    """
    record = session.get(SubscriberImport, import_id)
    if record is None:
        raise OperatorError(f"There is no import {import_id}: see `flask newsletters imports`.")
    return record


def first_seen(session: Session, file_hash: str) -> datetime:
    """Return when a file was first begun: who left, it said so then at the latest."""
    first = select(func.min(SubscriberImport.started_at)).where(
        SubscriberImport.file_hash == file_hash
    )
    seen = session.scalar(first)
    assert seen is not None  # noqa: S101 - its own row is one of them
    return seen
