"""`flask retention`: says what would go, lets it go, and shows what went."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from sqlalchemy import func, select

from app import create_app
from app.core.caps import NetworkUse, note_use
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from tests.mail.making import advance

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Iterator[Run]:
    """Run a command in this process."""
    app = create_app(settings)
    yield lambda *words: app.test_cli_runner().invoke(args=["retention", *words])
    app.extensions["unwalled_database"].dispose()


@pytest.fixture(autouse=True)
def _old_network(database: Database) -> None:
    with database.write() as session:
        note_use(session, "join", "a" * 64, now(session))
        session.commit()
    advance(database, days=31)


def networks(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(NetworkUse)) or 0


def test_a_dry_run_changes_nothing(run: Run, database: Database) -> None:
    said = run("run", "--dry-run").output
    assert "networks                1 rows" in said
    assert "Nothing was changed" in said
    assert networks(database) == 1
    assert run("list").output == "Nothing was forgotten yet.\n"


def test_a_run_forgets_and_can_be_shown(run: Run, database: Database) -> None:
    assert "networks                1 rows" in run("run").output
    assert networks(database) == 0
    lines = run("list", "--last", "30").output.splitlines()
    shown = [line.partition("UTC")[2].split()[:2] for line in lines]
    assert ["networks", "1"] in shown  # beside the networks of consents
