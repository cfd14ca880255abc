"""`make run`'s own process: what it starts, what it says, and that it ends all of it."""

import ctypes
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.parse
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.newsroom import PATIENCE, Ports, copy_project, fetch, running, start, until


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "a clone")


def refusal(clone: Path, ports: Ports, **settings: str) -> str:
    """Start what cannot start; return the one thing it says."""
    process = start(clone, ports, **settings)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode not in {0, None}
    return said.strip()


def first_list(clone: Path) -> str:
    with closing(sqlite3.connect(clone / "instance/unwalled.sqlite3")) as database:
        (slug,) = database.execute("SELECT slug FROM newsletter ORDER BY position").fetchone()
    return str(slug)


def test_one_command_serves_the_newsroom_and_one_signal_ends_it(clone: Path) -> None:
    with running(clone) as newsroom:
        assert newsroom.url in newsroom.said
        assert newsroom.mailbox in newsroom.said
        assert newsroom.stripe in newsroom.said
        assert "\x1b" not in newsroom.said
        assert "18,412" in fetch(newsroom.url)
        assert json.loads(fetch(f"{newsroom.url}/goal.json"))["members"] == 18_412

        newsroom.process.send_signal(signal.SIGTERM)
        assert newsroom.process.wait(PATIENCE) == 0
        assert not newsroom.ports.anything_listens()


def test_a_sign_up_ends_in_the_mailbox(clone: Path) -> None:
    with running(clone) as newsroom:
        form = urllib.parse.urlencode({"email": "olha@example.com"}).encode()
        address = f"{newsroom.url}/newsletters/{first_list(clone)}/subscribe"
        with urllib.request.urlopen(address, data=form, timeout=10) as answer:
            assert "/newsletters/waiting/" in answer.url

        (mail,) = until(lambda: newsroom.mails_to("olha@example.com"))
        source = fetch(f"{newsroom.mailbox}/messages/{mail['id']}.eml")

    assert "/newsletters/confirm/" in source


def secrets_in(clone: Path) -> list[str]:
    lines = (clone / "instance/settings.env").read_text().splitlines()
    return [line for line in lines if "_KEY=" in line]


def test_a_second_start_finds_all_as_it_was_and_a_command_works_beside_it(clone: Path) -> None:
    with running(clone) as newsroom:
        before = secrets_in(clone)
        newsroom.process.send_signal(signal.SIGINT)
        newsroom.process.wait(PATIENCE)
    with running(clone) as newsroom:
        assert json.loads(fetch(f"{newsroom.url}/goal.json"))["members"] == 18_412
        shown = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "goal", "show"],
            cwd=clone, capture_output=True, text=True, check=True, timeout=PATIENCE,
        )  # fmt: skip

    assert "18,412" in shown.stdout
    assert secrets_in(clone) == before
    assert "UNWALLED_WEBHOOKS_PRIVATE=yes" in (clone / "instance/settings.env").read_text()
    assert (clone / "instance/settings.env").stat().st_mode & 0o077 == 0


def test_what_it_started_ends_even_if_it_is_killed(clone: Path) -> None:
    with running(clone) as newsroom:
        newsroom.process.kill()
        newsroom.process.wait()

        assert until(lambda: not newsroom.ports.anything_listens())


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are named by Linux")
def test_a_signal_that_reaches_another_of_its_threads_ends_it_too(clone: Path) -> None:
    with running(clone) as newsroom:
        main = newsroom.process.pid
        other = next(int(one.name) for one in Path(f"/proc/{main}/task").iterdir()
                     if int(one.name) != main)  # fmt: skip

        assert ctypes.CDLL(None).tgkill(main, other, signal.SIGTERM) == 0
        assert newsroom.process.wait(PATIENCE) == 0
        assert not newsroom.ports.anything_listens()


@pytest.mark.parametrize("name", ["site", "mail", "mailbox", "stripe"])
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


def test_a_database_that_is_none_is_one_sentence(clone: Path) -> None:
    (clone / "instance").mkdir()
    (clone / "instance/unwalled.sqlite3").write_text("no database at all, only words " * 40)

    said = refusal(clone, Ports())

    assert "not a database" in said
    assert "\n" not in said


@pytest.mark.parametrize("port", ["0", "65536", "eighty", ""])
def test_a_port_that_is_none_is_named(clone: Path, port: str) -> None:
    ports = Ports()
    ports.site = port  # type: ignore[assignment] # what somebody might type

    assert "is no port" in refusal(clone, ports)
