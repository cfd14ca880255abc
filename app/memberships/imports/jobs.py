"""The job of files of members: checked, applied whole, taken back; and what is kept of them."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

import structlog
from sqlalchemy import delete, insert, select

from app.core.alone import BusyError
from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.languages import gettext as _
from app.core.orm import table_of
from app.core.private_files import drop, path_of, sweep
from app.core.settings import Settings
from app.core.work import Cron, Job, Payload, Runtime
from app.memberships.imports.importing import Outcome, Watcher, import_file
from app.memberships.imports.models import MemberUpload, MemberUploadProblem
from app.memberships.imports.parsing import (
    Problem,
    Rules,
    Understood,
    opened,
)
from app.memberships.imports.taking_back import take_back
from app.memberships.imports.uploading import JOB, KEPT_SECONDS, KIND, MOST_ATTEMPTS, MOST_PROBLEMS

_STEP = 1 << 18

log = structlog.get_logger(__name__)


def job() -> Job:
    """Return the job that checks a file, or applies it; while another runs it is tried again."""

    def run(runtime: Runtime, payload: Payload) -> None:
        work(runtime.database, runtime.settings, int(payload["upload"]))

    return Job(JOB, run, MOST_ATTEMPTS)


def work(database: Database, settings: Settings, upload_id: int) -> None:
    """Do what was asked for with a file; what cannot be done is said on it.

    Raises:
        BusyError: Another import is running.
    """
    with database.read() as session:
        one = session.get(MemberUpload, upload_id)
    if one is not None and one.state == "undoing":
        _undo(database, upload_id)
    if one is None or one.state not in {"checking", "applying"}:
        return
    try:
        outcome = _import(database, settings, one)
    except BusyError:
        raise
    except OperatorError as error:
        why = str(error)
        _note(database, upload_id, lambda one, _now: setattr(one, "failed", why[:500]))
        log.warning("an import of members failed", id=upload_id)
        return
    _note(database, upload_id, lambda one, now: _done(one, outcome, now))
    if outcome.applied and one.stored is not None:
        drop(settings, one.stored)


def _undo(database: Database, upload_id: int) -> None:
    with database.write() as session:
        moment = now(session)
        import_id = session.get_one(MemberUpload, upload_id).import_id
        count = take_back(session, import_id, moment) if import_id is not None else 0
        one = session.get_one(MemberUpload, upload_id)
        one.undone, one.undone_at = count, moment
        session.commit()


def _import(database: Database, settings: Settings, one: MemberUpload) -> Outcome:
    if one.stored is None:
        raise OperatorError(_("The file is no longer here: bring it again."))
    testing = settings.mode != "production"
    rules = Rules(settings.time_zone, smtputf8=settings.smtp_utf8, testing=testing)
    understood = Understood(one.titles, one.source, one.file_name)
    with opened(path_of(settings, one.stored), rules, understood) as file:
        keeper = _Keeper(database, one.id)
        watcher = Watcher(keeper.read, keeper.problem, keeper.flush)
        outcome = import_file(database, file, watcher, apply=one.state == "applying")
        keeper.flush()
    return outcome


def _done(one: MemberUpload, outcome: Outcome, now: datetime) -> None:
    one.rows, one.problems, one.position = outcome.rows, outcome.problems, one.size
    if outcome.applied:
        one.effect = asdict(outcome.effect) if outcome.effect else None
        one.applied_at, one.stored, one.import_id = now, None, outcome.import_id
    else:
        one.foreseen = asdict(outcome.effect) if outcome.effect else None
        one.checked_at, one.apply_asked_at = now, None


class _Keeper:
    """Writes down how far the reading is, and what cannot be taken."""

    def __init__(self, database: Database, upload_id: int) -> None:
        self._database = database
        self._upload_id = upload_id
        self._position = 0
        self._kept = 0
        self._problems: list[Problem] = []
        with database.write() as session:
            session.connection().execute(
                delete(table_of(MemberUploadProblem)).where(
                    MemberUploadProblem.upload_id == upload_id
                )
            )
            session.commit()

    def read(self, position: int) -> None:
        """Note how many bytes were read, every quarter of a megabyte."""
        if position - self._position >= _STEP:
            self._position = position
            self.flush()

    def problem(self, bad: Problem) -> None:
        """Keep a line that cannot be taken, as long as there are not too many."""
        if self._kept < MOST_PROBLEMS:
            self._kept += 1
            self._problems.append(bad)

    def flush(self) -> None:
        """Write down what has not been yet."""
        rows = [
            {"upload_id": self._upload_id, "line": one.line, "reason": one.reason[:300]}
            for one in self._problems
        ]
        self._problems.clear()
        with self._database.write() as session:
            if rows:
                session.connection().execute(insert(table_of(MemberUploadProblem)), rows)
            session.get_one(MemberUpload, self._upload_id).position = self._position
            session.commit()


def _note(
    database: Database, upload_id: int, what: Callable[[MemberUpload, datetime], None]
) -> None:
    with database.write() as session:
        what(session.get_one(MemberUpload, upload_id), now(session))
        session.commit()


def forgetting() -> Cron:
    """Return the cron that deletes files that were never applied."""

    def run(runtime: Runtime) -> None:
        forget(runtime.database, runtime.settings)

    return Cron("memberships.forget-uploads", "50 4 * * *", run)


def forget(database: Database, settings: Settings) -> int:
    """Delete files that wait no longer; return how many."""
    with database.read() as session:
        held = select(MemberUpload.stored).where(
            MemberUpload.stored.is_not(None),
            MemberUpload.apply_asked_at.is_not(None),
            MemberUpload.failed.is_(None),
        )
        kept = {name for name in session.scalars(held) if name is not None}
    return sweep(settings, KIND, kept, KEPT_SECONDS)
