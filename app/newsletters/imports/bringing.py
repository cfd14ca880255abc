"""Files of subscribers brought to the desk: kept, understood, and handed to the jobs step by step.

What is asked for is a row and a job in one transaction; the page may be left at any moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import FieldError, OperatorError
from app.core.jobs import enqueue
from app.core.languages import gettext as _
from app.core.private_files import Kept, path_of
from app.core.settings import Settings
from app.newsletters.imports import importing
from app.newsletters.imports.files import Source, opened
from app.newsletters.imports.looking import Table, Wishes, look, rules_for
from app.newsletters.imports.models import SubscriberImport, SubscriberImportRow

KIND = "subscribers"
"""How files that were brought are named in the private folder."""

LARGEST_FILE = 100 << 20
LONGEST_NOTE = 500
READ_JOB, UNDO_JOB = "newsletters.read-import", "newsletters.undo-import"
UNDO_WITHIN = timedelta(days=30)

_BEFORE_READING = frozenset({"brought", "read", "failed", "stopped"})


class NotNowError(OperatorError):
    """What was asked for does not fit how far the import is."""


def bring(session: Session, kept: Kept, file_name: str, who: str, now: datetime) -> int:
    """Note a file that was kept; return the id of its import. Flushed, not committed."""
    made = SubscriberImport(
        key=kept.name[-32:],
        file_hash=kept.sha256,
        file_name=file_name[:200] or "subscribers.csv",
        source="",
        wishes={},
        titles=[],
        started_at=now,
        effect={},
        stored=kept.name,
        size=kept.size,
        brought_by=who[:80],
    )
    session.add(made)
    session.flush()
    return made.id


@contextmanager
def understood(
    settings: Settings, record: SubscriberImport, wishes: Wishes
) -> Iterator[tuple[Source, tuple[Table, ...]]]:
    """Open the file of an import, and say how it would be read.

    Raises:
        OperatorError: It is gone, or cannot be read so.
    """
    if record.stored is None:
        raise OperatorError(_("The file is no longer here: bring it again."))
    path = path_of(settings, record.stored)
    with opened(path, wishes.encoding, record.file_name) as source:
        yield source, look(source, wishes)


def ask_reading(
    session: Session, settings: Settings, record: SubscriberImport, wishes: Wishes, now: datetime
) -> None:
    """Have a file read by these wishes, and foreseen what it would do. Flushed, not committed.

    What was read of it by others is dropped.

    Raises:
        NotNowError: It is being read or applied, or was.
        OperatorError: The wishes do not fit the file, or name no list of ours.
    """
    if record.state not in _BEFORE_READING or record.done_by is not None:
        raise NotNowError(_("This file is being read, or was brought in already."))
    with understood(settings, record, wishes) as (source, tables):
        rules_for(session, settings, wishes, tables)
        importing.describe(record, source, tables, wishes)
    _begin_anew(record)
    record.read_asked_at = now
    record.stop_asked_at = record.failed = None
    session.flush()
    _enqueue(session, READ_JOB, record.id, now)


def ask_applying(
    session: Session, record: SubscriberImport, who: str, note: str, now: datetime
) -> None:
    """Have what was read applied, on somebody's word. Flushed, not committed.

    Args:
        session: Writing.
        record: Read to its end; or stopped, or failed, half way.
        who: Who vouches that these people agreed.
        note: How they agreed; kept with the import for good.
        now: The domain's present moment.

    Raises:
        NotNowError: It was not read to its end, or is done.
        FieldError: It is not said how they agreed.
    """
    if record.read_at is None or record.state not in {"read", "stopped", "failed"}:
        raise NotNowError(_("This import is not waiting to be applied."))
    if not note.strip() and not record.note:
        raise FieldError("note", _("Please say how these people agreed to get this."))
    if len(note) > LONGEST_NOTE:
        raise FieldError("note", _("Please keep it to %(most)s characters.", most=LONGEST_NOTE))
    record.note = record.note or note.strip()
    importing.vouch(session, record.id, who)
    record.apply_asked_at = now
    record.stop_asked_at = record.failed = None
    session.flush()
    importing.apply_later(session, record.id, now)


def ask_stopping(session: Session, record: SubscriberImport, now: datetime) -> None:
    """Have an import stop before its next batch. Flushed, not committed.

    Raises:
        NotNowError: Nothing of it is going on.
    """
    if record.state not in {"reading", "applying"}:
        raise NotNowError(_("Nothing of this import is going on."))
    record.stop_asked_at = now
    session.flush()


def ask_undoing(session: Session, record: SubscriberImport, now: datetime) -> None:
    """Have the subscriptions ended that an import began and nobody touched. Flushed.

    Raises:
        NotNowError: It was not applied to its end or stopped, or too long ago.
    """
    begun = record.apply_asked_at or record.applied_at
    is_done = record.state in {"applied", "stopped"} and record.done_by is not None
    if begun is None or not is_done or now - begun > UNDO_WITHIN:
        raise NotNowError(_("This import cannot be undone any more."))
    record.undo_asked_at = now
    session.flush()
    _enqueue(session, UNDO_JOB, record.id, now)


def drop_brought(session: Session, record: SubscriberImport, now: datetime) -> str | None:
    """Give a file up that was not applied; return what it is called in the private folder.

    The caller deletes it once this is committed; what was read of it goes in the night. Flushed.

    Raises:
        NotNowError: It was applied, or is being read.
    """
    if record.state not in _BEFORE_READING or record.done_by is not None:
        raise NotNowError(_("This import has begun: it can be stopped or undone."))
    stored, record.stored = record.stored, None
    record.stop_asked_at = now
    record.failed = None
    session.flush()
    return stored


def waiting_rows(session: Session, import_id: int) -> int:
    """Return how many rows of an import wait to be applied."""
    waiting = select(func.count()).where(SubscriberImportRow.import_id == import_id)
    return session.scalar(waiting) or 0


def _begin_anew(record: SubscriberImport) -> None:
    """Forget how far the reading was; the job clears away what it had come to."""
    record.records = record.entries = record.repeated = record.problems = record.position = 0
    record.read_at = record.foreseen = None


def _enqueue(session: Session, job: str, import_id: int, asked_at: datetime) -> None:
    """Add a job for this asking: one of an earlier asking may be about to stop."""
    unique = f"{job}:{import_id}:{asked_at.timestamp()}"
    enqueue(session, job, {"import": import_id}, unique=unique)
