"""The engine in this process, on both databases: lanes, fallback, crons, start and stop."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.core import bell, engine, heartbeat, job_rows, jobs
from app.core.database import Database
from app.core.engine import Engine
from app.core.job_rows import JobRow
from app.core.jobs import ring
from app.core.settings import Settings
from app.core.work import Cron, Job, Lane, Payload, Runtime, Work
from tests.core.job_rows import WORK, is_done, put, row_of, workflows
from tests.core.probes import (
    add_probes,
    aside,
    notes,
    open_count,
    running,
)
from tests.waiting import until


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

        names = {one["schedule_name"] for one in aside(DBOS.list_schedules)}
    assert names == {engine.FALLBACK, engine.PRUNE}


def test_a_process_has_one_engine(at_work: Engine, probes: Database, settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        aside(Engine(probes, settings, WORK).start)

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
    aside(started.start)
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
