"""The morning page in a fresh process, at 25,000 members and 1,000,000 subscriptions.

Usage: python -m benchmarks.morning [ROUNDS]

Each round starts the server anew, asks it for its health so that it is connected, and opens
`/desk/` for the first time: nothing is cached in the process. Ends with 1 above the bar.
"""

import http.client
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from app.core import jobs
from app.core.clock import now
from app.core.database import Database
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
COUNTED = ("person", "subscription", "membership", "payment", "entitlement", "intent", "funnel_day")


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


def measure(place: dict[str, str], token: str) -> tuple[float, float]:
    """Return the seconds of the first and of the tenth time in a fresh process."""
    with serving("ours", place) as port:
        ask(port, "/healthz")
        first = ask(port, "/desk/", token)
        warm = [ask(port, "/desk/", token) for _ in range(9)]
    return first, warm[-1]


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
        with database.read() as session:
            for table in COUNTED:
                rows = session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - ours
                print(f"{rows:>10,} {table}")
            members = session.scalar(text("SELECT members FROM member_counter"))
        print(f"{members:>10,} members")
        database.dispose()
        place = environment(Path(folder), url, "postgresql", 1)
        found = [measure(place, token) for _ in range(ROUNDS)]
    for first, warm in found:
        print(f"cold {first * 1000:6.0f} ms, warm {warm * 1000:6.0f} ms")
    cold = statistics.median(first for first, _warm in found)
    print(f"median of {ROUNDS} cold: {cold * 1000:.0f} ms, bar {BAR * 1000:.0f} ms")
    sys.exit(f"Above the bar of {BAR * 1000:.0f} ms." if cold > BAR else 0)


if __name__ == "__main__":
    main()
