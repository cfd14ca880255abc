"""`flask members`: what an operator sees, and how a mistake ends."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import update

from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.memberships.models import MemberCounter
from tests.memberships.imports.files import line, write_file

ROOT = Path(__file__).parents[2]

Run = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_file(tmp_path / "members.csv", [line(1), line(2)])


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    runner = compose(settings, database).test_cli_runner()
    return lambda *words: runner.invoke(args=["members", *map(str, words)])


def test_an_import_is_only_foreseen_until_it_is_applied(run: Run, path: Path) -> None:
    dry, first = run("import", path), run("import", path, "--apply")
    again = run("import", path, "--apply")

    assert [one.exit_code for one in (dry, first, again)] == [0, 0, 0]
    assert "members  0 before, 2 after" in dry.output
    assert dry.output.endswith("Nothing was changed: add --apply to do it.\n")
    assert first.output.endswith("All rows were applied.\n")
    assert "new 0, changed 0, unchanged 2" in again.output
    assert again.output.endswith("There was nothing to change.\n")


def test_every_bad_row_is_named_and_the_command_fails(run: Run, path: Path) -> None:
    write_file(path, [line(1, email="nobody"), line(2), line(3, starts_at="soon")])
    result = run("import", path, "--apply")

    assert result.exit_code != 0
    assert result.output.splitlines() == [
        "line 2: email is not an address: nobody",
        "line 4: starts_at is no date like 2027-01-31 or 2027-01-31T14:05: soon",
        "2 of 3 rows cannot be taken; nothing was changed.",
    ]


def test_a_file_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    result = run("import", tmp_path / "none.csv")

    assert result.exit_code != 0
    assert result.output.count("\n") == 1
    assert "No such file" in result.output


def test_a_recount_without_drift_says_so(run: Run, path: Path) -> None:
    run("import", path, "--apply")
    result = run("recount")

    assert result.exit_code == 0
    assert result.output == "ledger 2   spans 2   counter 2\nNo drift.\n"


def test_drift_fails_until_it_is_repaired(run: Run, path: Path, database: Database) -> None:
    run("import", path, "--apply")
    with database.write() as session:
        session.execute(update(MemberCounter).values(members=5))
        session.commit()
    found = run("recount")

    assert found.exit_code != 0
    assert "The counter says 5, the ledger 2." in found.output
    assert run("recount", "--repair").exit_code == 0
    assert run("recount").exit_code == 0


def test_it_runs_as_a_process_of_its_own_without_colour(
    database_url: str, settings: Settings, path: Path
) -> None:
    names = ("secret_key", "permanent_key", "site_url", "smtp_host", "smtp_security", "mail_from")
    told = {f"UNWALLED_{name.upper()}": str(getattr(settings, name)) for name in names}
    told |= {"UNWALLED_MODE": "development", "UNWALLED_ENGINE": "embedded"}
    told |= {"UNWALLED_DATABASE_URL": database_url, "UNWALLED_ADDRESS_DNS": "no"}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "members", "import", path, "--apply"],
        cwd=ROOT,
        env=os.environ | told,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().endswith("All rows were applied.\n")
    assert b"\x1b" not in done.stdout + done.stderr
