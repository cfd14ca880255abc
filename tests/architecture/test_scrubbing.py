"""The database that tests share is as good as new for each, or is not given out again."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.conftest import new_database
from tests.scrubbing import LARGE, Scrubbed

SHAPE = (
    "CREATE TABLE parent (id bigserial PRIMARY KEY, word text)",
    "CREATE TABLE child (id bigserial PRIMARY KEY, parent bigint NOT NULL REFERENCES parent)",
    "INSERT INTO parent (word) VALUES ('first')",
)


@pytest.fixture
def engine(postgresql: str) -> Iterator[Engine]:
    with new_database(postgresql, "scrubbing") as url:
        opened = create_engine(url, isolation_level="AUTOCOMMIT")
        do(opened, *SHAPE)
        yield opened
        opened.dispose()


@pytest.fixture
def scrubbed(engine: Engine) -> Iterator[Scrubbed]:
    made = Scrubbed(engine.url.render_as_string(hide_password=False))
    yield made
    made.close()


def do(engine: Engine, *statements: str) -> list[Any]:
    with engine.connect() as connection:
        found = [connection.execute(text(statement)) for statement in statements]
        return list(found[-1]) if found[-1].returns_rows else []


@pytest.mark.parametrize("length", [1, LARGE])
def test_what_was_written_is_gone_and_what_was_there_is_back(
    scrubbed: Scrubbed, engine: Engine, length: int
) -> None:
    longer = f"UPDATE parent SET word = repeat(md5(random()::text), {length} / 32 + 1)"  # noqa: S608
    do(engine, longer, "INSERT INTO parent DEFAULT VALUES", "INSERT INTO child (parent) VALUES (2)")

    assert scrubbed.scrub()
    engine.dispose()
    assert do(engine, "SELECT id, word FROM parent") == [(1, "first")]
    assert do(engine, "SELECT * FROM child") == []
    assert do(engine, "INSERT INTO parent DEFAULT VALUES RETURNING id") == [(2,)]
    assert do(engine, "INSERT INTO child (parent) VALUES (2) RETURNING id") == [(1,)]


def test_whoever_still_holds_rows_is_sent_away(scrubbed: Scrubbed, engine: Engine) -> None:
    with engine.connect() as held:
        held.exec_driver_sql("BEGIN")
        held.exec_driver_sql("INSERT INTO parent DEFAULT VALUES")
        assert scrubbed.scrub()
        held.invalidate()

    assert do(engine, "SELECT count(*) FROM parent") == [(1,)]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE child ADD COLUMN more int",
        "CREATE TABLE another (id int)",
        "DROP TABLE child",
        "CREATE INDEX more ON parent (word)",
        "ALTER TABLE child DISABLE TRIGGER ALL",
        "GRANT SELECT ON parent TO public",
        (
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 9999',"
            " current_database()); END $$"
        ),
    ],
)
def test_one_of_another_shape_is_not_given_out_again(
    scrubbed: Scrubbed, engine: Engine, change: str
) -> None:
    assert scrubbed.scrub()
    engine.dispose()
    do(engine, change)

    assert not scrubbed.scrub()
