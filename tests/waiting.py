"""Waiting for something to come true, by asking again and again."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def until(ask: Callable[[], Answer], seconds: float = 30) -> Answer:
    """Return the first answer that is true; fail if there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)
    return answer
