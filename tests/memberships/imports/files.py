"""Files of members, and their import, for tests."""

import csv
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from app.core.database import Database
from app.memberships.imports.importing import Outcome, Watcher, import_file
from app.memberships.imports.parsing import COLUMNS, Problem, Rules, opened

Line = tuple[str, str, str, str, str, str]


def line(number: int, **others: str) -> Line:
    """Return a member's line, in the order of the columns."""
    plain = {
        "email": f"reader{number}@example.org",
        "name": f"Reader {number}",
        "source": "patreon",
        "source_ref": f"p-{number}",
        "starts_at": "2026-01-01",
        "ends_at": "",
    }
    values = plain | others
    return (
        values["email"],
        values["name"],
        values["source"],
        values["source_ref"],
        values["starts_at"],
        values["ends_at"],
    )


def write_file(path: Path, lines: Iterable[Line]) -> Path:
    """Write a file of members."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        writer.writerows(lines)
    return path


def bring_in(
    database: Database, path: Path, *, apply: bool = True, problems: list[Problem] | None = None
) -> Outcome:
    """Import a file."""
    seen = [] if problems is None else problems
    watcher = Watcher(lambda _position: None, seen.append, lambda: None)
    with opened(path, Rules(ZoneInfo("Europe/Kyiv"))) as file:
        return import_file(database, file, watcher, apply=apply)
