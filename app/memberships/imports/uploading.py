"""Files of members brought to the desk: understood, checked, and applied whole by a job."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core.errors import FieldError, OperatorError
from app.core.jobs import enqueue
from app.core.languages import gettext as _
from app.core.private_files import Kept, path_of
from app.core.settings import Settings
from app.memberships.imports.models import MemberUpload
from app.memberships.imports.parsing import (
    COLUMNS,
    LONGEST,
    plain_title,
    titles_in,
)

KIND = "members"
JOB = "memberships.upload"
LARGEST_FILE = 100 << 20
NEEDED = ("email", "starts_at", "ends_at")
KEPT_SECONDS = 86_400.0
"""How long a file waits for its being applied."""

MOST_PROBLEMS = 10_000
UNDO_WITHIN = timedelta(days=30)
MOST_ATTEMPTS = 200
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


def _enqueue(session: Session, upload_id: int, asked_at: datetime) -> None:
    """Add a job for this asking: one of an earlier asking may be about to end."""
    unique = f"{JOB}:{upload_id}:{asked_at.timestamp()}"
    enqueue(session, JOB, {"upload": upload_id}, unique=unique)
