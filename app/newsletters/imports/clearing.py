"""Deleting what was read of files, batch by batch: no writer waits long."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from app.core.database import Database
from app.core.orm import table_of
from app.newsletters.imports.models import SubscriberImportProblem, SubscriberImportRow

BATCH = 2_000

Model = type[SubscriberImportRow] | type[SubscriberImportProblem]


def clear(database: Database, model: Model, imports: Sequence[int]) -> int:
    """Delete a table's rows of some imports; return how many those were."""
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


def clear_all(database: Database, import_id: int) -> None:
    """Delete all that was read of one import's file."""
    for model in (SubscriberImportRow, SubscriberImportProblem):
        clear(database, model, [import_id])
