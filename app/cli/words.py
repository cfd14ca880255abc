"""An operator's mistake ends in one sentence on standard error, and no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from app.core.errors import OperatorError, SettingsError
from app.core.logs import redact

MISTAKE = 2
MISSING_TABLE = ("no such table", "UndefinedTable", "no such column", "UndefinedColumn")


@contextmanager
def spoken() -> Iterator[None]:
    """End the process with a sentence for each problem that an operator can mend."""
    try:
        yield
    except (SettingsError, OperatorError) as mistake:
        _end(str(mistake))
    except DBAPIError as error:
        said = sentence(error)
        if said is None:
            raise
        _end(said)


def sentence(error: DBAPIError) -> str | None:
    """Return what to tell an operator about a database's error, or None if it is our fault."""
    if any(words in str(error) for words in MISSING_TABLE):
        return "The database is not migrated: run `flask --app wsgi db upgrade`."
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {redact(str(error.orig).strip().splitlines()[0])}."
    return None


def _end(said: str) -> None:
    sys.stderr.write(f"{said}\n")
    raise SystemExit(MISTAKE)
