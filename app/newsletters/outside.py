"""What stands above newsletters and is needed here, handed in where all is put together."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import UnwalledError

OUTSIDE = "unwalled_newsletters_outside"

Members = Callable[[Session, Collection[int], datetime], set[int]]
"""Returns who of these people is a member at a moment."""

Forget = Callable[[Database, int], None]
"""Erases a person everywhere, and ends what they pay; commits.

Raises:
    NotErasedError: Nothing was erased.
    WorksHereError: They are of the staff; nothing was erased.
"""


class NotErasedError(UnwalledError):
    """A person could not be erased just now, and nothing of them was."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What features above do for newsletters."""

    members: Members
    forget: Forget


def nobody(_session: Session, _people: Collection[int], _now: datetime) -> set[int]:
    """Know of no members."""
    return set()


def the_outside() -> Outside:
    """Return what was handed to the present application."""
    found: Outside = current_app.extensions[OUTSIDE]
    return found
