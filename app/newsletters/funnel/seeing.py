"""Counting how often a form came into view, without keeping anything of who saw it.

Sightings are added up in the process and written every few seconds, all in one statement: an
article is read a thousand times for one sign-up. A process that dies loses those seconds. What a
network adds is bounded here and not by rows, for nobody is refused anything, and a row for each
sighting would be a record of who read what; the hash of a network is forgotten within the hour.
"""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import Database
from app.core.orm import insert_for, table_of
from app.newsletters.funnel.models import FunnelDay

SIGHTINGS = "unwalled_sightings"
PAGES = "unwalled_form_pages"
FLUSH_SECONDS = 5.0
WINDOW_SECONDS = 3600.0
MOST_OF_A_NETWORK = 120
MOST_NETWORKS = 20_000
MOST_ROWS = 5_000

Key = tuple[int, date, str, str]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FormsThere:
    """The forms that a page of ours carries.

    Attributes:
        form: What a sign-up there is called.
        from_path: What it says it comes from.
        slugs: Of the lists.
    """

    form: str
    from_path: str
    slugs: Sequence[str]


class FormPages(Protocol):
    """Knows which of our pages carry forms."""

    def __call__(self, path: str) -> FormsThere | None:
        """Return the forms at a path; None if there is no such page, or none on it."""


def use_form_pages(app: Flask, pages: FormPages) -> None:
    """Let `pages` say where forms are: pages belong to the site, which stands above."""
    app.extensions[PAGES] = pages


def forms_there(path: str) -> FormsThere | None:
    """Return the forms at a path of ours."""
    pages: FormPages | None = current_app.extensions.get(PAGES)
    return pages(path) if pages is not None else None


class Sightings:
    """What one process has counted and not yet written.

    Args:
        database: Written to.
        delay: Seconds until what is new is written, on a thread of its own; None to wait until
            `flush` is called.
    """

    def __init__(self, database: Database, delay: float | None = FLUSH_SECONDS) -> None:
        self._database = database
        self._delay = delay
        self._lock = threading.Lock()
        self._rows: Counter[Key] = Counter()
        self._networks: Counter[str] = Counter()
        self._until = 0.0
        self._waiting = False

    def note(self, keys: Sequence[Key], network: str) -> None:
        """Count that a form was seen, once for each key; more than a network's share is dropped."""
        with self._lock:
            if not self._admits(network):
                return
            for key in keys:
                if key in self._rows or len(self._rows) < MOST_ROWS:
                    self._rows[key] += 1
            begins = bool(self._rows) and not self._waiting and self._delay is not None
            self._waiting |= begins
        if begins:
            self._later()

    def admits(self, network: str) -> bool:
        """Tell whether a network has some of its share left, so that a page is worth looking up."""
        with self._lock:
            return self._networks[network] < MOST_OF_A_NETWORK or self._until < time.monotonic()

    def _admits(self, network: str) -> bool:
        if self._until < time.monotonic():
            self._networks.clear()
            self._until = time.monotonic() + WINDOW_SECONDS
        if network not in self._networks and len(self._networks) >= MOST_NETWORKS:
            return False
        self._networks[network] += 1
        return self._networks[network] <= MOST_OF_A_NETWORK

    def _later(self) -> None:
        timer = threading.Timer(self._delay or 0, self._flush_or_wait)
        timer.daemon = True
        timer.start()

    def _flush_or_wait(self) -> None:
        try:
            self.flush()
        except SQLAlchemyError:
            log.warning("what was seen could not be written yet")
            self._later()
            return
        with self._lock:
            self._waiting = bool(self._rows)
        if self._waiting:
            self._later()

    def flush(self) -> int:
        """Write what was counted and return in how many rows; if that fails it is kept."""
        with self._lock:
            rows, self._rows = self._rows, Counter()
        if not rows:
            return 0
        try:
            with self._database.write() as session:
                row = insert_for(session)(table_of(FunnelDay))
                added = row.on_conflict_do_update(
                    index_elements=["newsletter_id", "day", "from_path", "form"],
                    set_={"seen": FunnelDay.seen + row.excluded.seen},
                )
                session.connection().execute(added, [_row(key, rows[key]) for key in sorted(rows)])
                session.commit()
        except SQLAlchemyError:
            with self._lock:
                self._rows.update(rows)
            raise
        return len(rows)


def _row(key: Key, seen: int) -> dict[str, object]:
    newsletter, day, path, form = key
    return {
        "newsletter_id": newsletter,
        "day": day,
        "from_path": path,
        "form": form,
        "seen": seen,
    }
