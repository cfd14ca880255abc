"""Draining lanes: one drain of a lane at a time in each process, until nothing is due."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from app.core.work import Lane, Runtime

BUDGET_SECONDS = 10.0
PACE = 330
LATELY_SECONDS = 1.0

log = structlog.get_logger(__name__)


@dataclass
class _State:
    lane: Lane
    busy: bool = False
    again: bool = False
    rung_at: float = 0.0


class Drains:
    """The lanes of one process.

    Args:
        runtime: Handed to the lanes.
        lanes: All of them.
        ring: Called when a drain spent its time and more is due, and, if there are helpers,
            after every batch but the first, so that other processes come to help.
        helpers: Whether other processes drain the same lanes. Where none does, this process
            serves the site as well, and a lane into which more keeps coming rests between batches
            so that it works on PACE rows a second: the rest of the interpreter is the readers'.
    """

    def __init__(
        self, runtime: Runtime, lanes: Iterable[Lane], ring: Callable[[str], None], *, helpers: bool
    ) -> None:
        self._runtime = runtime
        self._states = {lane.name: _State(lane) for lane in lanes}
        self._ring = ring
        self._helpers = helpers
        self._changed = threading.Condition()
        self._stopping = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all lanes."""
        return tuple(self._states)

    def joins(self, name: str) -> bool:
        """Tell whether a drain under way in this process takes care of what was just rung."""
        with self._changed:
            state = self._states.get(name)
            if state is None or not state.busy:
                return False
            _note(state)
            return True

    def drain(self, name: str) -> None:
        """Work on a lane until nothing is due; a surplus call returns at once, and is heeded."""
        with self._changed:
            state = self._states.get(name)
            if state is None or self._stopping:
                return
            _note(state)
            if state.busy:
                return
            state.busy = True
        try:
            self._work(state)
        except Exception:
            log.exception("a lane failed", lane=name)
            if self._free(state):
                self._ring(name)  # somebody relied on this drain
        except BaseException:
            self._free(state)
            raise

    def stop(self, seconds: float) -> bool:
        """End each drain after the batch in hand; return whether all ended in time."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            return self._changed.wait_for(
                lambda: not any(state.busy for state in self._states.values()), seconds
            )

    def _work(self, state: _State) -> None:
        deadline = time.monotonic() + BUDGET_SECONDS
        batches = 0
        while self._goes_on(state):
            if time.monotonic() > deadline:
                self._free(state)
                self._ring(state.lane.name)
                return
            begun = time.monotonic()
            rows = state.lane.drain(self._runtime)
            if rows >= state.lane.batch:
                batches += 1
                with self._changed:
                    state.again = True
                if self._helpers and batches > 1:
                    self._ring(state.lane.name)
            if not self._helpers:
                self._rest(state, begun + rows / PACE)

    def _rest(self, state: _State, until: float) -> None:
        """Wait until then, or until nothing has come in lately."""
        with self._changed:
            until = min(until, state.rung_at + LATELY_SECONDS)
            self._changed.wait_for(lambda: self._stopping, max(0.0, until - time.monotonic()))

    def _goes_on(self, state: _State) -> bool:
        """Tell whether another batch is wanted; if not, the lane is free in the same moment."""
        with self._changed:
            if state.again and not self._stopping:
                state.again = False
                return True
            self._free(state)
            return False

    def _free(self, state: _State) -> bool:
        """Let others drain the lane; return whether it was rung for since the last batch."""
        with self._changed:
            missed = state.again
            state.busy = state.again = False
            self._changed.notify_all()
            return missed


def _note(state: _State) -> None:
    state.again = True
    state.rung_at = time.monotonic()
