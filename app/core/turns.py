"""Writers of SQLite in one process take turns, in the order they came.

SQLite itself lets a writer that finds the file locked sleep and try again, for longer each time:
under load the unlucky ones waited for seconds while others overtook them. Whoever writes from
another process still goes by SQLite's way.
"""

import sqlite3
import threading
from collections import deque


class Turns:
    """A lock that is handed on in the order it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def take(self, seconds: float) -> bool:
        """Wait for our turn; return whether it came in time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            ours = threading.Lock()
            ours.acquire()
            self._waiting.append(ours)
        if ours.acquire(timeout=seconds):
            return True
        with self._guard:
            if ours not in self._waiting:
                return True  # it was handed to us just now
            self._waiting.remove(ours)
            return False

    def give(self) -> None:
        """Hand on to whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class TurnConnection(sqlite3.Connection):
    """A connection that holds its turn from the beginning of a writing transaction to its end."""

    turns: Turns
    reading: bool | None = None
    """Which way the connection was last told to go; None before the first transaction."""
    _holds = False

    def take_turn(self, seconds: float) -> None:
        """Wait for our turn to write.

        Raises:
            sqlite3.OperationalError: It did not come in time.
        """
        self._hand_on()
        self._holds = self.turns.take(seconds)
        if not self._holds:
            raise sqlite3.OperationalError("database is locked: our turn did not come")

    def begin_writing(self, seconds: float) -> None:
        """Begin a transaction that may write, when it is our turn."""
        self.take_turn(seconds)
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._hand_on()
            raise

    def commit(self) -> None:
        """Commit, and hand on; what cannot be committed is rolled back, whoever asks."""
        try:
            super().commit()
        except BaseException:
            self.rollback()
            raise
        self._hand_on()

    def rollback(self) -> None:
        """Roll back, and hand on."""
        try:
            super().rollback()
        finally:
            self._hand_on()

    def close(self) -> None:
        """Close, and hand on."""
        try:
            super().close()
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        if self._holds:
            self._holds = False
            self.turns.give()
