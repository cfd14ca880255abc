"""What features do when a person takes all they have, is erased, or turns out to be two.

People stands below the features and knows none of them: they hand in functions, gathered where
the application is put together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

REGISTERS = "unwalled_registers"

Exporter = Callable[[Session, int], Mapping[str, object]]
"""Returns what a feature knows of a person, under names of its own: plain values and moments."""

Eraser = Callable[[Session, int, datetime], None]
"""Takes a person's names and addresses out of a feature's rows; flushed, not committed."""

Merger = Callable[[Session, int, int, datetime], None]
"""Makes over what one person has to another; flushed, not committed."""


@dataclass(frozen=True, slots=True)
class Registers:
    """What every feature put in; each is called in the order it stands."""

    exporters: tuple[Exporter, ...] = ()
    erasers: tuple[Eraser, ...] = ()
    mergers: tuple[Merger, ...] = ()


def the_registers() -> Registers:
    """Return the registers of the present application."""
    found: Registers = current_app.extensions[REGISTERS]
    return found
