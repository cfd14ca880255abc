"""The morning page at 25,000 members and 1,000,000 subscriptions on PostgreSQL.

Usage: python -m benchmarks.morning [ROUNDS]

Cold is the first page of the desk that a process makes: each round starts `flask serve`'s own
server anew, waits until it takes requests, and opens `/desk/` for the first time. No page and no
number is kept, in the process or elsewhere; every one is read. What production has by then, the
server has too: before it takes requests it compiles the page's templates and statements, by
reading the morning once (`app/desk/morning/readying.py`). Bare is the same page where it has not.

A past morning and what needs attention are measured beside it, for which nobody set a bar. Ends
with 1 if the median of the cold ones is above its bar.
"""

import http.client
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from app.core import jobs
from app.core.clock import now
from app.core.database import Database
from app.desk.house.attention import attention
from app.people import staff_sessions
from benchmarks.morning_room import furnish
from benchmarks.newsroom import environment
from benchmarks.serving import serving
from tests.conftest import new_database
from tests.desk.making import make_staff
from tests.schema import migrate
from tests.servers import postgresql_url

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
BAR = 0.300
WARM = 9
COUNTED = (
    "person",
    "subscription",
    "membership",
    "payment",
    "entitlement",
    "intent",
    "funnel_day",
    "outgoing_mail",
    "stripe_event",
)


def sit_down(database: Database) -> str:
    """Let an administrator sit down at the desk; return the cookie's secret."""
    staff_id = make_staff(database, "admin")
    with database.write() as session:
        token = staff_sessions.start(session, staff_id, "benchmark", now(session))
        session.commit()
    return token


def ask(port: int, path: str, token: str = "") -> float:
    """Open a page; return how many seconds that took."""
    cookie = {"Cookie": f"desk={token}"} if token else {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Host": "localhost", **cookie})
    answer = connection.getresponse()
    answer.read()
    taken = time.perf_counter() - begun
    connection.close()
    assert answer.status == 200, f"{path} answered {answer.status}"
    return taken


def measure(place: Mapping[str, str], token: str) -> dict[str, float]:
    """Return the seconds of each kind of page, of processes just started."""
    past = f"{datetime.now(UTC) - timedelta(days=7):%Y-%m-%d}"
    with serving("ours", place) as port:
        ask(port, "/healthz")
        found = {"cold": ask(port, "/desk/", token)}
        found["warm"] = statistics.median(ask(port, "/desk/", token) for _ in range(WARM))
        found["past"] = ask(port, f"/desk/?at={past}", token)
    with serving("bare", place) as port:
        ask(port, "/healthz")
        found["bare"] = ask(port, "/desk/", token)
    return found


def timed(work: Callable[[], object]) -> float:
    """Return the median of the seconds that something takes."""
    taken = []
    for _ in range(WARM):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def describe(database: Database) -> None:
    """Print what the newsroom has, and how long it takes to find what needs attention."""
    with database.read() as session:
        for table in COUNTED:
            rows = session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - ours
            print(f"{rows:>10,} {table}")
        members = session.scalar(text("SELECT members FROM member_counter"))
        print(f"{members:>10,} members")
        moment = now(session)
        print(f"needs attention: {timed(lambda: attention(session, moment)) * 1000:.1f} ms")


def main() -> None:
    """Furnish a newsroom, and open its morning."""
    with (
        tempfile.TemporaryDirectory() as folder,
        postgresql_url() as server,
        new_database(server, "morning") as url,
    ):
        migrate(url)
        database = Database(url)
        jobs.prepare_tables(database)
        furnish(database)
        token = sit_down(database)
        describe(database)
        database.dispose()
        place = environment(Path(folder), url, "postgresql", 1)
        rounds = [measure(place, token) for _ in range(ROUNDS)]
    for found in rounds:
        print(", ".join(f"{name} {taken * 1000:.0f} ms" for name, taken in found.items()))
    for name in rounds[0]:
        middle = statistics.median(found[name] for found in rounds) * 1000
        print(f"median of {ROUNDS}: {name:5} {middle:6.0f} ms")
    cold = statistics.median(found["cold"] for found in rounds)
    print(f"cold {cold * 1000:.0f} ms, bar {BAR * 1000:.0f} ms: {'ok' if cold <= BAR else 'ABOVE'}")
    sys.exit(0 if cold <= BAR else 1)


if __name__ == "__main__":
    main()
