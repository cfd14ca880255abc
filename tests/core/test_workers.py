"""Engines in processes of their own, killed in the middle of their work."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from app.core import clock, jobs
from app.core.bell import Bell
from app.core.database import Database
from app.core.jobs import enqueue, ring
from tests.core.probes import Note, add_probes, make_tables, notes, open_count
from tests.schema import ROOT
from tests.waiting import until

Process = subprocess.Popen[str]
Start = Callable[..., Process]


@pytest.fixture
def start(database: Database, tmp_path: Path) -> Iterator[Start]:
    """Start an engine in a process of its own; whatever still runs at the end is killed."""
    make_tables(database)
    url = database.engine.url.render_as_string(hide_password=False)
    started: list[Process] = []

    def begin(name: str, *options: str, mode: str = "workers") -> Process:
        command = [sys.executable, "-m", "tests.core.engine_process", url, mode, name, *options]
        with (tmp_path / f"{name}.log").open("a") as errors:
            one = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT
            )
        started.append(one)
        return one

    yield begin
    for one in started:
        one.kill()
        one.wait()
        assert one.stdout is not None
        one.stdout.close()


@pytest.fixture
def postgresql_only(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one process with an engine")


def ready(*processes: Process) -> None:
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"


def put(database: Database, count: int, seconds: float = 0) -> None:
    with database.write() as session:
        add_probes(session, count, seconds=seconds)
        ring(session, "probe")
        session.commit()


def in_work(database: Database) -> list[Note]:
    return [one for one in notes(database) if one.ended_at is None]


def kill(process: Process) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def moment(database: Database) -> datetime:
    with database.read() as session:
        return clock.now(session)


def assert_none_at_once(database: Database, killed_at: datetime) -> None:
    """No row was worked on again before its first work had ended, or its process had died."""
    spans: dict[str, list[Note]] = {}
    for one in notes(database):
        spans.setdefault(one.about, []).append(one)
    for of_one_row in spans.values():
        for earlier, later in pairwise(of_one_row):
            assert (earlier.ended_at or killed_at) <= later.started_at


def test_work_killed_in_mid_batch_is_done_once_the_process_is_back(
    start: Start, database: Database
) -> None:
    put(database, 4, seconds=60)
    first = start("first", mode="embedded")
    ready(first)
    until(lambda: in_work(database))
    kill(first)
    killed_at = moment(database)
    assert open_count(database) == 4

    ready(start("second", mode="embedded"))
    until(lambda: open_count(database) == 0)

    assert {one.worker for one in notes(database) if one.ended_at} == {"second"}
    assert_none_at_once(database, killed_at)


def test_a_job_killed_in_mid_work_is_run_again(start: Start, database: Database) -> None:
    with database.write() as session:
        enqueue(session, "note", {"about": "hang"})
        session.commit()
    first = start("first", mode="embedded")
    ready(first)
    until(lambda: notes(database, "hang"))
    kill(first)

    ready(start("second", mode="embedded"))

    until(lambda: [one.worker for one in notes(database, "hang")] == ["first", "second"])


@pytest.mark.usefixtures("postgresql_only")
def test_the_rows_of_a_worker_killed_for_good_are_done_by_the_others(
    start: Start, database: Database
) -> None:
    workers = {name: start(name) for name in ("one", "two", "three")}
    ready(*workers.values())
    put(database, 4, seconds=60)
    held = until(lambda: in_work(database))
    kill(workers[held[0].worker])
    killed_at = moment(database)
    put(database, 60, seconds=0.02)

    until(lambda: open_count(database) == 0, seconds=60)

    others = {one.worker for one in notes(database) if one.started_at > killed_at}
    assert others <= set(workers) - {held[0].worker}
    assert {one.about for one in held} <= {one.about for one in notes(database) if one.ended_at}
    assert_none_at_once(database, killed_at)


@pytest.mark.usefixtures("postgresql_only")
def test_workers_share_a_backlog(start: Start, database: Database) -> None:
    put(database, 120, seconds=0.1)
    ready(start("one"), start("two"))

    until(lambda: open_count(database) == 0)

    assert {one.worker for one in notes(database)} == {"one", "two"}
    assert_none_at_once(database, moment(database))


@pytest.mark.usefixtures("postgresql_only")
def test_a_cron_fires_once_over_all_workers(start: Start, database: Database) -> None:
    ready(*[start(name, "--cron") for name in ("one", "two", "three")])

    until(lambda: len(notes(database, "cron")) >= 6)
    ticks = notes(database, "cron")

    seconds = (ticks[-1].started_at - ticks[0].started_at).total_seconds()
    assert len(ticks) <= seconds + 2


@pytest.mark.usefixtures("postgresql_only")
def test_a_web_process_rings_the_workers_elsewhere(start: Start, database: Database) -> None:
    ready(start("one", "--fallback", "30"))
    until(lambda: moment(database).second % 30 < 25)
    jobs.ring_from_afar(database)

    put(database, 3)

    until(lambda: open_count(database) == 0, seconds=5)


@pytest.mark.usefixtures("postgresql_only")
def test_a_dead_workers_drain_does_not_hold_up_the_next(start: Start, database: Database) -> None:
    send = jobs.sender(database)
    one = start("one", "--fallback", "30")
    ready(one)
    put(database, 4, seconds=60)
    send("probe")
    until(lambda: in_work(database))
    kill(one)

    ready(start("two", "--fallback", "30"))
    put(database, 4)
    ringing = Bell(send)
    ringing.ring("probe")

    until(lambda: open_count(database) <= 4)
    ringing.stop()


@pytest.mark.usefixtures("postgresql_only")
def test_two_rings_within_a_moment_are_one_drain(database: Database) -> None:
    send = jobs.sender(database)

    sent = until(lambda: both if True in (both := [send("probe"), send("probe")]) else None)

    assert sent in ([True, False], [True, True])
    assert not all(send("probe") for _ in range(20))


def test_an_engine_told_to_stop_ends_by_itself(start: Start, database: Database) -> None:
    one = start("one", mode="embedded")
    ready(one)
    put(database, 4, seconds=0.5)
    until(lambda: in_work(database) or open_count(database) == 0)

    one.send_signal(signal.SIGTERM)

    assert one.wait(timeout=10) == 0
    assert in_work(database) == []


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("postgresql_only")
def test_a_storm_of_kills_loses_nothing(start: Start, database: Database) -> None:
    put(database, 2_000, seconds=0.05)
    for storm in range(8):
        workers = [start(f"{storm}-{number}") for number in range(3)]
        ready(*workers)
        until(lambda: in_work(database))
        for one in workers:
            kill(one)
    ready(start("last"), start("very-last"))

    until(lambda: open_count(database) == 0, seconds=300)

    assert {one.about for one in notes(database) if one.ended_at} == {
        one.about for one in notes(database)
    }
