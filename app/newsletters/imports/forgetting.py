"""What is kept of files that were read: nothing of anybody for longer than it is of use."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from app.core.alone import BusyError
from app.core.clock import now
from app.core.database import Database
from app.core.orm import table_of
from app.core.private_files import sweep
from app.core.settings import Settings
from app.core.work import Cron, Runtime
from app.newsletters.imports.bringing import KIND
from app.newsletters.imports.clearing import clear
from app.newsletters.imports.importing import running
from app.newsletters.imports.models import (
    SubscriberImport,
    SubscriberImportProblem,
    SubscriberImportRow,
)
from app.people.models import EmailAddress

WAITING_KEPT = timedelta(days=1)
"""How long a file that was brought, or read, waits for its being applied."""

PROBLEMS_KEPT = timedelta(days=30)

_KEYS = select(EmailAddress.key, EmailAddress.address).where(
    EmailAddress.person_id == bindparam("person")
)
_OLD = select(SubscriberImport.id).where(
    SubscriberImport.started_at < bindparam("before"), SubscriberImport.done_by.is_(None)
)
_LONG_AGO = select(SubscriberImport.id).where(SubscriberImport.started_at < bindparam("before"))
log = structlog.get_logger(__name__)


def forgetting() -> Cron:
    """Return the cron that forgets what was read and never applied, and old errors."""

    def run(runtime: Runtime) -> None:
        try:
            with running(runtime.database):
                gone = forget(runtime.database)
        except BusyError:
            return
        drop_files(runtime.database, runtime.settings)
        if gone:
            log.info("rows of imports were forgotten", rows=gone)

    return Cron("newsletters.forget-imports", "40 4 * * *", run)


def forget(database: Database) -> int:
    """Delete what has been kept long enough, batch by batch; return how many rows those were."""
    with database.read() as session:
        moment = now(session)
        old = session.scalars(_OLD, {"before": moment - WAITING_KEPT}).all()
        ancient = session.scalars(_LONG_AGO, {"before": moment - PROBLEMS_KEPT}).all()
    gone = clear(database, SubscriberImportRow, [*old, *ancient])
    gone += clear(database, SubscriberImportProblem, [*old, *ancient])
    with database.write() as session:
        session.execute(delete(SubscriberImport).where(SubscriberImport.id.in_(old)))
        session.commit()
    return gone


def drop_files(database: Database, settings: Settings) -> int:
    """Delete files that were brought and belong to no import any more; return how many."""
    with database.read() as session:
        held = select(SubscriberImport.stored).where(SubscriberImport.stored.is_not(None))
        kept = {name for name in session.scalars(held) if name is not None}
    return sweep(settings, KIND, kept, WAITING_KEPT.total_seconds())


def erase(session: Session, person_id: int, _now: datetime) -> None:
    """Take a person out of what was read of files; their addresses are still known. Flushed."""
    found = session.execute(_KEYS, {"person": person_id}).all()
    if not found:
        return
    keys = [row.key for row in found]
    connection = session.connection()
    connection.execute(
        delete(table_of(SubscriberImportRow)).where(SubscriberImportRow.address_key.in_(keys))
    )
    cells = func.lower(SubscriberImportProblem.cells)
    forms = {form.lower() for row in found for form in row}
    connection.execute(
        delete(table_of(SubscriberImportProblem)).where(
            or_(*(cells.contains(form, autoescape=True) for form in sorted(forms)))
        )
    )
