"""Stopping an import: asked for at any moment, heeded between two batches."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.errors import OperatorError
from app.newsletters.imports.models import SubscriberImport

_ASKED = (
    select(SubscriberImport.stop_asked_at, SubscriberImport.read_asked_at)
    .where(SubscriberImport.id == bindparam("import"))
    .with_for_update()
)
"""Held until the batch is committed: whoever asks for something else waits for its end."""


class StoppedError(OperatorError):
    """Somebody stopped the import; what was done until then stays done."""


def reading_since(session: Session, import_id: int) -> datetime | None:
    """Return when the reading was asked for, by which one is told from the next."""
    return session.get_one(SubscriberImport, import_id).read_asked_at


def go_on(session: Session, import_id: int, since: datetime | None) -> None:
    """Make sure that nobody stopped an import, or had it read anew, before its next batch.

    Raises:
        StoppedError: Somebody did.
    """
    stop_asked_at, read_asked_at = session.execute(_ASKED, {"import": import_id}).one()
    if stop_asked_at is not None or read_asked_at != since:
        raise StoppedError(f"Import {import_id} was stopped at the desk.")
