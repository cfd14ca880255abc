"""Four processes change the ledger at once, and are killed at random: the count stays exact."""

import multiprocessing
import random
import time
from datetime import timedelta
from multiprocessing.process import BaseProcess

from sqlalchemy import func, select

from app.core.clock import now
from app.core.database import Database
from app.memberships import counting, service
from app.memberships.jobs import move_counter
from app.memberships.models import Entitlement
from app.memberships.queries import count_at, current_count
from app.memberships.recounting import recount
from app.memberships.service import EntitlementNotFoundError, Grant
from tests.memberships.making import brute_count, ledger_rows, make_person

WRITERS = 4
KILLS = 5
REVISIONS_BETWEEN_KILLS = 15
PATIENCE = 90

spawning = multiprocessing.get_context("spawn")


def write_until_killed(url: str, people: list[int], seed: int) -> None:
    """Do one small change after another, close to the present, on names that all writers share."""
    database, chance = Database(url, pool_size=1), random.Random(seed)  # noqa: S311 - no secret
    while True:
        with database.write() as session:
            moment = now(session)
            near = [moment + timedelta(milliseconds=chance.randint(-900, 900)) for _ in range(2)]
            name = ("patreon", str(chance.randrange(12)))
            one, other = chance.choice(people), chance.choice(people)
            try:
                match chance.randrange(6):
                    case 0:
                        service.end(session, *name, near[0], now=moment)
                    case 1:
                        service.revoke(session, *name, reason="test", now=moment)
                    case 2:
                        service.move(session, one, other, now=moment)
                    case 3:
                        counting.sweep(session, moment)
                    case _:
                        given = Grant(one, *name, min(near), chance.choice([None, max(near)]))
                        service.grant(session, given, reason="test", now=moment)
            except EntitlementNotFoundError:
                continue
            session.commit()


def revisions(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Entitlement)) or 0


def wait_for_more(database: Database, more: int) -> None:
    wanted, deadline = revisions(database) + more, time.monotonic() + PATIENCE
    while revisions(database) < wanted:
        assert time.monotonic() < deadline, "the writers have stopped"
        time.sleep(0.01)


def test_four_writers_killed_at_random_leave_the_count_exact(
    database: Database, database_url: str
) -> None:
    with database.write() as session:
        people = [make_person(session) for _ in range(6)]
        session.commit()
    seeds = iter(range(1_000))

    def start() -> BaseProcess:
        process = spawning.Process(
            target=write_until_killed, args=(database_url, people, next(seeds)), daemon=True
        )
        process.start()
        return process

    writers = [start() for _ in range(WRITERS)]
    chance = random.Random(7)  # noqa: S311 - no secret
    for _ in range(KILLS):
        wait_for_more(database, REVISIONS_BETWEEN_KILLS)
        writers.pop(chance.randrange(WRITERS - 1)).kill()  # the last one has hardly begun
        writers.append(start())
    wait_for_more(database, REVISIONS_BETWEEN_KILLS)
    for writer in writers:
        writer.kill()
        writer.join()

    with database.read() as session:
        moment, rows = now(session), ledger_rows(session)
        count = current_count(session, moment)
        assert count is not None
        assert count.members == brute_count(rows, moment)
        assert recount(session, moment).drifts == ()
        for row in rows[::5]:
            assert count_at(session, row.starts_at) == brute_count(rows, row.starts_at)
    move_counter(database)  # no lock was left behind
