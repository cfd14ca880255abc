"""What is kept of files that were read: nothing of anybody for longer than it is of use."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from app.core.alone import BusyError
from app.core.clock import now
from app.core.database import Database
from app.core.orm import table_of
from app.core.work import Cron, Job, Payload, Runtime
from app.newsletters.import_models import (
    SubscriberImport,
    SubscriberImportProblem,
    SubscriberImportRow,
)
from app.newsletters.importing import JOB, apply_import, running
from app.people.models import EmailAddress

WAITING_KEPT = timedelta(days=1)
"""How long a file that was read waits for its being applied."""

PROBLEMS_KEPT = timedelta(days=30)
BATCH = 2_000

_KEYS = select(EmailAddress.key, EmailAddress.address).where(
    EmailAddress.person_id == bindparam("person")
)
_OLD = select(SubscriberImport.id).where(
    SubscriberImport.started_at < bindparam("before"), SubscriberImport.done_by.is_(None)
)
_LONG_AGO = select(SubscriberImport.id).where(SubscriberImport.started_at < bindparam("before"))
log = structlog.get_logger(__name__)


def job() -> Job:
    """Return the job that applies an import; while another one runs it is tried again."""

    def run(runtime: Runtime, payload: Payload) -> None:
        import_id = int(payload["import"])
        with running(runtime.database):
            apply_import(runtime.database, import_id)
        log.info("an import was applied", id=import_id)

    return Job(JOB, run)


def forgetting() -> Cron:
    """Return the cron that forgets what was read and never applied, and old errors."""

    def run(runtime: Runtime) -> None:
        try:
            with running(runtime.database):
                gone = forget(runtime.database)
        except BusyError:
            return
        if gone:
            log.info("rows of imports were forgotten", rows=gone)

    return Cron("newsletters.forget-imports", "40 4 * * *", run)


def forget(database: Database) -> int:
    """Delete what has been kept long enough, batch by batch; return how many rows those were."""
    with database.read() as session:
        moment = now(session)
        old = session.scalars(_OLD, {"before": moment - WAITING_KEPT}).all()
        ancient = session.scalars(_LONG_AGO, {"before": moment - PROBLEMS_KEPT}).all()
    gone = _clear(database, SubscriberImportRow, [*old, *ancient])
    gone += _clear(database, SubscriberImportProblem, [*old, *ancient])
    with database.write() as session:
        session.execute(delete(SubscriberImport).where(SubscriberImport.id.in_(old)))
        session.commit()
    return gone


def _clear(
    database: Database,
    model: type[SubscriberImportRow] | type[SubscriberImportProblem],
    imports: Sequence[int],
) -> int:
    gone = 0
    table = table_of(model)
    while imports:
        with database.write() as session:
            batch = select(model.id).where(model.import_id.in_(imports)).limit(BATCH)
            count = session.connection().execute(delete(table).where(model.id.in_(batch))).rowcount
            session.commit()
        gone += count
        if not count:
            break
    return gone


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
