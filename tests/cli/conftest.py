"""Commands of ours as processes, on each database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.processes import Process, Start, children
from tests.schema import ROOT

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("UNWALLED")}
    settings = {
        "MODE": "development",
        "ENGINE": "embedded",
        "SECRET_KEY": "a secret for tests alone, long enough",
        "PERMANENT_KEY": "another secret for tests, for hashes",
        "DATABASE_URL": database_url,
        "SITE_URL": "http://localhost",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "The Test Post <post@test.example>",
        "ADDRESS_DNS": "no",
        "MEDIA_DIR": str(tmp_path),
        "PRIVATE_DIR": str(tmp_path / "private"),
    }
    return kept | {f"UNWALLED_{name}": text for name, text in settings.items()}


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Start a command; whatever still runs at the end is killed, children and all."""
    started: list[Process] = []

    def begin(*words: str, **settings: str) -> Process:
        ours = environment | {f"UNWALLED_{name}": text for name, text in settings.items()}
        one = subprocess.Popen(
            [*FLASK, *words], env=ours, cwd=ROOT, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(one)
        return one

    yield begin
    for one in started:
        for process in (one.pid, *children(one.pid)):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        one.communicate()
