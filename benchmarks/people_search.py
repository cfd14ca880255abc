"""Find people among 1,000,000 on PostgreSQL by everything that somebody may hold of them.

Usage: python -m benchmarks.people_search [PEOPLE [postgresql | sqlite]]

Each way is asked as the desk asks: the page of the list, its rows counted. The bar is the slowest
of ten different questions, on PostgreSQL; ends with 1 if one is above it.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.desk.listing import Asked, listed
from app.desk.people.table import people_table
from tests.conftest import make_settings
from tests.schema import migrate
from tests.servers import postgresql_url

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
DATABASES = sys.argv[2:] or ["postgresql"]
BAR_SECONDS = 0.1
QUESTIONS = 10
MEMBERS_OF = 40  # one in so many
PAYERS_OF = 10
FIRST_NAMES = "Olena Ivan Maria Petro Sofia Andrii Hanna Oleh Iryna Taras Віра Оксана Anna Jean"
LAST_NAMES = (
    "Lysenko Shevchenko Kovalenko Bondarenko Tkachenko Kravchenko Oliynyk Мельник Поліщук Smith "
    "O'Connor García"
)

_SERIES = {
    "postgresql": "generate_series(1, {people}) AS n(n)",
    "sqlite": (
        "(WITH RECURSIVE n(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM n "
        "WHERE n < {people}) SELECT n FROM n) AS n"
    ),
}
_AT = {"postgresql": "timestamptz '2026-01-01Z'", "sqlite": "'2026-01-01 00:00:00.000000'"}


def _picked(words: str, by: str) -> str:
    """Return the SQL that picks one of some words by a number."""
    found = words.split()
    cases = " ".join(
        f"WHEN {place} THEN '{word.replace(chr(39), chr(39) * 2)}'"
        for place, word in enumerate(found)
    )
    return f"CASE ({by}) % {len(found)} {cases} END"


_NAME = f"{_picked(FIRST_NAMES, 'n')} || ' ' || {_picked(LAST_NAMES, 'n / 14')} || (n / 168 % 1000)"
_MAKE = {
    "person (id, public_id, name, language, created_at)": (
        f"n, 'person-' || n, {_NAME}, 'en', {{at}}"
    ),
    "email_address (id, person_id, address, key, verified_at, created_at)": (
        "n, n, 'r' || n || '@d' || (n % 5000) || '.example.org', "
        "'r' || n || '@d' || (n % 5000) || '.example.org', {at}, {at}"
    ),
    "customer (customer_id, person_id, created_at)": "'cus_' || n || 'abcd', n, {at}",
    "membership (id, subscription_id, customer_id, person_id, amount_minor, currency, interval, "
    "status, started_at, period_ends_at, paused)": (
        "n, 'sub_' || n || 'abcd', 'cus_' || n || 'abcd', n, 700, 'EUR', 'month', 'active', "
        "{at}, {at}, {false}"
    ),
    "payment (id, payment_id, receipt_number, person_id, membership_id, invoice_id, charge_id, "
    "amount_minor, currency, paid_at, warned)": (
        "n, 'pi_' || n || 'abcd', 'R-2026-' || substr('00000000' || n, -8), n, n, "
        "'in_' || n || 'abcd', 'ch_' || n || 'abcd', 700, 'EUR', {at}, {false}"
    ),
    "member_span (id, person_id, starts_at)": "n, n, {at}",
}
_ONE_IN = {"customer": PAYERS_OF, "membership": PAYERS_OF, "payment": PAYERS_OF,
           "member_span": MEMBERS_OF}  # fmt: skip


def fill(database: Database) -> None:
    """Make people by the database's own hand."""
    name = database.engine.dialect.name
    for table, values in _MAKE.items():
        chosen = values.format(at=_AT[name], false="false" if name == "postgresql" else "0")
        if name == "postgresql":
            chosen = chosen.replace("substr('00000000' || n, -8)", "lpad(n::text, 8, '0')")
        one_in = _ONE_IN.get(table.split()[0], 1)
        series = _SERIES[name].format(people=PEOPLE)
        statement = f"INSERT INTO {table} SELECT {chosen} FROM {series} WHERE n % {one_in} = 0"  # noqa: S608 - all of it is ours
        with database.write() as session:
            session.execute(text(statement))
            session.commit()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if name == "postgresql" else "ANALYZE"))


def questions() -> dict[str, list[str]]:
    """Return what is typed, by what it is: ten of each."""
    numbers = [(place * PEOPLE // QUESTIONS // 10 + 1) * 10 for place in range(QUESTIONS)]
    lasts, firsts = LAST_NAMES.split(), FIRST_NAMES.split()
    return {
        "the whole list": ["", "", ""],
        "address": [f"r{one}@d{one % 5000}.example.org" for one in numbers],
        "start of an address": [f"r{one}" for one in numbers],
        "domain": [f"@d{one % 5000}.example.org" for one in numbers],
        "start of a domain": [f"@d{one % 50}" for one in numbers],
        "start of a name": [name[:3] for name in firsts[:QUESTIONS]],
        "family name, in small letters": [name.lower() for name in lasts[:QUESTIONS]],
        "whole name": [f"{firsts[one % 14]} {lasts[one % 12]}" for one in range(QUESTIONS)],
        "two letters": [name[:2] for name in lasts[:QUESTIONS]],
        "a name that nobody has": [f"zz{one}" for one in numbers],
        "receipt": [f"R-2026-{one:08}" for one in numbers],
        **{
            prefix: [f"{prefix}_{one}abcd" for one in numbers]
            for prefix in ("cus", "sub", "pi", "ch", "in")
        },
    }


def worked(backend: int) -> float:
    """Return the seconds that this process and a backend of PostgreSQL have had of the machine.

    On a machine that others work on as well it tells more than the clock on the wall.
    """
    own = time.process_time()
    if not backend:
        return own
    return own + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


def measure(
    database: Database, settings: Settings
) -> Iterator[tuple[str, list[float], float, int]]:
    """Yield what was asked, how long each question took, how much work one was, and rows found."""
    for name, typed in questions().items():
        taken, work, total = [], 0.0, 0
        for words in typed:
            with database.read() as session:
                is_sqlite = database.is_sqlite
                backend = 0 if is_sqlite else session.scalar(text("SELECT pg_backend_pid()")) or 0
                started, before = time.perf_counter(), worked(backend)
                table = people_table(session, settings, now(session))
                page = listed(session, table, Asked(words, {}, table.order, 1))
                taken.append(time.perf_counter() - started)
                work += worked(backend) - before
                total = page.total
        yield name, taken, work / len(typed), total


def run(url: str, folder: Path) -> bool:
    """Measure one database; tell whether every question was answered in time."""
    migrate(url)
    database = Database(url)
    fill(database)
    settings = make_settings(url, folder)
    app = Flask("bench")
    app.add_url_rule("/desk/people/<public_id>/", "desk_people.person", lambda public_id: public_id)
    is_good = True
    with app.test_request_context("/"):
        from flask import g  # noqa: PLC0415 - of this request alone

        g.language = "en"
        for _warming in measure(database, settings):
            break
        for name, taken, work, total in measure(database, settings):
            slowest = max(taken)
            is_good &= slowest <= BAR_SECONDS
            verdict = "" if slowest <= BAR_SECONDS else "  ABOVE"
            print(
                f"{database.engine.dialect.name:10} {name:32} median "
                f"{statistics.median(taken) * 1000:7.1f} ms  slowest {slowest * 1000:7.1f} ms  "
                f"work {work * 1000:6.1f} ms  {total:7,} rows{verdict}",
                flush=True,
            )
    database.dispose()
    return is_good


def main() -> None:
    """Measure the databases that the command line names, or PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder, postgresql_url() as server:
        urls = {"postgresql": server, "sqlite": f"sqlite:///{folder}/bench.sqlite3"}
        good = {name: run(urls[name], Path(folder)) for name in DATABASES}
    sys.exit(0 if good.get("postgresql", True) else "Slower than the bar.")


if __name__ == "__main__":
    main()
