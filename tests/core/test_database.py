"""Reading cannot write; the clock is the database's."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.clock import ClockOffset, now
from app.core.database import Database, _prepare_sqlite
from app.core.turns import TurnConnection, Turns


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.read() as session:
        session.add(ClockOffset(id=1, seconds=5))
        with pytest.raises(DBAPIError):
            session.flush()


def test_writing_works_after_reading_on_the_same_connections(database: Database) -> None:
    with database.read() as session:
        session.scalar(select(ClockOffset.seconds))
    with database.write() as session:
        session.add(ClockOffset(id=1, seconds=5))
        session.commit()
    with database.read() as session:
        assert session.scalar(select(ClockOffset.seconds)) == 5


def test_a_statement_of_its_own_is_there_at_once(database: Database) -> None:
    writing = insert(ClockOffset)
    assert database.write_once(writing, {"id": 1, "seconds": 5}) == 1
    with database.read() as session:
        assert session.scalar(select(ClockOffset.seconds)) == 5
    with pytest.raises(DBAPIError):
        database.write_once(writing, {"id": 1, "seconds": 6})

    with database.write() as session:
        session.execute(update(ClockOffset).values(seconds=7))
        session.rollback()
    with database.read() as session:
        assert session.scalar(select(ClockOffset.seconds)) == 5


def test_now_is_aware_and_follows_the_offset(session: Session) -> None:
    before = now(session)
    session.add(ClockOffset(id=1, seconds=86_400))
    session.flush()

    assert abs(before - datetime.now(UTC)) < timedelta(seconds=5)
    assert now(session) - before >= timedelta(days=1)


def test_what_was_committed_outlives_a_loss_of_power(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "new.sqlite3", factory=TurnConnection)) as opened:
        _prepare_sqlite(opened, Turns())

        assert opened.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL: each commit
