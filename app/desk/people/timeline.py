"""One person's story: everything that happened, newest first, a page at a time.

Each source gives its newest rows before a place in the story, and the newest of all make the
page: however much there is, a page costs the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.desk.people.kinds import Source, Who
from app.desk.people.sources import SOURCES
from app.mail.suppression import address_hash
from app.people.models import EmailAddress

PAGE = 40

_PLACE = re.compile(r"(\d{1,20})-(\d{1,3})-(\d{1,19})")
_MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a story: when, which source, which of its rows."""

    at: datetime
    rank: int
    key: int

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        past = self.at - _EPOCH
        micro = (past.days * 86_400 + past.seconds) * _MICROSECONDS + past.microseconds
        return f"{micro}-{self.rank}-{self.key}"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened.

    Attributes:
        place: Where in the story.
        kind: By which the story is narrowed.
        what: Which source it is from.
        facts: The source's own columns.
    """

    place: Place
    kind: str
    what: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a story; `older` is where the next one begins, None at the story's beginning."""

    happenings: tuple[Happening, ...]
    older: Place | None


def read_place(text: str) -> Place | None:
    """Return a place out of an address, or None if it is none."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    micro, rank, key = (int(part) for part in found.groups())
    try:
        at = datetime.fromtimestamp(micro // _MICROSECONDS, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return Place(at.replace(microsecond=micro % _MICROSECONDS), rank, min(key, 2**63 - 1))


def who_is(session: Session, settings: Settings, person_id: int) -> Who:
    """Return a person as the sources ask for them."""
    asked = select(EmailAddress.key).where(EmailAddress.person_id == person_id)
    keys = tuple(session.scalars(asked))
    return Who(person_id, keys, tuple(address_hash(settings, key) for key in keys))


def timeline(
    session: Session, who: Who, kinds: Iterable[str] = (), before: Place | None = None
) -> Page:
    """Return a page of a story.

    Args:
        session: Any.
        who: Whose.
        kinds: Only these; none for all.
        before: Where the page before it ended; None for the newest.
    """
    wanted = frozenset(kinds)
    found: list[Happening] = []
    for rank, source in enumerate(SOURCES):
        if not wanted or source.kind in wanted:
            found += _newest(session, who, source, rank, before)
    found.sort(key=lambda one: one.place, reverse=True)
    page = tuple(found[:PAGE])
    return Page(page, page[-1].place if len(found) > PAGE else None)


def _newest(
    session: Session, who: Who, source: Source, rank: int, before: Place | None
) -> list[Happening]:
    rows = source.rows(who).add_columns(source.at.label("at_"), source.key.label("key_"))
    if before is not None:
        rows = rows.where(_earlier(source, rank, before))
    newest = rows.order_by(source.at.desc(), source.key.desc()).limit(PAGE + 1)
    return [
        Happening(Place(row["at_"], rank, row["key_"]), source.kind, source.what, dict(row))
        for row in session.execute(newest).mappings()
    ]


def _earlier(source: Source, rank: int, before: Place) -> ColumnElement[bool]:
    """Return whether a row stands before a place in the story."""
    if rank < before.rank:
        return source.at <= before.at
    if rank > before.rank:
        return source.at < before.at
    return or_(source.at < before.at, and_(source.at == before.at, source.key < before.key))
