"""A pace that several threads keep together: so many calls a second, evenly spread."""

import threading
import time
from collections.abc import Callable


class Pace:
    """Lets callers through one by one.

    Args:
        per_second: How many at most.
        clock: Seconds that only go forward.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        per_second: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._gap = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._guard = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Wait for our turn; whoever is rarer than the pace does not wait at all."""
        with self._guard:
            present = self._clock()
            turn = max(present, self._next)
            self._next = turn + self._gap
        if turn > present:
            self._sleep(turn - present)
