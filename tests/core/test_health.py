"""What a load balancer is told."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from app.core import heartbeat
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Work
from tests.conftest import make_settings
from tests.core.probes import running

Ask = Callable[[Settings], FlaskClient]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Make a client of the application with these settings."""
    with ExitStack() as databases:

        def make(settings: Settings) -> FlaskClient:
            app = create_app(settings)
            databases.callback(app.extensions["unwalled_database"].dispose)
            return app.test_client()

        yield make


@pytest.fixture
def client(ask: Ask, settings: Settings) -> FlaskClient:
    return ask(settings)


@pytest.fixture
def distant(ask: Ask, database_url: str, tmp_path: Path) -> FlaskClient:
    """A web process whose workers are elsewhere."""
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has its engine inside")
    return ask(make_settings(database_url, tmp_path, ENGINE="workers"))


def test_the_process_answers_whatever_else_is_missing(ask: Ask, tmp_path: Path) -> None:
    settings = make_settings(f"sqlite:///{tmp_path}/missing/news.sqlite3", tmp_path)
    client = ask(settings)

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"ready": True})
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_an_engine_it_is_not_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {
        "ready": False,
        "database": "ok",
        "migrations": "ok",
        "engine": "not running in this process",
    }


def test_with_an_engine_inside_it_is_ready(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    with running(database, settings, Work()):
        answer, head = client.get("/readyz"), client.head("/readyz")

    assert (answer.status_code, answer.get_json()["ready"]) == (200, True)
    assert (head.status_code, head.data) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_newer_database_is_not_ready(client: FlaskClient, database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.commit()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.get_json()["migrations"]) == (503, "newer")


def test_a_database_that_is_away_is_not_ready(ask: Ask, tmp_path: Path) -> None:
    url = "postgresql://me:secret-word@127.0.0.1:1/news"
    client = ask(make_settings(url, tmp_path))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.get_json()["database"]) == (503, "does not answer")
    assert b"secret-word" not in answer.data


def test_a_worker_seen_within_a_minute_is_enough(distant: FlaskClient, database: Database) -> None:
    assert distant.get("/readyz").get_json()["engine"] == "no worker was seen for a minute"
    with database.write() as session:
        heartbeat.beat(session, "one")
        heartbeat.beat(session, "one")
        session.commit()

    assert distant.get("/readyz").status_code == 200


def test_a_worker_seen_long_ago_is_not(distant: FlaskClient, database: Database) -> None:
    with database.write() as session:
        heartbeat.beat(session, "one")
        session.execute(
            text("UPDATE engine_heartbeat SET seen_at = seen_at - interval '61 seconds'")
        )
        session.commit()

    assert distant.get("/readyz").status_code == 503


def test_it_is_asked_by_the_machines_own_address(
    ask: Ask, tmp_path: Path, database_url: str
) -> None:
    settings = make_settings(
        database_url, tmp_path, MODE="production", SITE_URL="https://news.example",
        ADDRESS_DNS="yes",
    )  # fmt: skip
    client = ask(settings)

    assert client.get("/healthz", base_url="http://10.1.2.3:8000").status_code == 200
