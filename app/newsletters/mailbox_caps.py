"""How often a mailbox was written to because of what anybody may type, whatever its spelling."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.newsletters.cap_models import MailboxUse

# Two people may share a mailbox, so the lock on a person does not hold what its caps are read from.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(one) FROM "
    "(SELECT one FROM unnest(CAST(:mailboxes AS bigint[])) AS one ORDER BY one) AS sorted"
)
_WRITTEN_TO = select(MailboxUse.mailbox_hash, MailboxUse.created_at).where(
    MailboxUse.mailbox_hash.in_(bindparam("mailboxes", expanding=True)),
    MailboxUse.created_at > bindparam("since"),
)
_NOTE = insert(table_of(MailboxUse))
LOCK_DIGITS = 15


def written_to(
    session: Session, mailboxes: Collection[str], since: datetime
) -> dict[str, list[datetime]]:
    """Return when mail left for each mailbox, or is to leave, after a moment.

    Until the end of the transaction nobody else reads it of the same mailboxes.
    """
    if session.get_bind().dialect.name != "sqlite":  # which has one writer anyway
        numbers = [int(one[:LOCK_DIGITS], 16) for one in mailboxes]
        session.execute(_LOCK, {"mailboxes": numbers})
    found: dict[str, list[datetime]] = {one: [] for one in mailboxes}
    values = {"mailboxes": list(mailboxes), "since": since}
    for row in session.execute(_WRITTEN_TO, values):
        found[row.mailbox_hash].append(row.created_at)
    return found


def note(session: Session, mailboxes: Collection[str], now: datetime) -> None:
    """Count a mail to each of these mailboxes; flushed, not committed."""
    if mailboxes:
        rows = [{"mailbox_hash": one, "created_at": now} for one in mailboxes]
        session.connection().execute(_NOTE, rows)
