"""Reading cannot write; the clock is the database's."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.clock import ClockOffset, now
from app.core.database import Database


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
