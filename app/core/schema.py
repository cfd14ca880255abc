"""Migrations as commands and servers need them: bring up to the head, or say what is wrong.

Revisions have linear four-digit ids, so the head is the last file of `migrations/versions`.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from app.core.database import Database
from app.core.errors import OperatorError
from app.core.logs import redact

ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "migrations" / "versions"
# Any number of ours: whoever migrates holds it, the others wait.
LOCK = 5_126_110_348
WAIT_SECONDS = 0.2


class State(Enum):
    """How a database stands to this code."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"


def revisions() -> list[str]:
    """Return the ids of all revisions that this code knows, the head last."""
    return sorted(path.name[:4] for path in VERSIONS.glob("[0-9][0-9][0-9][0-9]_*.py"))


def state(database: Database) -> State:
    """Tell how far a database has been migrated.

    Raises:
        OperatorError: It cannot be opened.
    """
    if not _check_file(database):
        return State.EMPTY
    with _in_words(database), database.engine.connect() as connection:
        return _state(connection)


def check(database: Database) -> None:
    """Do nothing if a database is at the head.

    Raises:
        OperatorError: It is not, or it cannot be opened.
    """
    found = state(database)
    if found is State.NEWER:
        raise OperatorError(_newer(database))
    if found is not State.CURRENT:
        raise OperatorError(
            f"The database {_name(database)} is not migrated to this version: "
            "run `flask --app wsgi db upgrade`."
        )


def upgrade(database: Database) -> None:
    """Bring our tables and the engine's to the head; several at once wait for each other.

    Raises:
        OperatorError: It is from a newer version, or it cannot be opened or written.
    """
    from app.core import jobs  # noqa: PLC0415 - what is behind it takes a second to import

    _check_file(database)
    with _in_words(database), database.engine.connect() as connection, _alone(connection):
        found = _state(connection)
        if found is State.NEWER:
            raise OperatorError(_newer(database))
        if found is not State.CURRENT:
            _migrate(connection)
        connection.commit()
        jobs.prepare_tables(database)


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Let nobody else migrate meanwhile; SQLite has one writer at a time anyway.

    Whoever waits asks again and again instead of standing in line: an open statement would hold
    up the indexes that the other one makes concurrently.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
        connection.commit()
        time.sleep(WAIT_SECONDS)
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
        connection.commit()


def _migrate(connection: Connection) -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from alembic import command  # noqa: PLC0415 - slow to import, and rarely needed
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _state(connection: Connection) -> State:
    if not inspect(connection).has_table("alembic_version"):
        return State.EMPTY
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    known = revisions()
    if found is None:
        return State.EMPTY
    if found not in known:
        return State.NEWER
    return State.CURRENT if found == known[-1] else State.BEHIND


def _check_file(database: Database) -> bool:
    """Tell whether there is anything to connect to; asking SQLite itself would make the file.

    Raises:
        OperatorError: The file cannot be made or written.
    """
    name = database.engine.url.database
    if not database.is_sqlite or name in {None, "", ":memory:"}:
        return True
    path = Path(str(name)).absolute()
    if not path.parent.is_dir():
        raise OperatorError(f"The database's folder {path.parent} does not exist: make it first.")
    if path.is_dir():
        raise OperatorError(f"The database {path} is a folder: name a file.")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise OperatorError(f"The database {path} cannot be written: give this user the right.")
    return path.exists()


@contextmanager
def _in_words(database: Database) -> Iterator[None]:
    """Say in one sentence what a driver says in twenty lines."""
    try:
        yield
    except OperationalError as error:
        said = redact(str(error.orig).strip().splitlines()[0])
        raise OperatorError(f"The database {_name(database)} cannot be used: {said}.") from error
    except DatabaseError as error:
        if "not a database" not in str(error.orig):
            raise
        raise OperatorError(f"The file {_name(database)} is not a database.") from error


def _newer(database: Database) -> str:
    return (
        f"The database {_name(database)} is from a newer version than this code: "
        "install that version, or restore a backup."
    )


def _name(database: Database) -> str:
    url = database.engine.url
    if database.is_sqlite:
        return str(url.database)
    where = f" at {url.host}:{url.port or 5432}" if url.host else ""
    return f"{url.database}{where}"
