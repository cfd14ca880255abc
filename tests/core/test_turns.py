"""Writers of one process take turns on SQLite, and none keeps its turn for good."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.core import database as module
from app.core.database import Database
from app.core.turns import Turns
from tests.waiting import until


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/turns.sqlite3")
    with opened.write() as session:
        session.execute(text("CREATE TABLE line (id INTEGER PRIMARY KEY, word TEXT)"))
        session.commit()
    yield opened
    opened.dispose()


def test_turns_come_in_the_order_of_asking() -> None:
    turns, order = Turns(), list[int]()
    assert turns.take(0)

    def wait(number: int) -> None:
        assert turns.take(10)
        order.append(number)
        turns.give()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(5)]
    for number, one in enumerate(threads, start=1):
        one.start()
        until(lambda number=number: len(turns._waiting) == number)  # type: ignore[misc] # bound at once
    turns.give()
    for one in threads:
        one.join(10)

    assert order == [0, 1, 2, 3, 4]


def test_whoever_gave_up_waiting_is_passed_over() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.01)

    turns.give()

    assert turns.take(0)


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_a_turn_ends_with_its_transaction(lite: Database, end: str) -> None:
    with lite.write() as session:
        session.execute(text("INSERT INTO line (word) VALUES ('one')"))
        getattr(session, end)()
        with lite.write() as other:
            other.execute(text("INSERT INTO line (word) VALUES ('two')"))
            other.commit()


def test_a_turn_ends_with_an_error(lite: Database) -> None:
    for _ in range(3):
        with lite.write() as session, pytest.raises(OperationalError):
            session.execute(text("INSERT INTO nowhere VALUES (1)"))


def test_a_statement_of_its_own_takes_a_turn_and_gives_it_back(lite: Database) -> None:
    writing = text("INSERT INTO line (word) VALUES (:word)")
    for word in ("one", "two"):
        assert lite.write_once(writing, {"word": word}) == 1
    with pytest.raises(OperationalError):
        lite.write_once(text("INSERT INTO nowhere VALUES (1)"), {})
    with lite.write() as session:
        session.execute(writing, {"word": "three"})
        session.commit()


def test_a_statement_of_its_own_waits_for_a_turn(lite: Database) -> None:
    writing = text("INSERT INTO line (word) VALUES ('late')")
    with lite.write() as session:
        session.execute(text("INSERT INTO line (word) VALUES ('early')"))
        late = threading.Thread(target=lite.write_once, args=(writing, {}))
        late.start()
        until(lambda: lite.engine.pool.checkedout() == 2)  # type: ignore[attr-defined] # a queue pool has it
        assert late.is_alive()
        session.commit()
    late.join(10)
    with lite.read() as session:
        words = session.scalars(text("SELECT word FROM line ORDER BY id")).all()
    assert list(words) == ["early", "late"]


def test_a_turn_ends_with_a_commit_that_fails(
    lite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    with lite.write() as session:
        parent = "REFERENCES line (id) DEFERRABLE INITIALLY DEFERRED"
        session.execute(text(f"CREATE TABLE word (line INTEGER {parent})"))
        session.commit()
    for _ in range(2):
        with lite.write() as session:
            session.execute(text("INSERT INTO word VALUES (99)"))
            with pytest.raises(IntegrityError):
                session.commit()
    with lite.write() as session:
        session.execute(text("INSERT INTO line (word) VALUES ('one')"))
        session.commit()
    with lite.read() as session:
        assert session.scalar(text("SELECT count(*) FROM word")) == 0


def test_whose_turn_does_not_come_is_told_that_it_is_locked(
    lite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    with lite.write() as session:
        session.execute(text("INSERT INTO line (word) VALUES ('one')"))
        with lite.write() as other, pytest.raises(OperationalError, match="our turn did not come"):
            other.execute(text("INSERT INTO line (word) VALUES ('two')"))
        session.commit()


def test_a_writer_of_another_process_is_waited_for(
    lite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    other = Database(str(lite.engine.url))
    with lite.write() as session:
        session.execute(text("INSERT INTO line (word) VALUES ('one')"))
        with other.write() as late, pytest.raises(OperationalError, match="locked"):
            late.execute(text("INSERT INTO line (word) VALUES ('two')"))
        session.commit()
    with other.write() as late:
        late.execute(text("INSERT INTO line (word) VALUES ('two')"))
        late.commit()
    other.dispose()


def test_readers_do_not_wait_for_a_writer(lite: Database) -> None:
    with lite.write() as session:
        session.execute(text("INSERT INTO line (word) VALUES ('one')"))
        began = time.monotonic()
        with lite.read() as reader:
            assert reader.scalar(text("SELECT count(*) FROM line")) == 0
        assert time.monotonic() - began < module.BUSY_SECONDS
        session.commit()
