"""Migrating from empty, again, at once, and the words for what cannot be."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from app.core import schema
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.schema import State
from tests.conftest import BACKENDS, new_database


@pytest.fixture(params=BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
        yield opened
        opened.dispose()
        return
    with new_database(request.getfixturevalue("postgresql"), "empty") as url:
        opened = Database(url)
        yield opened
        opened.dispose()


def set_revision(database: Database, revision: str) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
        session.commit()


def test_an_empty_database_is_brought_to_the_head(empty: Database) -> None:
    assert schema.state(empty) is State.EMPTY

    schema.upgrade(empty)
    schema.upgrade(empty)

    schema.check(empty)
    names = inspect(empty.engine).get_table_names()
    assert {"job", "engine_heartbeat", "person"} <= set(names)


def test_several_at_once_wait_for_each_other(empty: Database) -> None:
    with ThreadPoolExecutor(3) as threads:
        for task in [threads.submit(schema.upgrade, empty) for _ in range(3)]:
            task.result()

    schema.check(empty)


def test_a_database_that_is_behind_is_told_how_to_catch_up(empty: Database) -> None:
    with pytest.raises(OperatorError, match="db upgrade"):
        schema.check(empty)


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    set_revision(database, "9999")

    assert schema.state(database) is State.NEWER
    for act in (schema.check, schema.upgrade):
        with pytest.raises(OperatorError, match="from a newer version"):
            act(database)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    away = Database("postgresql+psycopg://me:secret-word@127.0.0.1:1/news")

    with pytest.raises(OperatorError, match=r"news at 127\.0\.0\.1:1 cannot be used") as told:
        schema.check(away)
    assert "secret-word" not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="does not exist"):
        schema.upgrade(Database(f"sqlite:///{tmp_path}/missing/news.sqlite3"))


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="is a folder"):
        schema.check(Database(f"sqlite:///{tmp_path}"))


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write anywhere, so the answer of the system is what is changed here.
    monkeypatch.setattr(os, "access", lambda *_asked: False)

    with pytest.raises(OperatorError, match="cannot be written"):
        schema.upgrade(Database(f"sqlite:///{tmp_path}/news.sqlite3"))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "news.sqlite3"
    path.write_text("This is a letter, and it is long enough to be looked at. " * 20)

    with pytest.raises(OperatorError, match="is not a database"):
        schema.check(Database(f"sqlite:///{path}"))


def test_asking_does_not_make_a_file(tmp_path: Path) -> None:
    path = tmp_path / "news.sqlite3"

    assert schema.state(Database(f"sqlite:///{path}")) is State.EMPTY
    assert not path.exists()
