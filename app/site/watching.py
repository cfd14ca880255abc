"""What time it is, which content is the newest and how many members there are: read seldom.

Every page depends on these three, so a process reads them together at most every 0.4 s; what
another process writes is therefore on this one's pages within a second. A database that does
not answer leaves the last reading standing.
"""

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.articles.versions import content_version
from app.core.chosen import forget_chosen
from app.core.clock import now as domain_now
from app.core.database import Database
from app.memberships.queries import Count, current_count

REREAD_SECONDS = 0.4
PATIENCE_SECONDS = 0.9

JUMP = timedelta(seconds=2)

Version = tuple[int, Count | None, int]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Present:
    """One reading.

    Attributes:
        version: What pages are made from: the content's version, the count, and how often the
            domain's clock was seen to be set. A page of another version is too old.
        read_at: The domain's time of the reading.
        ticked: The process's own steady clock at the reading, in seconds.
    """

    version: Version
    read_at: datetime
    ticked: float

    @property
    def content(self) -> int:
        """The version of everything that staff write."""
        return self.version[0]

    @property
    def count(self) -> Count | None:
        """The members, or None when they have never been counted."""
        return self.version[1]

    @property
    def now(self) -> datetime:
        """The domain's present moment, as far as this reading knows."""
        return self.read_at + timedelta(seconds=time.monotonic() - self.ticked)


class Watch:
    """Keeps the latest reading of one process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._lock = threading.Lock()
        self._present: Present | None = None
        self._read_again_at = 0.0
        self.failing = False

    def present(self) -> Present:
        """Return a reading that is at most a second old; an older one while the database is away.

        Raises:
            SQLAlchemyError: The database is away, and there has never been a reading.
        """
        ticked = time.monotonic()
        present = self._present
        if present is not None and ticked < self._read_again_at:
            return present
        # One thread reads; the others go on with what they have, unless that is too old.
        patient = present is not None and ticked - self._read_again_at < PATIENCE_SECONDS / 2
        if not self._lock.acquire(blocking=not patient and not self.failing):
            return present if present is not None else self._wait()
        try:
            return self._reread()
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Read anew at the next question."""
        self._read_again_at = 0.0

    def _wait(self) -> Present:
        with self._lock:
            return self._reread()

    def _reread(self) -> Present:
        if self._present is not None and time.monotonic() < self._read_again_at:
            return self._present
        try:
            self._present = self._read()
            self.failing = False
        except SQLAlchemyError as error:
            if not self.failing:
                log.warning("The database is away; pages are served as they were.", why=repr(error))
            self.failing = True
            if self._present is None:
                raise
        finally:
            self._read_again_at = time.monotonic() + REREAD_SECONDS
        return self._present

    def _read(self) -> Present:
        with self.database.read() as session:
            ticked = time.monotonic()
            moment = domain_now(session)
            content, count = content_version(session), current_count(session, moment)
        before = self._present
        if before is None:
            return Present((content, count, 0), moment, ticked)
        expected = before.read_at + timedelta(seconds=ticked - before.ticked)
        if content != before.content:  # may be what staff chose: no page of this version without it
            forget_chosen(self.database)
        version = content, count, before.version[2] + (abs(moment - expected) > JUMP)
        if before.version == version:
            version = before.version  # the very same object is quicker to compare
        return Present(version, moment, ticked)
