"""Pages do not wait for Stripe in a crowd, nor while it is known to be silent."""

import threading
from typing import cast

import pytest

from app.payments.gateway import Gateway, GatewayDownError, GatewayError
from app.payments.patience import Patience


class Slow:
    """A gateway whose answer waits until it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.go = threading.Event()

    def portal(self, *_args: str) -> str:
        self.asked.release()
        assert self.go.wait(10)
        return "https://portal.example"


class Failing:
    """A gateway that fails as it is told to."""

    def __init__(self, error: GatewayError) -> None:
        self.error: GatewayError | None = error
        self.calls = 0

    def portal(self, *_args: str) -> str:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return "https://portal.example"


def patient(gateway: object, **values: object) -> Gateway:
    return cast("Gateway", Patience(cast("Gateway", gateway), **values))  # type: ignore[arg-type] # any of its settings


def test_more_than_a_few_at_once_are_turned_away() -> None:
    slow = Slow()
    gateway = patient(slow, at_once=2, place_seconds=0)
    threads = [
        threading.Thread(target=gateway.portal, args=("cus", "/", f"key{one}")) for one in range(2)
    ]
    for thread in threads:
        thread.start()
        assert slow.asked.acquire(timeout=10)

    with pytest.raises(GatewayDownError, match="Too many"):
        gateway.portal("cus", "/", "key")

    slow.go.set()
    for thread in threads:
        thread.join()
    assert gateway.portal("cus", "/", "key") == "https://portal.example"


def test_whoever_waits_a_moment_gets_the_next_place() -> None:
    slow = Slow()
    gateway = patient(slow, at_once=1)
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(gateway.portal("cus", "/", "key")))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert slow.asked.acquire(timeout=10)
    slow.go.set()
    for thread in threads:
        thread.join()

    assert answers == ["https://portal.example"] * 2


def test_silence_is_believed_for_a_while_and_then_tried_again() -> None:
    moment = [100]
    failing = Failing(GatewayDownError("timeout", "Nothing came."))
    gateway = patient(failing, silent_seconds=15, clock=lambda: moment[0])
    for _ in range(3):
        with pytest.raises(GatewayDownError):
            gateway.portal("cus", "/", "key")
    asked_while_silent = failing.calls

    failing.error, moment[0] = None, 115

    assert gateway.portal("cus", "/", "key") == "https://portal.example"
    assert asked_while_silent == 1


def test_a_plain_no_is_no_silence() -> None:
    failing = Failing(GatewayError("card", "No."))
    gateway = patient(failing)
    for _ in range(2):
        with pytest.raises(GatewayError):
            gateway.portal("cus", "/", "key")

    assert failing.calls == 2
