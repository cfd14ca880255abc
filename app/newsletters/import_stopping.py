"""Stopping an import: asked for at any moment, heeded between two batches."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.errors import OperatorError
from app.newsletters.import_models import SubscriberImport

_IS_STOPPED = select(SubscriberImport.stop_asked_at).where(
    SubscriberImport.id == bindparam("import")
)


class StoppedError(OperatorError):
    """Somebody stopped the import; what was done until then stays done."""


def go_on(session: Session, import_id: int) -> None:
    """Make sure that nobody stopped an import, before its next batch.

    Raises:
        StoppedError: Somebody did.
    """
    if session.scalar(_IS_STOPPED, {"import": import_id}) is not None:
        raise StoppedError(f"Import {import_id} was stopped at the desk.")
