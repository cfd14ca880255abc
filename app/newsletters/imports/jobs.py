"""The jobs of imports: reading a file that was brought, applying what was read, taking it back.

Each goes on where a killed one was. While another import runs, a job is tried again later; what
cannot be done at all is said on the import, and not tried again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from app.core.alone import BusyError
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.private_files import drop
from app.core.work import Job, Payload, Runtime
from app.newsletters.imports import importing
from app.newsletters.imports.applying import foresee
from app.newsletters.imports.bringing import READ_JOB, UNDO_JOB, understood
from app.newsletters.imports.clearing import clear_all
from app.newsletters.imports.looking import Wishes
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.imports.stopping import StoppedError
from app.newsletters.imports.undoing import undo

MOST_ATTEMPTS = 200
"""A long import before it makes a job wait: an hour at most between two tries."""

log = structlog.get_logger(__name__)


def jobs() -> tuple[Job, ...]:
    """Return what workers do for imports."""
    return (
        Job(READ_JOB, _alone(read_brought), MOST_ATTEMPTS),
        Job(importing.JOB, _alone(apply_read), MOST_ATTEMPTS),
        Job(UNDO_JOB, _alone(take_back), MOST_ATTEMPTS),
    )


def read_brought(runtime: Runtime, import_id: int) -> None:
    """Read a file that was brought, and foresee what it would do; the caller holds the lock."""
    database, settings = runtime.database, runtime.settings
    with database.read() as session:
        record = session.get(SubscriberImport, import_id)
        if record is None or record.foreseen is not None or record.read_asked_at is None:
            return
    if not record.records:
        clear_all(database, import_id)  # what an earlier reading by other wishes left
    wishes = Wishes.from_json(record.wishes)
    with understood(settings, record, wishes) as (_source, tables):
        importing.read_file(database, settings, import_id, tables, wishes, _unwatched)
    with database.read() as session:
        effect = foresee(session, import_id, importing.first_seen(session, record.file_hash))
    with database.write() as session:
        record = session.get_one(SubscriberImport, import_id)
        record.foreseen = effect.as_json()
        session.commit()


def apply_read(runtime: Runtime, import_id: int) -> None:
    """Apply what was read and vouched for; the caller holds the lock."""
    with runtime.database.write() as session:
        record = session.get_one(SubscriberImport, import_id)
        stored, record.stored = record.stored, None  # all of it waits in rows by now
        session.commit()
    if stored is not None:
        drop(runtime.settings, stored)
    importing.apply_import(runtime.database, import_id)
    log.info("an import was applied", id=import_id)


def take_back(runtime: Runtime, import_id: int) -> None:
    """Undo an import as far as it can be; the caller holds the lock."""
    undo(runtime.database, import_id)
    log.info("an import was undone", id=import_id)


def _unwatched(_read: int, _records: int) -> None:
    """Watch nothing: how far the reading is stands in the row of the import."""


def _alone(work: Callable[[Runtime, int], None]) -> Callable[[Runtime, Payload], None]:
    """Return what does a work under the lock of imports, and notes why it cannot be done."""

    def run(runtime: Runtime, payload: Payload) -> None:
        import_id = int(payload["import"])
        with importing.running(runtime.database), _noting(runtime.database, import_id):
            work(runtime, import_id)

    return run


@contextmanager
def _noting(database: Database, import_id: int) -> Iterator[None]:
    try:
        yield
    except StoppedError:
        log.info("an import was stopped", id=import_id)
    except BusyError:
        raise
    except OperatorError as error:
        log.warning("an import failed", id=import_id, why=str(error))
        with database.write() as session:
            record = session.get(SubscriberImport, import_id)
            if record is not None:
                record.failed = str(error)[:500]
                session.commit()
