"""The demo newsroom, really running: the process behind `make run`, in a copy of the project."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
PARTS = ("app", "migrations", "templates", "alembic.ini", "wsgi.py")
PATIENCE = 90
STARTED = "Ctrl-C ends everything"

Found = TypeVar("Found")


def copy_project(target: Path) -> Path:
    """Copy what runs into a new folder, without what an earlier run left; return the folder."""
    target.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part)
        else:
            shutil.copy2(source, target / part)
    return target


class Ports:
    """Ports of the loopback, free when they were chosen."""

    def __init__(self) -> None:
        self.site, self.mail, self.mailbox = free_port(), free_port(), free_port()
        self.stripe = free_port()

    @property
    def arguments(self) -> list[str]:
        """How the process is told of them."""
        pairs = {"--port": self.site, "--mail-port": self.mail, "--mailbox-port": self.mailbox}
        pairs["--stripe-port"] = self.stripe
        return [word for name, port in pairs.items() for word in (name, str(port))]

    def anything_listens(self) -> bool:
        """Tell whether any of them is answered."""
        return any(listens(port) for port in (self.site, self.mail, self.mailbox, self.stripe))


def listens(port: int) -> bool:
    """Tell whether a port of the loopback is answered."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(clone: Path, ports: Ports, **settings: str) -> subprocess.Popen[str]:
    """Start the process behind `make run`, with no setting in its environment but those named."""
    environment = {name: one for name, one in os.environ.items() if "UNWALLED" not in name}
    environment |= {f"UNWALLED_{name}": one for name, one in settings.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "app.sandbox.running", *ports.arguments],
        cwd=clone, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@dataclass(frozen=True)
class Newsroom:
    """A running newsroom and what it said when it had started."""

    clone: Path
    ports: Ports
    process: subprocess.Popen[str]
    said: str

    @property
    def url(self) -> str:
        """Where readers find it."""
        return f"http://localhost:{self.ports.site}"

    @property
    def mailbox(self) -> str:
        """Where its mail is shown."""
        return f"http://127.0.0.1:{self.ports.mailbox}"

    @property
    def stripe(self) -> str:
        """Where the stand-in for Stripe is."""
        return f"http://127.0.0.1:{self.ports.stripe}"

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """Return the mails that an address got, newest first."""
        listed: list[dict[str, Any]] = json.loads(fetch(f"{self.mailbox}/messages.json"))
        return [mail for mail in listed if mail["to"] == address]


@contextmanager
def running(clone: Path, **settings: str) -> Iterator[Newsroom]:
    """Run a newsroom until the block ends; nothing of it is left behind."""
    ports = Ports()
    process = start(clone, ports, **settings)
    said, hearing = "", Thread(target=_hear, args=(process,), daemon=True)
    try:
        while STARTED not in said:
            line = process.stdout.readline() if process.stdout else ""
            assert line, f"it ended at its start: {said}"
            said += line
        hearing.start()
        yield Newsroom(clone, ports, process, said)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        if hearing.is_alive():
            hearing.join(PATIENCE)
        if process.stdout:
            process.stdout.close()
        until(lambda: not ports.anything_listens())


def _hear(process: subprocess.Popen[str]) -> None:
    """Read on, lest the process wait for a reader; a test that fails shows what it said."""
    if process.stdout is not None:
        for line in process.stdout:
            print(line, end="")  # noqa: T201 - pytest keeps it until it is wanted


def until(holds: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """Ask again and again until the answer is true; return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"it did not come to hold within {seconds} seconds")


def fetch(url: str) -> str:
    """Return what an address answers, as text."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())
