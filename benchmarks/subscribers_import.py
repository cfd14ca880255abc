"""Import 500,000 subscribers on both databases: rows a second, peak memory, how long writers wait.

The floor is the least that any import would cost: the same rows, put into one table by executemany.

Usage: python -m benchmarks.subscribers_import [ROWS [postgresql | sqlite]]
"""

import csv
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import insert

from app.core.clock import now
from app.core.database import Database
from app.core.orm import table_of
from app.newsletters.imports import importing
from app.newsletters.imports.files import opened
from app.newsletters.imports.importing import Report
from app.newsletters.imports.looking import Wishes, look
from app.newsletters.imports.models import SubscriberImport, SubscriberImportProblem
from benchmarks.members_import import Writer
from tests.conftest import make_settings
from tests.newsletters.imports.files_of_subscribers import MAILCHIMP
from tests.newsletters.making import make_list
from tests.schema import migrate
from tests.servers import postgresql_url

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
DATABASES = sys.argv[2:] or ["postgresql", "sqlite"]
WISHES = Wishes(lists=("daily",))
MIB = 1024


def rows(count: int) -> Iterator[dict[str, str]]:
    """Yield subscribers as Mailchimp writes them; of a hundred one is no address, one repeated."""
    for number in range(count):
        who = number - 1 if number % 100 == 1 else number
        address = f"reader{who}@mail{who % 300}.example.org"
        year, month, day = number % 10 + 14, number % 12 + 1, number % 28 + 1
        yield {
            "Email Address": "nobody" if number % 100 == 2 else address,
            "First Name": ("Ann", "Олена", "José", "Zoë")[number % 4],
            "Last Name": f"Reader {number}",
            "MEMBER_RATING": str(number % 5 + 1),
            "OPTIN_TIME": f"20{year}-{month:02}-{day:02} 08:{number % 60:02}:11",
            "CONFIRM_TIME": f"20{year}-{month:02}-{day:02} 09:{number % 60:02}:12",
            "LEID": str(number),
            "TAGS": '"one","two"',
        }


def write_file(path: Path, count: int) -> None:
    """Write Mailchimp's export of the subscribed."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, MAILCHIMP, restval="")
        writer.writeheader()
        writer.writerows(rows(count))


def in_a_process(run: object, *arguments: object) -> tuple[float, int, Report | None]:
    """Run something in a process of its own; return seconds, peak memory in KiB, what it said."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (run, arguments))


def _measured(run: object, arguments: tuple[object, ...]) -> tuple[float, int, Report | None]:
    assert callable(run)
    started = time.perf_counter()
    said = run(*arguments)
    seconds = time.perf_counter() - started
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, said


def read(url: str, path: Path) -> Report:
    """Read a file, and say what it would do."""
    database, settings = Database(url), make_settings(url, path.parent)
    with opened(path) as source, importing.running(database):
        tables = look(source, WISHES)
        with database.write() as session:
            found, _again = importing.start_import(session, source, tables, WISHES, now(session))
            importing.vouch(session, found, "bench")
            session.commit()
        importing.read_file(database, settings, found, tables, WISHES, lambda _read, _records: None)
    with database.read() as session:
        return importing.report(session, found)


def apply(url: str) -> Report:
    """Apply what was read last."""
    database = Database(url)
    with database.read() as session:
        found = importing.all_progress(session)[0].id
    with importing.running(database):
        importing.apply_import(database, found)
    with database.read() as session:
        return importing.report(session, found)


def floor(url: str, count: int) -> None:
    """Put as many rows into one table, and nothing else."""
    database = Database(url)
    with database.write() as session:
        made = SubscriberImport(
            key="floor", file_hash="", file_name="", source="", wishes={}, titles=[],
            started_at=now(session), effect={},
        )  # fmt: skip
        session.add(made)
        session.commit()
    statement = insert(table_of(SubscriberImportProblem))
    batch: list[dict[str, object]] = []
    for number, row in enumerate(rows(count)):
        values = {"import_id": made.id, "part": "", "line": number, "reason": row["First Name"]}
        batch.append(values | {"cells": row["Email Address"]})
        if len(batch) == 1_000 or number == count - 1:
            with database.write() as session:
                session.connection().execute(statement, batch)
                session.commit()
            batch = []


def measure(name: str, url: str, path: Path, count: int) -> None:
    """Print the figures of one database."""
    least = in_a_process(floor, url, count)[0]
    print(f"{name:10} {'floor':14} {count / least:9,.0f} rows/s  {least:6.1f} s")
    total = 0.0
    for title, run, arguments in (
        ("read, foresee", read, (url, path)),
        ("apply", apply, (url,)),
        ("both again", read, (url, path)),
        ("", apply, (url,)),
    ):
        writer = Writer(url)
        writer.start()
        seconds, memory, report = in_a_process(run, *arguments)
        writer.over.set()
        writer.join()
        total += seconds
        print(
            f"{name:10} {title:14} {count / seconds:9,.0f} rows/s  {seconds:6.1f} s  "
            f"{memory // MIB} MiB  {least / seconds:4.2f} of the floor  "
            f"longest wait of a writer {writer.longest:4.2f} s  {report}"
        )


def main() -> None:
    """Measure PostgreSQL, then SQLite."""
    with tempfile.TemporaryDirectory() as folder, postgresql_url() as server:
        path = Path(folder) / "subscribed_members_export.csv"
        write_file(path, ROWS)
        urls = {"postgresql": server, "sqlite": f"sqlite:///{folder}/bench.sqlite3"}
        for name, url in ((name, urls[name]) for name in DATABASES):
            migrate(url)
            database = Database(url)
            with database.write() as session:
                make_list(session, "daily")
                session.commit()
            database.dispose()
            measure(name, url, path, ROWS)


if __name__ == "__main__":
    main()
