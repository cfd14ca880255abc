"""Export 10,000 and then 1,000,000 subscribers on both databases: rows a second and peak memory.

Usage: python -m benchmarks.subscribers_export [ROWS [postgresql | sqlite]]
"""

import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import text

from app.core.database import Database
from app.newsletters.exporting import Segment, export_subscribers
from app.newsletters.moving.moving_out import export_everything
from tests.conftest import make_settings
from tests.newsletters.making import make_list
from tests.schema import migrate
from tests.servers import postgresql_url

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
FEW = 10_000
DATABASES = sys.argv[2:] or ["postgresql", "sqlite"]
MIB = 1024

_SERIES = {
    "postgresql": "generate_series({first}, {last}) AS n(n)",
    "sqlite": (
        "(WITH RECURSIVE n(n) AS (VALUES({first}) UNION ALL SELECT n + 1 FROM n WHERE n < {last}) "
        "SELECT n FROM n) AS n"
    ),
}
_MAKE = {
    "person (id, public_id, name, language, created_at)": (
        "n, 'person-' || n, 'Reader ' || n, 'en', {at}"
    ),
    "email_address (id, person_id, address, key, created_at)": (
        "n, n, 'r' || n || '@example.org', 'r' || n || '@example.org', {at}"
    ),
    "subscription (id, person_id, newsletter_id, state, created_at, asked_at)": (
        "n, n, {list}, 'confirmed', {at}, {at}"
    ),
    "consent (id, person_id, newsletter_id, what, happened_at, form, wording, language)": (
        "n, n, {list}, 'confirmed', {at}, 'lists', '1', 'en'"
    ),
}
_AT = {"postgresql": "timestamptz '2026-01-01Z'", "sqlite": "'2026-01-01 00:00:00.000000'"}


def fill(database: Database, first: int, last: int, newsletter: int) -> None:
    """Make readers by the database's own hand."""
    name = database.engine.dialect.name
    series = _SERIES[name].format(first=first, last=last)
    with database.write() as session:
        for table, values in _MAKE.items():
            chosen = values.format(list=newsletter, at=_AT[name])
            session.execute(text(f"INSERT INTO {table} SELECT {chosen} FROM {series}"))  # noqa: S608 - all of it is ours
        session.commit()


def run(url: str, folder: str, what: str) -> tuple[int, float, int]:
    """Export in a process of its own; return rows, seconds and peak memory in KiB."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (url, folder, what))


def _run(url: str, folder: str, what: str) -> tuple[int, float, int]:
    database = Database(url)
    started = time.perf_counter()
    if what == "segment":
        rows = -1
        with (Path(folder) / "out.csv").open("w", newline="") as out:
            for piece in export_subscribers(database, Segment(states=("confirmed",))):
                rows += piece.count("\r\n")
                out.write(piece)
    else:
        target = Path(tempfile.mkdtemp(dir=folder)) / "everything"
        counts = export_everything(database, make_settings(url, Path(folder)), target)
        rows = sum(counts.values())
    seconds = time.perf_counter() - started
    database.dispose()
    return rows, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Measure each database with few rows, then with many."""
    with tempfile.TemporaryDirectory() as folder, postgresql_url() as server:
        urls = {"postgresql": server, "sqlite": f"sqlite:///{folder}/bench.sqlite3"}
        for name in DATABASES:
            migrate(urls[name])
            database = Database(urls[name])
            with database.write() as session:
                newsletter = make_list(session, "daily").id
                session.commit()
            for first, last in ((1, FEW), (FEW + 1, ROWS)):
                fill(database, first, last, newsletter)
                for what in ("segment", "everything"):
                    rows, seconds, memory = run(urls[name], folder, what)
                    print(
                        f"{name:10} {what:10} {rows:9,} rows  {seconds:6.1f} s  "
                        f"{rows / seconds:8,.0f} rows/s  {memory // MIB} MiB"
                    )
            database.dispose()


if __name__ == "__main__":
    main()
