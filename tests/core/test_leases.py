"""Rows are claimed once, marked by whoever holds them, tried again, and parked in the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import leases
from app.core.clock import now
from app.core.database import Database
from app.core.leases import FIRST_WAIT, LONGEST_WAIT, MOST_LOST, Held, backoff
from tests.core.probes import Probe, add_probes, make_tables

OVER = -1.0


@pytest.fixture
def probes(database: Database, session: Session) -> Session:
    make_tables(database)
    return session


def claim(session: Session, limit: int = 10, lease_seconds: float = 30) -> list[Held]:
    moment = now(session)
    rows = leases.claim(session, Probe, now=moment, limit=limit, lease_seconds=lease_seconds)
    session.commit()
    return rows


def only(session: Session) -> Probe:
    session.expire_all()
    return session.scalars(select(Probe)).one()


def lose(session: Session, times: int) -> None:
    """Let a row's lease run out so many times, as if its process had died each time."""
    for _ in range(times):
        claim(session, lease_seconds=OVER)


def test_no_row_is_claimed_twice(probes: Session) -> None:
    ids = add_probes(probes, 5)

    first, second = claim(probes, limit=3), claim(probes, limit=3)

    assert sorted(row.id for row in first + second) == ids


def test_the_oldest_are_claimed_first(probes: Session) -> None:
    moment = now(probes)
    new = add_probes(probes, 1, due_at=moment - timedelta(hours=1))
    old = add_probes(probes, 1, due_at=moment - timedelta(hours=2))

    assert [claim(probes, limit=1)[0].id for _ in range(2)] == old + new


def test_what_is_due_later_stays(probes: Session) -> None:
    add_probes(probes, 1, due_at=now(probes) + timedelta(seconds=30))

    assert claim(probes) == []


def test_only_the_asked_part_is_claimed(probes: Session) -> None:
    add_probes(probes, 1, kind="a")
    add_probes(probes, 1, kind="b")

    rows = leases.claim(probes, Probe, now=now(probes), limit=9, part=("kind", "b"))

    assert [row.kind for row in rows] == ["b"]


def test_another_transactions_claim_is_passed_over(probes: Session, database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    ids = add_probes(probes, 4)
    probes.commit()
    first = leases.claim(probes, Probe, now=now(probes), limit=2)

    with database.write() as other:
        second = claim(other)

    assert sorted(row.id for row in [*first, *second]) == ids


def test_many_at_once_share_the_rows_out(probes: Session, database: Database) -> None:
    ids = add_probes(probes, 60)
    probes.commit()

    def claim_some() -> list[int]:
        with database.write() as session:
            return [row.id for _ in range(5) for row in claim(session, limit=3)]

    with ThreadPoolExecutor(4) as threads:
        claimed = [task.result() for task in [threads.submit(claim_some) for _ in range(4)]]

    assert sorted(row_id for some in claimed for row_id in some) == ids


def test_a_lease_that_ran_out_makes_its_row_due_again(probes: Session) -> None:
    add_probes(probes, 1)

    first, second = claim(probes, lease_seconds=OVER), claim(probes)

    assert first[0].id == second[0].id
    assert first[0].lease != second[0].lease


def test_a_stale_worker_cannot_mark(probes: Session) -> None:
    add_probes(probes, 1)
    stale, held = claim(probes, lease_seconds=OVER), claim(probes)

    assert leases.mark_done(probes, Probe, stale, now=now(probes)) == 0
    assert only(probes).done_at is None
    assert leases.mark_done(probes, Probe, held, now=now(probes)) == 1
    assert only(probes).done_at is not None


def test_a_stale_worker_can_neither_delay_nor_park_nor_hold_on(probes: Session) -> None:
    add_probes(probes, 1)
    stale, held = claim(probes, lease_seconds=OVER), claim(probes)

    leases.retry(probes, Probe, stale[0], "no", now=now(probes))
    leases.park(probes, Probe, stale, "no", now=now(probes))

    assert leases.extend(probes, Probe, stale) == leases.release(probes, Probe, stale) == 0
    assert only(probes).lease == held[0].lease
    assert only(probes).last_error is None


def test_an_extended_lease_is_held_for_longer(probes: Session) -> None:
    add_probes(probes, 1)
    rows = claim(probes, lease_seconds=OVER)

    assert leases.extend(probes, Probe, rows, lease_seconds=30) == 1
    assert claim(probes) == []


def test_a_released_row_has_lost_no_try(probes: Session) -> None:
    add_probes(probes, 1)

    leases.release(probes, Probe, claim(probes))

    assert only(probes).attempts == 0
    assert len(claim(probes)) == 1


def test_each_claim_is_a_try(probes: Session) -> None:
    add_probes(probes, 1)
    lose(probes, 2)

    assert only(probes).attempts == 2


def test_a_failed_row_waits_before_its_next_try(probes: Session) -> None:
    add_probes(probes, 1)
    row, moment = claim(probes)[0], now(probes)

    assert not leases.retry(probes, Probe, row, ValueError("no"), now=moment)

    assert only(probes).due_at > moment
    assert only(probes).last_error == "ValueError: no"
    assert claim(probes) == []


def test_waits_double_with_jitter_up_to_an_hour() -> None:
    waits = [[backoff(attempt) for _ in range(50)] for attempt in (1, 2, 3, 30)]

    expected = [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4, LONGEST_WAIT]
    for some, about in zip(waits, expected, strict=True):
        assert about * 0.75 <= min(some) < max(some) <= about * 1.25


def test_a_row_is_parked_after_its_last_try(probes: Session) -> None:
    add_probes(probes, 1, attempts=2)

    parked = leases.retry(probes, Probe, claim(probes)[0], "no", now=now(probes), max_attempts=3)

    assert parked
    assert only(probes).parked_at is not None
    probes.execute(update(Probe).values(due_at=now(probes)))
    assert claim(probes) == []


def test_a_row_is_parked_when_it_is_too_old(probes: Session) -> None:
    limit = timedelta(days=3)
    add_probes(probes, 1, attempts=70, created_at=now(probes) - limit + timedelta(minutes=1))
    row, moment = claim(probes)[0], now(probes)

    assert not leases.retry(probes, Probe, row, "no", now=moment, give_up_after=limit)
    probes.rollback()
    later = moment + timedelta(minutes=2)
    assert leases.retry(probes, Probe, row, "no", now=later, give_up_after=limit)


def test_an_error_is_kept_without_addresses(probes: Session) -> None:
    add_probes(probes, 1)

    leases.retry(probes, Probe, claim(probes)[0], "550 <anna@post.example> no", now=now(probes))

    assert only(probes).last_error == "550 <[address]> no"


def test_a_row_that_lost_two_processes_is_claimed_alone(probes: Session) -> None:
    add_probes(probes, 3)
    lose(probes, 2)

    first, second = claim(probes), claim(probes)

    assert [len(first), len(second)] == [1, 1]
    assert first[0].id != second[0].id


def test_a_row_that_keeps_killing_is_parked_and_the_others_go_on(probes: Session) -> None:
    deadly = add_probes(probes, 1, lost=MOST_LOST - 1, lease="dead", due_at=now(probes))
    others = add_probes(probes, 2)

    rows = claim(probes)

    assert sorted(row.id for row in rows) == others
    parked = probes.scalars(select(Probe).where(Probe.parked_at.is_not(None))).one()
    assert parked.id == deadly[0]
    assert "died" in str(parked.last_error)


def test_a_failure_that_was_caught_is_no_lost_process(probes: Session) -> None:
    add_probes(probes, 1)
    for _ in range(MOST_LOST + 1):
        leases.retry(probes, Probe, claim(probes)[0], "no", now=now(probes), max_attempts=None)
        probes.execute(update(Probe).values(due_at=now(probes)))

    assert only(probes).lost == 0
