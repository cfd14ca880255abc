"""What each process asks of the database once a second at most, however often it is used."""

import threading
import time
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from app.core.database import Database

KEPT_SECONDS = 1.0

Found = TypeVar("Found")


class Recent(Generic[Found]):
    """Something small that hot paths need, as of a second ago at most.

    Args:
        read: Reads it anew; what it returns is shared by threads, so nobody may change it.
    """

    def __init__(self, read: Callable[[Session], Found]) -> None:
        self._read = read
        self._kept: weakref.WeakKeyDictionary[Database, _Kept[Found]] = weakref.WeakKeyDictionary()

    def get(self, database: Database) -> Found:
        """Return it; at most one thread in a second asks the database."""
        return self._kept.setdefault(database, _Kept(self._read)).get(database)

    def forget(self, database: Database) -> None:
        """Have it read anew at once, in this process."""
        self._kept.pop(database, None)


class _Kept(Generic[Found]):
    def __init__(self, read: Callable[[Session], Found]) -> None:
        self._lock = threading.Lock()
        self._read = read
        self._until = 0.0
        self._found: list[Found] = []

    def get(self, database: Database) -> Found:
        with self._lock:
            if not self._found or self._until < time.monotonic():
                with database.read() as session:
                    self._found = [self._read(session)]
                self._until = time.monotonic() + KEPT_SECONDS
            return self._found[0]
