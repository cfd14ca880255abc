"""What features do when a person takes all they have, is erased, or turns out to be two.

People stands below the features and knows none of them: they hand in functions, gathered where
the application is put together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

REGISTERS = "unwalled_registers"

Exporter = Callable[[Session, int], Mapping[str, object]]
"""Returns what a feature knows of a person, under names of its own: plain values and moments."""

Eraser = Callable[[Session, int, datetime], None]
"""Takes a person's names and addresses out of a feature's rows; flushed, not committed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who are one, and when that is said or taken back.

    Attributes:
        from_id: Who is merged away.
        into_id: Who stays.
        now: The domain's present moment.
    """

    from_id: int
    into_id: int
    now: datetime

    def swapped(self) -> "Pair":
        """Return the same two with things going the other way."""
        return Pair(self.into_id, self.from_id, self.now)


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of a preview, under the word of its topic."""

    topic: str
    sentence: str


Moved = Mapping[str, Any]
"""What a feature moved, as plain JSON: it is all that undoing has."""


def _nothing_told(_session: Session, _pair: Pair) -> Sequence[Told]:
    return ()


def _nothing_stays(_session: Session, _pair: Pair, _moved: Moved, _since: datetime) -> list[str]:
    return []


def _never(_session: Session, _pair: Pair) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Merger:
    """What a feature does when two people are one. It flushes and never commits.

    Attributes:
        name: Of the feature; what it moved is kept under it.
        tables: Those that refer to a person and whose rows it decides about, moved or not.
        merge: Makes over what one has to the other, and says what it moved.
        undo: Gives back what `merge` moved, as far as it is there.
        preview: Says in words what `merge` would do; reads only.
        stays: Says in words what `undo` would leave with the one who stays; reads only.
        refused: Says why these two cannot be merged, if they cannot.
    """

    name: str
    tables: frozenset[str]
    merge: Callable[[Session, Pair], Moved]
    undo: Callable[[Session, Pair, Moved], None]
    preview: Callable[[Session, Pair], Sequence[Told]] = _nothing_told
    stays: Callable[[Session, Pair, Moved, datetime], list[str]] = _nothing_stays
    refused: Callable[[Session, Pair], str | None] = _never


@dataclass(frozen=True, slots=True)
class Registers:
    """What every feature put in; each is called in the order it stands, undoing in the reverse."""

    exporters: tuple[Exporter, ...] = ()
    erasers: tuple[Eraser, ...] = ()
    mergers: tuple[Merger, ...] = ()


def the_registers() -> Registers:
    """Return the registers of the present application."""
    found: Registers = current_app.extensions[REGISTERS]
    return found
