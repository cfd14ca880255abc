"""Files of members brought to the desk: understood, checked, and applied whole by a job."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.core.alone import BusyError
from app.core.clock import now
from app.core.database import Database
from app.core.errors import FieldError, OperatorError
from app.core.jobs import enqueue
from app.core.languages import gettext as _
from app.core.orm import table_of
from app.core.private_files import Kept, drop, path_of, sweep
from app.core.settings import Settings
from app.core.work import Cron, Job, Payload, Runtime
from app.memberships.importing import Outcome, Watcher, import_file
from app.memberships.parsing import (
    COLUMNS,
    LONGEST,
    Problem,
    Rules,
    Understood,
    opened,
    plain_title,
    titles_in,
)
from app.memberships.taking_back import take_back
from app.memberships.upload_models import MemberUpload, MemberUploadProblem

KIND = "members"
JOB = "memberships.upload"
LARGEST_FILE = 100 << 20
NEEDED = ("email", "starts_at", "ends_at")
KEPT_SECONDS = 86_400.0
"""How long a file waits for its being applied."""

MOST_PROBLEMS = 10_000
UNDO_WITHIN = timedelta(days=30)
MOST_ATTEMPTS = 200
_STEP = 1 << 18
_USUAL: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "email address", "e-mail", "mail"),
    "name": ("name", "full name", "full_name", "display name"),
    "source": ("source", "platform"),
    "source_ref": ("source_ref", "id", "member id", "user id", "reference"),
    "starts_at": (
        "starts_at",
        "start",
        "start date",
        "since",
        "patronage since date",
        "created_at",
    ),
    "ends_at": (
        "ends_at",
        "end",
        "end date",
        "expiry",
        "expires",
        "expires_at",
        "access expiration",
    ),
}

log = structlog.get_logger(__name__)


def bring(session: Session, kept: Kept, file_name: str, who: str, now: datetime) -> MemberUpload:
    """Note a file that was kept. Flushed, not committed."""
    made = MemberUpload(
        stored=kept.name,
        file_name=file_name[:200] or "members.csv",
        file_hash=kept.sha256,
        size=kept.size,
        brought_by=who[:80],
        brought_at=now,
        titles={},
    )
    session.add(made)
    session.flush()
    return made


def titles_of(settings: Settings, one: MemberUpload) -> list[str]:
    """Return the titles of a file's columns.

    Raises:
        OperatorError: It is gone, or no table.
    """
    if one.stored is None or not path_of(settings, one.stored).exists():
        raise OperatorError(_("The file is no longer here: bring it again."))
    return titles_in(path_of(settings, one.stored))


def found_columns(titles: Sequence[str]) -> dict[str, str]:
    """Return which columns are likely what, by column of ours the file's title."""
    by_plain = {plain_title(title): title for title in reversed(titles)}
    found = {}
    for name, usual in _USUAL.items():
        title = next((by_plain[one] for one in usual if one in by_plain), None)
        if title is not None:
            found[name] = title
    return found


def ask_checking(
    session: Session, one: MemberUpload, titles: Mapping[str, str], source: str, now: datetime
) -> None:
    """Have a file read to its end and compared with the ledger. Flushed, not committed.

    Raises:
        FieldError: A column that is needed is not named, or nothing says where members come from.
        OperatorError: It is being applied, or was.
    """
    if one.state not in {"brought", "checked", "failed"}:
        raise OperatorError(_("This file is being read, or was brought in already."))
    for name in NEEDED:
        if not titles.get(name):
            raise FieldError(name, _("Please say which column this is."))
    if not titles.get("source") and not source.strip():
        raise FieldError("source", _("Please say where these members come from."))
    if len(source) > LONGEST["source"]:
        raise FieldError("source", _("Please keep it to %(most)s characters.", most=40))
    one.titles = {name: titles[name] for name in COLUMNS if titles.get(name)}
    one.source = source.strip()
    one.position = one.rows = one.problems = 0
    one.foreseen = one.checked_at = one.apply_asked_at = one.failed = None
    one.check_asked_at = now
    session.flush()
    _enqueue(session, one.id, now)


def ask_applying(session: Session, one: MemberUpload, who: str, now: datetime) -> None:
    """Have a file applied that was checked and found good. Flushed, not committed.

    Raises:
        OperatorError: It was not, or is applied already.
    """
    if one.state != "checked" or one.problems:
        raise OperatorError(_("This file is not waiting to be applied."))
    one.apply_asked_at, one.done_by, one.position = now, who[:80], 0
    session.flush()
    _enqueue(session, one.id, now)


def ask_undoing(session: Session, one: MemberUpload, now: datetime) -> None:
    """Have an import taken back, where nothing was said since. Flushed, not committed.

    Raises:
        OperatorError: It was not applied, wrote nothing, or is too long ago.
    """
    is_done = one.state == "applied" and one.import_id is not None and one.applied_at is not None
    if not is_done or now - (one.applied_at or now) > UNDO_WITHIN:
        raise OperatorError(_("This import cannot be undone any more."))
    one.undo_asked_at = now
    session.flush()
    _enqueue(session, one.id, now)


def drop_brought(session: Session, one: MemberUpload, now: datetime) -> str | None:
    """Give a file up; return its name, which the caller drops after the commit. Flushed.

    Raises:
        OperatorError: It is being read or applied, or was applied.
    """
    if one.state not in {"brought", "checked", "failed"}:
        raise OperatorError(_("This import has begun: it ends by itself, whole or not at all."))
    stored, one.stored = one.stored, None
    one.dropped_at = now
    session.flush()
    return stored


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


def _enqueue(session: Session, upload_id: int, asked_at: datetime) -> None:
    """Add a job for this asking: one of an earlier asking may be about to end."""
    unique = f"{JOB}:{upload_id}:{asked_at.timestamp()}"
    enqueue(session, JOB, {"upload": upload_id}, unique=unique)
