"""Real databases for every test of the data layer: SQLite and PostgreSQL."""

import atexit
import gc
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.database import Database
from app.core.settings import Settings
from tests.e2e.browser import ARGUMENTS, MISSING, found_chromium
from tests.schema import migrate
from tests.scrubbing import Scrubbed
from tests.servers import NAMED, postgresql_url
from tests.sparing import spared
from tests.stripe_checked import stripe_checked

RUBBISH = 50_000, 20, 50
BACKENDS = ("sqlite", "postgresql")
_SERVER, _ENDS = ExitStack(), ExitStack()
_KEPT: dict[str, Scrubbed] = {}
_TEMPLATES: dict[str, str] = {}

# How long an example takes says more of the machine than of us: benchmarks measure, tests do not.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for all workers, where the tests run in several processes."""
    is_controller = not hasattr(config, "workerinput") and config.getoption("numprocesses", None)
    if is_controller and NAMED not in os.environ and not config.option.collectonly:
        os.environ[NAMED] = _SERVER.enter_context(postgresql_url(in_haste=True))


def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are cores: those that click wait most of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Leave what is there for good out of the search for rubbish, which is then seldom needed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RUBBISH)


def pytest_unconfigure() -> None:
    """Stop the server that `pytest_configure` started."""
    _SERVER.close()


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    """Spare each test what was made for another test of this process."""
    with spared():
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium; without one the tests are skipped, or failed in CI."""
    path = found_chromium()
    if path is None and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(MISSING)
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session", autouse=True)
def _stripe_as_it_is() -> Iterator[None]:
    """Hold all that any test says to Stripe's client, and hears, against the package's types."""
    with stripe_checked():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Address of a PostgreSQL server's own database; what tests made beside it goes at the end."""
    with postgresql_url(in_haste=True) as url, _ENDS:
        yield url


@pytest.fixture(scope="session", params=BACKENDS)
def template_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of an empty database at the head of the migrations, to be copied per test."""
    if request.param not in _TEMPLATES:
        folder = tmp_path_factory.mktemp("template")
        _TEMPLATES[request.param] = (
            f"sqlite:///{folder}/template.sqlite3"
            if request.param == "sqlite"
            else _ENDS.enter_context(
                new_database(request.getfixturevalue("postgresql"), "template")
            )
        )
        prepare(_TEMPLATES[request.param])
    return _TEMPLATES[request.param]


def prepare(url: str) -> None:
    """Make every table, ours and the job engine's."""
    migrate(url)
    database = Database(url)
    jobs.prepare_tables(database)
    database.dispose()


@pytest.fixture
def database_url(template_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Address of a fresh database of this test's own, on each backend in turn."""
    url = make_url(template_url)
    if url.get_backend_name() == "sqlite":
        copy = tmp_path / "test.sqlite3"
        copy_sqlite(str(url.database), copy)
        return f"sqlite:///{copy}"
    return _as_good_as_new(request.getfixturevalue("postgresql"), str(url.database))


def _as_good_as_new(server: str, template: str) -> str:
    """Return the address of this process's one database, without what other tests wrote."""
    kept = _KEPT.get(template)
    if kept is None or not kept.scrub():
        if kept is not None:
            kept.close()
        kept = Scrubbed(_ENDS.enter_context(new_database(server, "test", template)))
        _KEPT[template] = kept
        _ENDS.callback(kept.close)
    return kept.url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The fresh database, opened."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session on the fresh database."""
    with database.write() as opened:
        yield opened


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test's own newsroom."""
    return make_settings(database_url, tmp_path)


def make_settings(database_url: str, folder: Path, **others: str) -> Settings:
    """Return settings for tests; `others` are variables without their prefix."""
    environment = {
        "MODE": "development",
        "SECRET_KEY": "a secret for tests alone, long enough",
        "PERMANENT_KEY": "another secret for tests, for hashes",
        "DATABASE_URL": database_url,
        "SITE_URL": "http://localhost",
        "SITE_NAME": "The Test Post",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "1",
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "The Test Post <post@test.example>",
        "ADDRESS_DNS": "no",
        "ENGINE": "embedded",
        "MEDIA_DIR": str(folder / "media"),
        "PRIVATE_DIR": str(folder / "private"),
        "LOG_FORMAT": "console",
        **others,
    }
    return Settings.from_environment({f"UNWALLED_{name}": one for name, one in environment.items()})


def copy_sqlite(source: str, target: Path) -> None:
    """Copy a SQLite database whole, with what still stands in its log."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        other.execute("PRAGMA synchronous=OFF")
        one.backup(other)


@contextmanager
def new_database(server: str, prefix: str, template: str | None = None) -> Iterator[str]:
    """Create a database on a server, from a template if one is named; drop it at the end.

    A template is copied file by file: through the log, as is usual, takes ten times as long.
    """
    name = f"unwalled_{prefix}_{os.getpid()}_{secrets.token_hex(4)}"
    source = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
    _administer(server, f'CREATE DATABASE "{name}"{source}')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server: str, statement: str) -> None:
    with _administrator(server).connect() as connection:
        connection.execute(text(statement))


@cache
def _administrator(server: str) -> Engine:
    """Return an engine whose connection stays open until the process ends."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    atexit.register(engine.dispose)
    return engine
