"""Import 100,000 members on both databases: seconds, peak memory, and how long writers wait.

Usage: python -m benchmarks.members_import [ROWS]
"""

import csv
import resource
import sys
import tempfile
import threading
import time
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

from app.core.clock import ClockOffset
from app.core.database import Database
from app.memberships.imports.importing import Outcome, Watcher, import_file
from app.memberships.imports.parsing import Rules, opened
from tests.schema import migrate
from tests.servers import postgresql_url

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
COLUMNS = ["email", "name", "source", "source_ref", "starts_at", "ends_at"]


def write_file(path: Path, rows: int) -> None:
    """Write members of three sources, some of them in two."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for number in range(rows):
            address = f"reader{number * 7919 % (rows * 9 // 10)}@mail{number % 300}.example.org"
            source = ("patreon", "paypal", "bank")[number % 3]
            start = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}"
            end = "" if number % 5 else f"2027-{number % 12 + 1:02}-01"
            writer.writerow([address, f"Reader {number}", source, f"ref-{number}", start, end])


def run(url: str, path: Path, *, apply: bool) -> tuple[Outcome, float, int]:
    """Import in a process of its own; return how it went, seconds and peak memory in KiB."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (url, path, apply))


def _run(url: str, path: Path, apply: bool) -> tuple[Outcome, float, int]:  # noqa: FBT001 - a pool passes by position
    watcher = Watcher(lambda _position: None, print, lambda: None)
    database = Database(url)
    started = time.perf_counter()
    with opened(path, Rules(ZoneInfo("Europe/Kyiv"))) as file:
        outcome = import_file(database, file, watcher, apply=apply)
    seconds = time.perf_counter() - started
    database.dispose()
    return outcome, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Writer(threading.Thread):
    """Somebody who writes a row all the time, as sign-ups do, and notes the longest wait."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.database = Database(url)
        self.longest = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        """Write until told that it is over."""
        while not self.over.is_set():
            started = time.perf_counter()
            with self.database.write() as session:
                session.merge(ClockOffset(id=1, seconds=0))
                session.commit()
            self.longest = max(self.longest, time.perf_counter() - started)
            time.sleep(0.005)
        self.database.dispose()


def measure(name: str, url: str, path: Path) -> None:
    """Print the figures of one database."""
    for title, apply in (("dry run", False), ("apply", True), ("apply again", True)):
        writer = Writer(url)
        writer.start()
        outcome, seconds, memory = run(url, path, apply=apply)
        writer.over.set()
        writer.join()
        print(
            f"{name:10} {title:12} {outcome.rows} rows  {seconds:5.1f} s  "
            f"{memory // 1024} MiB  longest wait of a writer {writer.longest:4.2f} s  "
            f"{outcome.effect}"
        )


def main() -> None:
    """Measure SQLite, then PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder, postgresql_url() as server:
        path = Path(folder) / "members.csv"
        write_file(path, ROWS)
        for name, url in (("sqlite", f"sqlite:///{folder}/bench.sqlite3"), ("postgresql", server)):
            migrate(url)
            measure(name, url, path)


if __name__ == "__main__":
    main()
