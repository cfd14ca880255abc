"""What is changed in one process is soon on the pages of every other."""

import re
import statistics
import time

import pytest

from app.core.database import Database
from tests.articles.making import make_draft, make_edition, make_newsroom
from tests.cli.processes import Start, answer, page
from tests.goal.making import make_campaign
from tests.ports import free_port
from tests.site.making import set_count
from tests.waiting import until

ROUNDS = 5


@pytest.fixture
def path(database: Database) -> str:
    with database.write() as session:
        make_newsroom(session)
        edition = make_edition(session)
        make_campaign(session)
        set_count(session, 100)
        session.commit()
        assert edition.published_at is not None
        return f"/{edition.published_at:%Y/%m}/{edition.slug}/"


@pytest.fixture
def ports(start: Start, database: Database) -> list[int]:
    """Two web processes beside this one, which writes; one on SQLite, which has no more."""
    found = [free_port() for _ in range(1 if database.is_sqlite else 2)]
    for port in found:
        start("serve", "--port", str(port), ENGINE="embedded" if database.is_sqlite else "workers")
    until(lambda: all(answer(port, "/healthz") for port in found))
    return found


def seconds_until(ports: list[int], path: str, sign: str) -> float:
    """Return how long it takes until every process shows something."""
    begun = time.monotonic()
    until(lambda: all(re.search(sign, page(port, path)) for port in ports))
    return time.monotonic() - begun


def test_a_count_that_moved_is_on_every_process_within_a_second(
    ports: list[int], path: str, database: Database
) -> None:
    took = []
    for number in range(ROUNDS):
        with database.write() as session:
            set_count(session, 101 + number)
            session.commit()
        took.append(seconds_until(ports, path, f"<strong>{101 + number}</strong>"))

    assert statistics.median(took) < 1, took


def test_a_sharper_headline_is_on_every_process_within_a_second(
    ports: list[int], path: str, database: Database
) -> None:
    took = []
    for number in range(ROUNDS):
        with database.write() as session:
            make_draft(session, headline=f"Sharper {number}")
            session.commit()
        took.append(seconds_until(ports, path, f"<h1[^>]*>Sharper {number}"))

    assert statistics.median(took) < 1, took
