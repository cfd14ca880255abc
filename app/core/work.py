"""What features hand to the engine: lanes, jobs and crons, gathered in `app/wiring.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.chosen import in_force
from app.core.database import Database
from app.core.settings import Settings

Payload = dict[str, int | str]


@dataclass(frozen=True)
class Runtime:
    """What work needs to run outside any request: the database, and what the start was told."""

    database: Database
    started_with: Settings

    @property
    def settings(self) -> Settings:
        """The settings, with what staff have chosen since."""
        return in_force(self.database, self.started_with)


@dataclass(frozen=True)
class Lane:
    """Rows of one table, worked on in batches.

    Attributes:
        name: By which it is rung.
        drain: Works on one batch: claims, works outside any transaction, marks. Returns how many
            rows it claimed; 0 says that nothing is due, or can be done just now.
        batch: How many rows it claims at most. After fewer the lane waits for the bell, which
            gathers for a quarter of a second what comes in: going on at once would work on a row
            or two at a time, and cost the site more than the rows themselves.
    """

    name: str
    drain: Callable[[Runtime], int]
    batch: int = 1


@dataclass(frozen=True)
class Job:
    """Rare work of its own: an import, a recount. It may run twice, never at the same time.

    Attributes:
        name: By which it is enqueued.
        run: Called outside any transaction, with ids only; an exception is a failed try.
        max_attempts: Parked after so many tries.
    """

    name: str
    run: Callable[[Runtime, Payload], None]
    max_attempts: int = 8


@dataclass(frozen=True)
class Cron:
    """Something short that happens by the clock, once over all processes.

    Attributes:
        name: Unique.
        schedule: Five fields, or six with seconds first; in UTC.
        run: Called outside any transaction.
    """

    name: str
    schedule: str
    run: Callable[[Runtime], None]


@dataclass(frozen=True)
class Work:
    """All there is to do."""

    lanes: tuple[Lane, ...] = ()
    jobs: tuple[Job, ...] = ()
    crons: tuple[Cron, ...] = ()
