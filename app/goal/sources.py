"""What each source has of members, and what it brought and took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.memberships import flows
from app.memberships.flows import Flow, Move

NOTHING = Flow()


@dataclass(frozen=True, slots=True)
class Source:
    """One source: its members now, and what it brought and took over each stretch."""

    name: str
    members: int
    flows: Mapping[str, Flow]


def by_source(
    session: Session,
    now: datetime,
    moved: Sequence[Move],
    starts: Mapping[str, datetime],
    known_at: datetime | None,
) -> tuple[Source, ...]:
    """Return the sources, the largest first.

    Args:
        session: Any.
        now: The moment asked about.
        moved: Who came and left over the longest stretch.
        starts: When each stretch begins, by its name.
        known_at: By what had been recorded by then; None for all that is known now.
    """
    members = flows.members_by_source(session, now, known_at=known_at)
    by_stretch = {name: flows.by_source(since_then(moved, begin)) for name, begin in starts.items()}
    names = members.keys() | {source for found in by_stretch.values() for source in found}
    sources = (
        Source(
            name,
            members.get(name, 0),
            {stretch: found.get(name, NOTHING) for stretch, found in by_stretch.items()},
        )
        for name in names
    )
    return tuple(sorted(sources, key=lambda one: (-one.members, one.name)))


def since_then(moved: Iterable[Move], begin: datetime) -> Iterable[Move]:
    """Return the moves from a moment on."""
    return (one for one in moved if one.moment >= begin)
