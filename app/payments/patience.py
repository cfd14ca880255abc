"""The gateway for pages: few wait for Stripe at once, and nobody while it is known to be silent."""

import threading
import time
from collections.abc import Callable
from typing import Any

from app.payments.gateway import Gateway, GatewayDownError

MOST_AT_ONCE = 3
PLACE_SECONDS = 2
SILENT_SECONDS = 15


def _seconds() -> int:
    return time.monotonic_ns() // 10**9


class Patience:
    """A gateway of another's: each call gets an answer soon, or a `GatewayDownError` at once.

    A page that waits holds a thread of the web server's. So only so many may wait at a time, and
    after a call that found Stripe silent, none is tried for a while.

    Args:
        gateway: Who is asked.
        at_once: How many calls may be on their way.
        place_seconds: How long to wait for a place among them.
        silent_seconds: How long silence is believed.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        at_once: int = MOST_AT_ONCE,
        place_seconds: int = PLACE_SECONDS,
        silent_seconds: int = SILENT_SECONDS,
        clock: Callable[[], int] = _seconds,
    ) -> None:
        self._gateway = gateway
        self._places = threading.BoundedSemaphore(at_once)
        self._place_seconds = place_seconds
        self._silent_seconds = silent_seconds
        self._clock = clock
        self._silent_until = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any of the gateway's calls
        """Return one of the gateway's calls, made patient."""
        call = getattr(self._gateway, name)

        def patient(*args: object, **kwargs: object) -> object:
            return self._ask(lambda: call(*args, **kwargs))

        return patient

    def _ask(self, question: Callable[[], object]) -> object:
        if self._clock() < self._silent_until:
            raise GatewayDownError("silent", "Stripe did not answer a moment ago.")
        if not self._places.acquire(timeout=self._place_seconds):
            raise GatewayDownError("busy", "Too many wait for Stripe already.")
        try:
            return question()
        except GatewayDownError:
            self._silent_until = self._clock() + self._silent_seconds
            raise
        finally:
            self._places.release()
