"""`flask jobs`: what waits is counted, what was set aside is shown, tried again or closed."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from sqlalchemy import select, text, update

from app import create_app
from app.core.clock import now
from app.core.database import Database
from app.core.job_rows import JobRow
from app.core.jobs import enqueue
from app.core.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Iterator[Run]:
    """Run a command in this process."""
    app = create_app(settings)
    yield lambda *words: app.test_cli_runner().invoke(args=list(words))
    app.extensions["unwalled_database"].dispose()


@pytest.fixture
def parked(database: Database) -> int:
    """The id of a job that was set aside."""
    with database.write() as session:
        row_id = enqueue(session, "import", {"file": 1}, unique="import:1")
        aside = {"parked_at": now(session), "attempts": 8, "lost": 3, "last_error": "too long"}
        session.execute(update(JobRow).values(aside))
        session.commit()
    return row_id


def row(database: Database) -> JobRow:
    with database.read() as session:
        return session.scalars(select(JobRow)).one()


def test_open_rows_are_counted_by_table(run: Run, database: Database) -> None:
    with database.write() as session:
        enqueue(session, "import", {"file": 1})
        session.commit()

    lines = run("jobs", "list").output.splitlines()

    assert [line.split() for line in lines if line.startswith("job")] == [["job", *"1000"]]
    assert any(line.startswith("outgoing_mail") for line in lines)


def test_parked_rows_are_shown_with_their_error(run: Run, parked: int) -> None:
    assert f"job {parked}" in run("jobs", "parked").output
    assert "8 tries  too long" in run("jobs", "parked").output


def test_nothing_parked_is_said(run: Run) -> None:
    assert run("jobs", "parked").output == "Nothing is parked.\n"


def test_a_parked_job_is_tried_again(run: Run, database: Database, parked: int) -> None:
    assert run("jobs", "retry", "job", str(parked)).exit_code == 0

    again = row(database)
    assert (again.parked_at, again.attempts, again.lost) == (None, 0, 0)
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    with database.read() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 2  # noqa: S608 - names of ours


def test_a_parked_job_stays_if_its_key_is_taken(run: Run, database: Database, parked: int) -> None:
    with database.write() as session:
        enqueue(session, "import", {"file": 1}, unique="import:1")
        session.commit()

    refused = run("jobs", "retry", "job", str(parked))

    assert refused.exit_code == 2
    assert "stays parked" in refused.stderr


def test_a_parked_job_is_closed(run: Run, database: Database, parked: int) -> None:
    assert run("jobs", "discard", "job", str(parked)).exit_code == 0

    closed = row(database)
    assert closed.done_at is not None
    assert closed.last_error == "too long"
    assert run("jobs", "parked").output == "Nothing is parked.\n"


@pytest.mark.parametrize("command", ["retry", "discard"])
def test_what_is_not_parked_is_left_alone(run: Run, command: str) -> None:
    missing, unknown = run("jobs", command, "job", "7"), run("jobs", command, "person", "7")

    assert (missing.exit_code, unknown.exit_code) == (2, 2)
    assert "job 7 is not parked" in missing.stderr
    assert "There is no table person" in unknown.stderr


def test_the_database_is_checked_and_upgraded(run: Run) -> None:
    assert run("db", "check").exit_code == 0
    assert "is at revision" in run("db", "upgrade").output


def test_a_database_without_tables_is_named(run: Run, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE job RENAME TO job_before")

    refused = run("jobs", "list")

    assert refused.exit_code == 2
    assert "db upgrade" in refused.stderr
