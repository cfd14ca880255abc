"""`make run`'s own process: what it starts, what it says, and that it ends all of it."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PARTS = ("app", "migrations", "templates", "alembic.ini", "wsgi.py")
PATIENCE = 90

pytestmark = pytest.mark.xdist_group("running")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a copy of the project in a folder with a space in its name, with no instance."""
    target = tmp_path / "a clone"
    target.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, copy_function=os.link)
        else:
            shutil.copy2(source, target / part)
    return target


class Ports:
    """Three ports of the loopback, free when they were chosen."""

    def __init__(self) -> None:
        self.site, self.mail, self.mailbox = free_port(), free_port(), free_port()

    @property
    def arguments(self) -> list[str]:
        return [
            "--port", str(self.site), "--mail-port", str(self.mail),
            "--mailbox-port", str(self.mailbox),
        ]  # fmt: skip

    def anything_listens(self) -> bool:
        return any(listens(port) for port in (self.site, self.mail, self.mailbox))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(clone: Path, ports: Ports) -> subprocess.Popen[str]:
    environment = {name: one for name, one in os.environ.items() if "UNWALLED" not in name}
    return subprocess.Popen(
        [sys.executable, "-m", "app.sandbox.running", *ports.arguments],
        cwd=clone, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@contextmanager
def running(clone: Path) -> Iterator[tuple[subprocess.Popen[str], Ports, str]]:
    ports = Ports()
    process = start(clone, ports)
    said = ""
    try:
        assert process.stdout is not None
        while "Ctrl-C ends everything" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield process, ports, said
    finally:
        process.kill() if process.poll() is None else None
        process.wait()
        until(lambda: not ports.anything_listens())


Found = TypeVar("Found")


def until(holds: Callable[[], Found]) -> Found:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come to hold")


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def refusal(clone: Path, ports: Ports) -> str:
    process = start(clone, ports)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode not in {0, None}
    assert "Traceback" not in said
    return said.strip()


def test_one_command_serves_the_newsroom_and_one_signal_ends_it(clone: Path) -> None:
    with running(clone) as (process, ports, said):
        site = f"http://localhost:{ports.site}"
        assert site in said
        assert f"http://127.0.0.1:{ports.mailbox}/" in said
        assert "\x1b" not in said
        assert "18,412" in fetch(f"{site}/")
        assert json.loads(fetch(f"{site}/goal.json"))["members"] == 18_412

        form = urllib.parse.urlencode({"email": "olha@example.org"}).encode()
        slug = newsletter_slug(clone)
        fetch_form = urllib.request.Request(f"{site}/newsletters/{slug}/subscribe", data=form)
        with urllib.request.urlopen(fetch_form, timeout=10) as answer:
            assert "/newsletters/waiting/" in answer.url
        mails = until(lambda: json.loads(fetch(f"http://127.0.0.1:{ports.mailbox}/messages.json")))
        assert [mail["to"] for mail in mails] == ["olha@example.org"]

        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert not ports.anything_listens()


def newsletter_slug(clone: Path) -> str:
    with closing(sqlite3.connect(clone / "instance/unwalled.sqlite3")) as database:
        (slug,) = database.execute("SELECT slug FROM newsletter ORDER BY position").fetchone()
    return str(slug)


def test_a_second_start_finds_all_as_it_was_and_a_command_works_beside_it(clone: Path) -> None:
    with running(clone) as (process, _ports, _said):
        before = (clone / "instance/settings.env").read_text()
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
    with running(clone) as (_process, ports, _said):
        after = (clone / "instance/settings.env").read_text()
        assert json.loads(fetch(f"http://localhost:{ports.site}/goal.json"))["members"] == 18_412
        shown = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "goal", "show"],
            cwd=clone, capture_output=True, text=True, check=True, timeout=PATIENCE,
        )  # fmt: skip
        assert "18,412" in shown.stdout
    assert secrets_of(before) == secrets_of(after)


def secrets_of(settings: str) -> list[str]:
    return [line for line in settings.splitlines() if "_KEY=" in line]


def test_what_it_started_ends_even_if_it_is_killed(clone: Path) -> None:
    with running(clone) as (process, ports, _said):
        process.kill()
        process.wait()

        until(lambda: not ports.anything_listens())


@pytest.mark.parametrize("name", ["site", "mail", "mailbox"])
def test_a_port_that_is_taken_is_one_sentence(clone: Path, name: str) -> None:
    ports = Ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", getattr(ports, name)))
        taken.listen()
        said = refusal(clone, ports)

    assert said.startswith(f"Port {getattr(ports, name)} is taken")
    assert "\n" not in said
    assert not (clone / "instance").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(clone: Path) -> None:
    (clone / "instance").write_text("a file stands where the folder should be")

    said = refusal(clone, Ports())

    assert "cannot be written" in said
    assert "\n" not in said


def test_a_database_from_a_newer_version_is_one_sentence(clone: Path) -> None:
    (clone / "instance").mkdir()
    with closing(sqlite3.connect(clone / "instance/unwalled.sqlite3")) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
        database.commit()

    said = refusal(clone, Ports())

    assert "newer" in said
    assert "\n" not in said


@pytest.mark.parametrize("port", ["0", "65536", "eighty", ""])
def test_a_port_that_is_none_is_named(clone: Path, port: str) -> None:
    ports = Ports()
    ports.site = port  # type: ignore[assignment] # what somebody might type

    assert "is no port" in refusal(clone, ports)
