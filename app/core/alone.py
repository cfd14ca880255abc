"""One process at a time: a lock by name that ends with its process, however that ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app.core.database import Database
from app.core.errors import OperatorError


class BusyError(OperatorError):
    """Somebody else holds the lock."""


@contextmanager
def alone(database: Database, name: str, key: int, busy: str) -> Iterator[None]:
    """Hold a lock of this database while something goes on.

    Args:
        database: Whose processes keep out of each other's way.
        name: Of the lock on SQLite: it ends the name of a file beside the database's.
        key: Of the advisory lock on PostgreSQL.
        busy: The sentence for whoever comes second.

    Raises:
        BusyError: Another process, or another thread, holds it.
    """
    held = _on_sqlite(database, name, busy) if database.is_sqlite else None
    with held or _on_postgresql(database, key, busy):
        yield


@contextmanager
def _on_sqlite(database: Database, name: str, busy: str) -> Iterator[None]:
    path = Path(f"{database.engine.url.database}-{name}")
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(busy) from error
        yield


@contextmanager
def _on_postgresql(database: Database, key: int, busy: str) -> Iterator[None]:
    with database.engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.scalar(select(func.pg_try_advisory_lock(key))):
            raise BusyError(busy)
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(key)))
