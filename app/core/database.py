"""Engines and sessions: reading and writing are told apart, on both databases.

SQLite is opened with WAL, foreign keys and a busy timeout; a writing transaction begins
IMMEDIATE, so that two writers queue instead of failing half way, and take turns (turns.py). A
reading transaction cannot write at all: `query_only` on SQLite, READ ONLY on PostgreSQL.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.core.turns import TurnConnection, Turns

BUSY_SECONDS = 30
LOCK_TIMEOUT = "4s"
DEADLOCK = "40P01"  # of PostgreSQL: deadlock_detected


class Database:
    """One database, with a session maker for reading and one for writing."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine = make_engine(url, pool_size=pool_size)
        options = {"unwalled_reading": True, "postgresql_readonly": True}
        self.reading_engine = self.engine.execution_options(**options)
        single = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._single = self.engine.execution_options(
            unwalled_single=True, preserve_rowcount=True, **single
        )
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._read = sessionmaker(self.reading_engine, expire_on_commit=False, autoflush=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def new_session(self, *, reading: bool) -> Session:
        """Return a session that its caller closes."""
        return self._read() if reading else self._write()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that cannot write."""
        with self._read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session whose caller commits; what is not committed is rolled back."""
        with self._write() as session:
            yield session

    def write_once(self, statement: Executable, values: Mapping[str, object]) -> int:
        """Run one statement as a transaction of its own; return how many rows it wrote.

        The database begins and ends it by itself, so it costs one call and not three.
        """
        with self._single.connect() as connection:
            return connection.execute(statement, values).rowcount

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def is_deadlock(error: DBAPIError) -> bool:
    """Tell whether PostgreSQL undid a transaction for another to go on, each waiting for the other.

    Done once more it comes to its end; SQLite has one writer at a time, and so none of it.
    """
    return getattr(error.orig, "sqlstate", "") == DEADLOCK


def one_snapshot(session: Session) -> None:
    """Let a session, at its very start, see one state of the database until its end."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def plan_anew(session: Session) -> None:
    """Let PostgreSQL plan this transaction's statements for its tables as they are by now.

    Else it keeps the plans of a connection's first statements; where thousands of rows were added
    since, those read whole tables.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Return an engine for either database."""
    if url.startswith("sqlite:"):
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=10,
            connect_args={
                "check_same_thread": False,
                "timeout": BUSY_SECONDS,
                "factory": TurnConnection,
            },
        )
        turns = Turns()
        event.listen(engine, "connect", lambda opened, _record: _prepare_sqlite(opened, turns))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC"},
    )
    event.listen(engine, "checkout", _write_if_the_server_lets_us)
    return engine


def _write_if_the_server_lets_us(connection: Any, *_pool: object) -> None:  # noqa: ANN401 - the driver's
    """Begin the next transaction without a word of writing.

    SQLAlchemy ends reading by `READ WRITE`, which would overrule an operator who has set the
    database to read only, and cannot be said to a standby at all.
    """
    if connection.read_only is False:
        connection.read_only = None


def _prepare_sqlite(connection: TurnConnection, turns: Turns) -> None:
    connection.turns = turns
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    reading = options.get("unwalled_reading", False)
    driver = connection.connection.driver_connection
    if not isinstance(driver, TurnConnection):
        return
    try:
        if driver.reading is not reading:  # a pragma makes SQLite prepare every statement anew
            driver.execute(f"PRAGMA query_only={int(reading)}")
            driver.reading = reading
        if reading:
            driver.execute("BEGIN")
        elif options.get("unwalled_single"):
            driver.take_turn(BUSY_SECONDS)
        else:
            driver.begin_writing(BUSY_SECONDS)
    except sqlite3.Error as error:  # SQLAlchemy wraps what a statement raises, not what we do here
        raise OperationalError("BEGIN", None, error) from error
