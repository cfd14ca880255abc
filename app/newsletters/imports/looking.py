"""What a file is taken to be, before it is read: shown to the operator, and then read by."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import OperatorError
from app.core.settings import Settings
from app.newsletters.imports.columns import FIELDS, Columns, find_columns
from app.newsletters.imports.files import Part, Source
from app.newsletters.imports.records import Records
from app.newsletters.imports.rows import Rules
from app.newsletters.imports.systems import SYSTEMS, state_of_file
from app.newsletters.models import Newsletter


@dataclass(frozen=True, slots=True)
class Wishes:
    """How an operator wants a file to be taken.

    Attributes:
        lists: Slugs of the lists that everybody is brought to; none: a column says.
        columns: By field, the title of its column; an empty one for no column.
        labels: By what a column calls it, the slug of a list.
        state: What everybody is, whatever the file says.
        system: What wrote it, if not to be found out.
        encoding: The same.
        delimiter: The same.
        zone: IANA name of the zone of times without an offset; empty for the newsroom's.
    """

    lists: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    state: str | None = None
    system: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    zone: str = ""

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Wishes":
        """Return wishes that were kept; none were told yet of a file that was only brought."""
        lists = tuple(kept.get("lists", ()))
        return cls(**{**kept, "lists": lists})

    def as_json(self) -> dict[str, Any]:
        """Return them as they are kept with an import."""
        return asdict(self)

    def refuse_unknown(self) -> None:
        """Refuse what names nothing.

        Raises:
            OperatorError: With what there is.
        """
        for said, known in (
            (self.columns, FIELDS),
            ([self.system] if self.system else [], SYSTEMS),
        ):
            for one in said:
                if one not in known:
                    raise OperatorError(f"{one!r} is not one of {', '.join(known)}.")


@dataclass(frozen=True, slots=True)
class Table:
    """One part of a file, as it is going to be read.

    Attributes:
        part: Where it stands.
        delimiter: What parts its values.
        columns: What they mean.
        state: What everybody in it is, if its name or the operator says so.
    """

    part: Part
    delimiter: str
    columns: Columns
    state: str | None


def look(source: Source, wishes: Wishes) -> tuple[Table, ...]:
    """Return how each table of a file is going to be read; archives may hold other things too.

    Raises:
        OperatorError: No table holds addresses, or a wish names what is not there.
    """
    wishes.refuse_unknown()
    found: list[Table] = []
    trouble: OperatorError | None = None
    for part in source.parts:
        try:
            found.append(_look(source, part, wishes))
        except OperatorError as error:
            trouble = trouble or error
    if not found:
        raise trouble or OperatorError(f"{source.name} holds no table.")
    return tuple(found)


def _look(source: Source, part: Part, wishes: Wishes) -> Table:
    name = part.name or source.name
    with closing(Records(part, wishes.delimiter)) as records:
        header = next(iter(records), None)
        if header is None:
            raise OperatorError(f"{name} is empty.")
        if header.fault:
            raise OperatorError(f"{name}, line {header.line}: {header.fault}.")
        try:
            columns = find_columns(header.values, wishes.columns, wishes.system)
        except OperatorError as error:
            raise OperatorError(f"{name}: {error}") from error
        state = wishes.state or state_of_file(columns.system, name)
        return Table(part, records.delimiter, columns, state)


def rules_for(
    session: Session, settings: Settings, wishes: Wishes, tables: tuple[Table, ...]
) -> Rules:
    """Return what the records of a file are read by.

    Raises:
        OperatorError: A list is unknown, or none is named at all.
    """
    lists = {one.slug: one for one in session.scalars(select(Newsletter))}
    for slug in (*wishes.lists, *wishes.labels.values()):
        if slug not in lists:
            raise OperatorError(f"There is no list {slug!r}: {_named(lists)}.")
    if not wishes.lists and not all("lists" in table.columns.places for table in tables):
        raise OperatorError(
            f"Say which list with --list SLUG, or which column says so with --column lists=TITLE: "
            f"{_named(lists)}."
        )
    labels = dict(_labels(lists)) | {
        label.casefold(): lists[slug].id for label, slug in wishes.labels.items()
    }
    return Rules(
        settings=settings,
        zone=ZoneInfo(wishes.zone) if wishes.zone else settings.time_zone,
        lists=tuple(dict.fromkeys(lists[slug].id for slug in wishes.lists)),
        by_label=labels,
        languages={one.id: one.language for one in lists.values()},
    )


def _labels(lists: Mapping[str, Newsletter]) -> Iterator[tuple[str, int]]:
    for one in lists.values():
        for name in one.name.values():
            yield name.casefold(), one.id
    for slug, one in lists.items():
        yield slug.casefold(), one.id


def _named(lists: Mapping[str, Newsletter]) -> str:
    return f"the lists are {', '.join(sorted(lists))}" if lists else "there is no list yet"
