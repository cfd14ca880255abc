"""Jobs and lanes at work in this process, on both databases."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.core import bell, clock, engine, heartbeat, job_rows, jobs, leases
from app.core.clock import ClockOffset
from app.core.database import Database
from app.core.engine import Engine
from app.core.job_rows import JobRow
from app.core.jobs import enqueue, ring
from app.core.settings import Settings
from app.core.work import Cron, Job, Lane, Payload, Runtime, Work
from tests.core.probes import (
    add_probes,
    make_tables,
    note_job,
    notes,
    open_count,
    probe_lane,
    running,
)
from tests.schema import ROOT
from tests.waiting import until

WORK = Work(lanes=(probe_lane("here", 30),), jobs=(note_job("here"),))


@pytest.fixture
def probes(database: Database) -> Database:
    make_tables(database)
    return database


@pytest.fixture
def at_work(probes: Database, settings: Settings) -> Iterator[Engine]:
    with running(probes, settings, WORK) as started:
        yield started


def put(database: Database, **options: object) -> int:
    with database.write() as session:
        row_id = enqueue(session, "note", {"about": "a job"}, **options)  # type: ignore[arg-type] # handed on
        session.commit()
    return row_id


def row_of(database: Database, row_id: int) -> JobRow:
    with database.read() as session:
        return session.get_one(JobRow, row_id)


def is_done(database: Database, row_id: int) -> Callable[[], bool]:
    return lambda: row_of(database, row_id).done_at is not None


def workflows(database: Database) -> int:
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    with database.read() as session:
        counting = text(f"SELECT count(*) FROM {table} WHERE workflow_uuid LIKE 'job-%'")  # noqa: S608 - names of ours
        return int(session.scalar(counting) or 0)


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


def test_a_rung_lane_is_drained(at_work: Engine, probes: Database) -> None:
    with probes.write() as session:
        add_probes(session, 10)
        ring(session, "probe")
        session.commit()

    until(lambda: open_count(probes) == 0)

    assert len({one.about for one in notes(probes)}) == len(notes(probes)) == 10


def test_rows_whose_bell_was_lost_are_found_by_the_fallback(
    probes: Database, settings: Settings
) -> None:
    with running(probes, settings, WORK, fallback_seconds=1):
        bell.detach(probes.engine)
        with probes.write() as session:
            add_probes(session, 3)
            ring(session, "probe")
            session.commit()

        until(lambda: open_count(probes) == 0)


def test_a_job_whose_workflow_was_lost_is_found_by_the_fallback(
    probes: Database, settings: Settings
) -> None:
    row_id = put(probes)
    with probes.write() as session:
        table = "workflow_status" if probes.is_sqlite else "dbos.workflow_status"
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of ours
        session.commit()

    with running(probes, settings, WORK, fallback_seconds=1):
        until(is_done(probes, row_id))


def test_the_fallback_leaves_a_job_alone_that_stands_in_the_queue(
    probes: Database, settings: Settings
) -> None:
    row_id = put(probes)

    assert jobs.waiting(probes, [row_id, row_id + 1]) == {row_id}


def test_a_cron_runs_by_the_clock(probes: Database, settings: Settings) -> None:
    ran: list[Runtime] = []
    with running(probes, settings, Work(crons=(Cron("often", "* * * * * *", ran.append),))):
        until(lambda: len(ran) >= 2)

    assert ran[0].settings is settings


def test_a_cron_that_fails_runs_again(probes: Database, settings: Settings) -> None:
    ran: list[int] = []

    def fail_always(_runtime: Runtime) -> None:
        ran.append(1)
        raise ValueError

    with running(probes, settings, Work(crons=(Cron("often", "* * * * * *", fail_always),))):
        until(lambda: len(ran) >= 2)


def test_a_cron_that_is_gone_is_taken_off_the_schedule(
    probes: Database, settings: Settings
) -> None:
    ran: list[Runtime] = []
    with running(probes, settings, Work(crons=(Cron("often", "* * * * * *", ran.append),))):
        until(lambda: ran)

    with running(probes, settings, WORK):
        from dbos import DBOS  # noqa: PLC0415 - it takes a second to import

        names = {one["schedule_name"] for one in DBOS.list_schedules()}
    assert names == {engine.FALLBACK, engine.PRUNE}


def test_a_process_has_one_engine(at_work: Engine, probes: Database, settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        Engine(probes, settings, WORK).start()

    assert jobs.is_running()
    until(is_done(probes, put(probes)))


def test_an_engine_that_stopped_has_left_the_list(probes: Database, settings: Settings) -> None:
    with running(probes, settings, WORK), probes.read() as session:
        assert heartbeat.is_any_alive(session)
        assert [one.executor for one in heartbeat.everyone(session)] == ["embedded"]

    with probes.read() as session:
        assert not heartbeat.is_any_alive(session)
    assert not jobs.is_running()


def test_stopping_waits_for_the_batch_in_hand(probes: Database, settings: Settings) -> None:
    with running(probes, settings, WORK):
        with probes.write() as session:
            add_probes(session, 8, seconds=0.5)
            ring(session, "probe")
            session.commit()
        until(lambda: notes(probes))

    assert all(one.ended_at for one in notes(probes))
    assert open_count(probes) == 4


def test_a_job_that_does_not_end_is_left_to_its_lease(probes: Database, settings: Settings) -> None:
    entered, let_go = threading.Event(), threading.Event()

    def wait(_runtime: Runtime, _payload: Payload) -> None:
        entered.set()
        let_go.wait(20)

    started = Engine(probes, settings, Work(jobs=(Job("note", wait),)))
    started.start()
    row_id = put(probes)
    assert entered.wait(20)

    assert not started.stop(seconds=0.1)
    assert row_of(probes, row_id).done_at is None
    let_go.set()


def test_old_workflows_and_jobs_are_deleted(
    at_work: Engine, probes: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(is_done(probes, put(probes)))
    monkeypatch.setattr(jobs, "FINISHED_KEPT", timedelta(seconds=-60))
    monkeypatch.setattr(job_rows, "KEPT", timedelta(seconds=-60))
    until(lambda: jobs.waiting(probes, [1]) == set())

    at_work.tick(engine.PRUNE)

    until(lambda: workflows(probes) == 0)
    with probes.read() as session:
        assert session.scalars(select(JobRow)).all() == []


def test_lanes_have_the_runtime(probes: Database, settings: Settings) -> None:
    seen: list[Runtime] = []

    def drain(runtime: Runtime) -> int:
        seen.append(runtime)
        return 0

    with running(probes, settings, Work(lanes=(Lane("one", drain),))):
        until(lambda: seen)

    assert (seen[0].database, seen[0].settings) == (probes, settings)
