"""Jobs in this process, on both databases: enqueued, run, tried again, parked."""

import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import clock, leases
from app.core.clock import ClockOffset
from app.core.database import Database
from app.core.engine import Engine
from app.core.job_rows import JobRow
from app.core.jobs import enqueue
from app.core.settings import Settings
from app.core.work import Job, Payload, Runtime, Work
from tests.core.job_rows import WORK, is_done, put, row_of, workflows
from tests.core.probes import (
    notes,
    running,
)
from tests.schema import ROOT
from tests.waiting import until


def fail(_runtime: Runtime, _payload: Payload) -> None:
    msg = "not today"
    raise ValueError(msg)


def test_a_rollback_leaves_no_row_and_no_workflow(database: Database, session: Session) -> None:
    enqueue(session, "note", {"about": "nothing"})
    session.rollback()

    assert session.scalars(select(JobRow)).all() == []
    assert workflows(database) == 0


def test_a_commit_leaves_one_row_and_one_workflow(database: Database) -> None:
    row = row_of(database, put(database))

    assert (row.name, row.payload, row.attempts) == ("note", {"about": "a job"}, 0)
    assert workflows(database) == 1


def test_a_job_runs_once_it_is_committed(at_work: Engine, probes: Database) -> None:
    row_id = put(probes)

    until(is_done(probes, row_id))

    assert [one.about for one in notes(probes)] == ["a job"]
    assert row_of(probes, row_id).lease is None


def test_a_job_enqueued_by_a_plain_process_runs(at_work: Engine, probes: Database) -> None:
    code = (
        "import sys; from app.core.database import Database; from app.core.jobs import enqueue\n"
        "with Database(sys.argv[1]).write() as session:\n"
        "    enqueue(session, 'note', {'about': 'from afar'}); session.commit()"
    )
    url = probes.engine.url.render_as_string(hide_password=False)
    subprocess.run([sys.executable, "-c", code, url], check=True, cwd=ROOT, timeout=60)

    until(lambda: [one.about for one in notes(probes)] == ["from afar"])


def test_one_key_has_one_open_job(database: Database) -> None:
    first, second = put(database, unique="import:1"), put(database, unique="import:1")
    other = put(database, unique="import:2")

    assert first == second != other
    assert workflows(database) == 2


@pytest.mark.parametrize("ended", ["done_at", "parked_at"])
def test_a_key_is_free_again_when_its_job_ended(database: Database, ended: str) -> None:
    first = put(database, unique="import:1")
    with database.write() as session:
        session.execute(update(JobRow).values({ended: clock.now(session)}))
        session.commit()

    assert put(database, unique="import:1") != first


def test_a_delayed_job_waits(at_work: Engine, probes: Database) -> None:
    later = put(probes, delay=timedelta(seconds=2))
    until(is_done(probes, put(probes)))
    assert row_of(probes, later).done_at is None

    until(is_done(probes, later))

    row = row_of(probes, later)
    assert notes(probes)[-1].started_at - row.created_at >= timedelta(seconds=1)


def test_a_clock_moved_ahead_makes_a_delayed_job_run(probes: Database, settings: Settings) -> None:
    later = put(probes, delay=timedelta(days=20))
    with probes.write() as session:
        session.add(ClockOffset(id=1, seconds=21 * 86_400))
        session.commit()

    with running(probes, settings, WORK):
        until(is_done(probes, later))


def test_a_job_that_failed_is_tried_again(
    probes: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "FIRST_WAIT", timedelta(milliseconds=100))
    tries: list[Payload] = []

    def fail_twice(runtime: Runtime, payload: Payload) -> None:
        tries.append(payload)
        if len(tries) < 3:
            fail(runtime, payload)

    with running(probes, settings, Work(jobs=(Job("note", fail_twice),))):
        row_id = put(probes)
        until(is_done(probes, row_id))

    assert row_of(probes, row_id).attempts == len(tries) == 3


def test_a_job_that_always_fails_is_parked_and_says_why(
    probes: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "FIRST_WAIT", timedelta(milliseconds=100))
    with running(probes, settings, Work(jobs=(Job("note", fail, max_attempts=2),))):
        row_id = put(probes)
        until(lambda: row_of(probes, row_id).parked_at)

    row = row_of(probes, row_id)
    assert (row.attempts, row.last_error) == (2, "ValueError: not today")


def test_a_job_that_killed_its_process_too_often_is_parked(
    at_work: Engine, probes: Database
) -> None:
    row_id = put(probes, delay=timedelta(hours=1))
    with probes.write() as session:
        session.execute(update(JobRow).values(attempts=8, due_at=clock.now(session)))
        session.commit()

    at_work.run(row_id)

    assert "its process died" in str(row_of(probes, row_id).last_error)
    assert notes(probes) == []


def test_an_unknown_job_is_parked(probes: Database, settings: Settings) -> None:
    with running(probes, settings, Work()):
        row_id = put(probes)
        until(lambda: row_of(probes, row_id).parked_at)

    assert row_of(probes, row_id).last_error == "no such job"


def test_a_job_that_is_done_or_taken_is_not_run_again(at_work: Engine, probes: Database) -> None:
    row_id = put(probes)
    until(is_done(probes, row_id))

    at_work.run(row_id)

    assert len(notes(probes)) == 1


def test_a_long_job_keeps_its_lease(probes: Database, settings: Settings) -> None:
    held: list[object] = []

    def wait(runtime: Runtime, payload: Payload) -> None:
        row_id = int(payload["row"])
        first = row_of(probes, row_id).leased_until
        until(lambda: row_of(probes, row_id).leased_until != first)
        held.append(row_of(probes, row_id).lease)

    with running(probes, settings, Work(jobs=(Job("note", wait),))):
        with probes.write() as session:
            row_id = enqueue(session, "note", {"row": 1})
            session.commit()
        until(is_done(probes, row_id))

    assert len(held) == 1
