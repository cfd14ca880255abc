"""`flask serve` and `flask worker`: started, killed, refused."""

import os
import signal
import socket
import subprocess
import sys

import pytest
from sqlalchemy import text

from app.core.database import Database
from tests.cli.processes import Process, Start, answer, children, is_alive
from tests.ports import free_port
from tests.schema import ROOT
from tests.waiting import until


def refusal(process: Process) -> str:
    """Return the one thing that a command says which cannot go on."""
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said == ""
    return complaint.strip()


def test_serving_starts_the_engine_inside_and_ends_on_a_signal(start: Start) -> None:
    port = free_port()
    server = start("serve", "--port", str(port))
    until(lambda: answer(port))
    (child,) = children(server.pid)

    server.send_signal(signal.SIGTERM)

    assert server.wait(timeout=10) == 0
    assert not is_alive(child)


def test_a_killed_web_process_is_back_at_once(start: Start) -> None:
    port = free_port()
    server = start("serve", "--port", str(port))
    until(lambda: answer(port))
    (child,) = children(server.pid)

    os.kill(child, signal.SIGKILL)

    until(lambda: children(server.pid) not in ([], [child]) and answer(port))


def test_a_web_process_ends_with_the_one_that_watches_over_it(start: Start) -> None:
    port = free_port()
    server = start("serve", "--port", str(port))
    until(lambda: answer(port))
    (child,) = children(server.pid)

    server.kill()

    until(lambda: not is_alive(child), seconds=10)


def test_a_worker_makes_the_web_processes_ready(start: Start, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has its engine inside")
    port = free_port()
    start("serve", "--port", str(port), "--processes", "2", ENGINE="workers")
    until(lambda: answer(port, "/healthz"))
    assert not answer(port)

    worker = start("worker", "--name", "one", ENGINE="workers")
    until(lambda: answer(port))
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=10) == 0
    assert not answer(port)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_newer_database_is_refused(start: Start, database: Database, command: str) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.commit()
    engine = "embedded" if command == "serve" or database.is_sqlite else "workers"
    if command == "worker" and engine == "embedded":
        pytest.skip("SQLite has no workers")

    said = refusal(start(command, ENGINE=engine))

    assert "from a newer version" in said
    assert "\n" not in said


def test_a_taken_port_is_refused(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refusal(start("serve", "--port", str(taken.getsockname()[1])))

    assert "is taken" in said
    assert "\n" not in said


def test_an_embedded_engine_has_one_process(start: Start) -> None:
    assert "one process" in refusal(start("serve", "--processes", "2"))
    assert "does the work itself" in refusal(start("worker"))


def test_each_missing_setting_is_one_sentence(start: Start) -> None:
    said = refusal(start("serve", SECRET_KEY="short", SITE_URL="nowhere"))

    assert len(said.splitlines()) == 1
    assert said.startswith("UNWALLED_SITE_URL ")


def test_a_server_of_another_make_says_the_same(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", "import wsgi"]
    done = subprocess.run(
        command, env=environment | {"UNWALLED_SECRET_KEY": "short"}, cwd=ROOT, timeout=60,
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr.startswith("UNWALLED_SECRET_KEY is shorter")
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_one_sentence(start: Start) -> None:
    away = "postgresql://me:secret-word@127.0.0.1:1/news"

    said = refusal(start("serve", DATABASE_URL=away))

    assert said.startswith("The database news at 127.0.0.1:1 cannot be used")
    assert "secret-word" not in said
