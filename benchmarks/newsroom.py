"""A newsroom to measure: a database of either kind, migrated, with the demo in it."""

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.core import schema
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.memberships.imports import importing
from app.memberships.imports.parsing import Rules, opened
from app.sandbox.demo import content
from app.sandbox.demo.newsroom import identity
from benchmarks import floor
from tests.conftest import new_database


@dataclass(frozen=True)
class Place:
    """Where something is measured: the environment of ours and that of the floor."""

    backend: str
    server: str
    folder: Path
    url: str
    settings: Settings
    environment: dict[str, str]

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the database."""
        opened = Database(self.url)
        yield opened
        opened.dispose()


@contextmanager
def place(
    backend: str,
    server: str,
    *,
    smtp_port: int = 1,
    people: int = 1_000,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Place]:
    """Make a newsroom on `sqlite` or `postgresql` with some members, and remove it in the end."""
    with tempfile.TemporaryDirectory(prefix="unwalled-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        url = f"sqlite:///{folder}/bench.sqlite3"
        if backend == "postgresql":
            url = stack.enter_context(new_database(server, "bench"))
        variables = {**environment(folder, url, backend, smtp_port), **settings}
        checked = Settings.from_environment(variables)
        made = Place(backend, server, folder, url, checked, variables)
        _fill(made, people)
        yield made


def _fill(made: Place, people: int) -> None:
    with made.database() as database:
        schema.upgrade(database)
        files = content.place_files(made.settings.media_dir)
        with database.write() as session:
            content.load(session, files, now(session))
            session.commit()
        _import(database, made, people)
    floor.prepare(made.url, "")
    (made.folder / "page").write_bytes(b"")


def _import(database: Database, made: Place, people: int) -> None:
    """Bring members in as staff would: from a file."""
    path = made.folder / "members.csv"
    lines = (f"m{one}@example.com,,bench,{one},2026-01-01," for one in range(people))
    path.write_text("email,name,source,source_ref,starts_at,ends_at\n" + "\n".join(lines))
    silent = importing.Watcher(
        read=lambda _position: None, problem=lambda _problem: None, staged=lambda: None
    )
    with opened(path, Rules(made.settings.time_zone, testing=True)) as file:
        assert importing.import_file(database, file, silent, apply=True).applied


def environment(folder: Path, url: str, backend: str, smtp_port: int) -> dict[str, str]:
    """Return the variables of a newsroom to measure, over a database of either kind."""
    return {
        **identity(),
        "UNWALLED_MODE": "development",
        "UNWALLED_SECRET_KEY": secrets.token_hex(32),
        "UNWALLED_PERMANENT_KEY": secrets.token_hex(32),
        "UNWALLED_DATABASE_URL": url,
        "UNWALLED_MEDIA_DIR": str(folder / "media"),
        "UNWALLED_SITE_URL": "http://localhost",
        "UNWALLED_SMTP_HOST": "127.0.0.1",
        "UNWALLED_SMTP_PORT": str(smtp_port),
        "UNWALLED_SMTP_SECURITY": "none",
        "UNWALLED_ADDRESS_DNS": "no",
        "UNWALLED_ENGINE": "embedded" if backend == "sqlite" else "workers",
        "UNWALLED_SIGNUPS_PER_NETWORK": "0",
        "UNWALLED_SIGNUPS_PER_DOMAIN": "0",
        "UNWALLED_LOG_LEVEL": "error",
        "FLOOR_DATABASE_URL": url,
        "FLOOR_PAGE": str(folder / "page"),
    }


def backends() -> list[str]:
    """Return the databases to measure on; `BENCH_BACKENDS` can name fewer."""
    return os.environ.get("BENCH_BACKENDS", "sqlite,postgresql").split(",")
