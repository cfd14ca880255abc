"""A named place kills the process there and then; in production, and unnamed, none does."""

import os
import signal
import subprocess
import sys

import pytest

from app.core.failpoints import MODE, NAMED

PROGRAM = """
import atexit
from app.core.failpoints import failpoint
atexit.register(print, "ended")
failpoint("here")
print("went on")
"""


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    others = {name: value for name, value in os.environ.items() if name not in {NAMED, MODE}}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**others, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_named_place_kills_the_process_without_a_word() -> None:
    died = run(**{NAMED: "here", MODE: "development"})

    assert died.returncode == -signal.SIGKILL
    assert died.stdout == ""


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {MODE: "development"},
        {NAMED: "elsewhere", MODE: "development"},
        {NAMED: "here", MODE: "production"},
        {NAMED: "here"},
    ],
)
def test_nothing_else_does(environment: dict[str, str]) -> None:
    went_on = run(**environment)

    assert went_on.returncode == 0
    assert went_on.stdout == "went on\nended\n"
