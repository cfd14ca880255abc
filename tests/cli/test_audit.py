"""`flask audit verify` and `flask db restrict`: what they print and how they end."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from app.composing import compose
from app.core.database import Database
from app.people.audit import Actor, Deed, head_of, record
from tests.conftest import make_settings

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def runner(database: Database, tmp_path: Path) -> FlaskCliRunner:
    settings = make_settings(str(database.engine.url), tmp_path, LOG_LEVEL="error")
    return compose(settings, database).test_cli_runner()


@pytest.fixture
def head(database: Database) -> str:
    """The end of a log of two entries, as it is told."""
    with database.write() as session:
        for number in range(2):
            record(session, Actor.command("ops"), Deed("x", f"y:{number}"), NOON)
        session.commit()
        return str(head_of(session))


def test_a_log_that_holds_ends_with_0_and_tells_its_end(runner: FlaskCliRunner, head: str) -> None:
    ended = runner.invoke(args=["audit", "verify", "--head", head])
    assert (ended.exit_code, ended.stdout) == (
        0, f"The log holds: 2 entries.\nIts end is {head}\n",
    )  # fmt: skip
    assert "The role that this runs as could change the log:" in ended.stderr


def test_a_log_that_does_not_ends_with_1_and_the_first_entry_that_breaks(
    runner: FlaskCliRunner, head: str
) -> None:
    ended = runner.invoke(args=["audit", "verify", "--head", f"2:{'0' * 64}"])
    assert ended.exit_code == 1
    assert "Entry 2 is not the one that was told" in ended.stderr
    assert "The one before it holds." in ended.stderr


def test_an_end_that_is_none_is_refused(runner: FlaskCliRunner) -> None:
    ended = runner.invoke(args=["audit", "verify", "--head", "12"])
    assert (ended.exit_code, "NUMBER:HASH" in ended.stderr) == (2, True)


def test_who_is_no_role_is_told_so(runner: FlaskCliRunner) -> None:
    ended = runner.invoke(args=["db", "restrict", "nobody"])
    assert ended.exit_code == 2
    assert "role" in ended.stderr
