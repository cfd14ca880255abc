"""Real databases for every test of the data layer: SQLite and PostgreSQL."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.settings import Settings
from tests.servers import postgresql_url

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL server's `postgres` database."""
    with postgresql_url() as url:
        yield url


@pytest.fixture(scope="session", params=BACKENDS)
def template_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of an empty database at the head of the migrations, to be copied per test."""
    from tests.schema import migrate

    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('template')}/template.sqlite3"
        migrate(url)
        yield url
        return
    server = request.getfixturevalue("postgresql")
    with _new_database(server, "template") as url:
        migrate(url)
        yield url


@pytest.fixture
def database_url(template_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a fresh database of this test's own, on each backend in turn."""
    url = make_url(template_url)
    if url.get_backend_name() == "sqlite":
        copy = tmp_path / "test.sqlite3"
        _copy_sqlite(str(url.database), copy)
        yield f"sqlite:///{copy}"
        return
    with _new_database(request.getfixturevalue("postgresql"), "test", url.database) as fresh:
        yield fresh


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
        "MODE": "testing",
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
        "LOG_FORMAT": "console",
        **others,
    }
    return Settings.from_environment({f"UNWALLED_{name}": text for name, text in environment.items()})


def _copy_sqlite(source: str, target: Path) -> None:
    import sqlite3

    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()


class _new_database:
    """Create a database on a server, from a template if one is named; drop it at the end."""

    def __init__(self, server: str, prefix: str, template: str | None = None) -> None:
        self.server = server
        self.name = f"unwalled_{prefix}_{os.getpid()}_{secrets.token_hex(4)}"
        self.template = template

    def _run(self, statement: str) -> None:
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def __enter__(self) -> str:
        source = f' TEMPLATE "{self.template}"' if self.template else ""
        self._run(f'CREATE DATABASE "{self.name}"{source}')
        return make_url(self.server).set(database=self.name).render_as_string(hide_password=False)

    def __exit__(self, *_error: object) -> None:
        self._run(f'DROP DATABASE "{self.name}" WITH (FORCE)')
