"""How a file of subscribers is understood, as its page shows it; and what staff changed of it."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from zoneinfo import available_timezones

from werkzeug.datastructures import MultiDict

from app.core.errors import OperatorError
from app.core.languages import gettext as _
from app.core.private_files import path_of
from app.core.settings import Settings
from app.desk.imports.reasons import REASONS
from app.newsletters.imports.columns import FIELDS, MOST_COLUMNS
from app.newsletters.imports.encodings import ENCODINGS
from app.newsletters.imports.files import Part, Source, opened
from app.newsletters.imports.looking import Table, Wishes, look
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.imports.records import DELIMITERS, Records
from app.newsletters.imports.rows import labels_in
from app.newsletters.imports.systems import GRAVITY, SYSTEMS

SAMPLE = 5
LONGEST_CELL = 60
LOOKED_AT = 1_000
MOST_LABELS, LONGEST_LABEL = 50, 80


@dataclass(frozen=True, slots=True)
class ShownTable:
    """One table of a file: its name, what wrote it, and its first rows."""

    name: str
    system: str
    encoding: str
    delimiter: str
    state: str
    titles: tuple[str, ...]
    rows: list[list[str]]
    left_out: list[str]


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a file would be read.

    Attributes:
        tables: One by one.
        titles: Of all columns of all tables.
        found: By field, the title of its column.
        labels: What the column of lists calls them, in the first rows.
        wishes: That it was looked at by.
        trouble: Why it cannot be read so, or empty.
    """

    tables: list[ShownTable] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    found: Mapping[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    wishes: Wishes = field(default_factory=Wishes)
    trouble: str = ""


def understanding(settings: Settings, record: SubscriberImport, wishes: Wishes) -> Understanding:
    """Return how a file would be read by these wishes; what is wrong with it is in `trouble`."""
    if record.stored is None:
        return Understanding(wishes=wishes, trouble=_("The file is no longer here."))
    path = path_of(settings, record.stored)
    titles: list[str] = []
    try:
        with opened(path, wishes.encoding, record.file_name) as source:
            titles = _all_titles(source, wishes)
            return _understood(source, titles, wishes)
    except OperatorError as error:
        return Understanding(titles=titles, wishes=wishes, trouble=_in_our_words(str(error)))


def read_wishes(
    settings: Settings, record: SubscriberImport, form: MultiDict[str, str]
) -> tuple[Wishes, bool]:
    """Return what staff wish of a file, and whether that says which lists people are brought to.

    Of columns it holds what differs from what is found by itself.
    """
    plain = Wishes(
        lists=tuple(form.getlist("list")),
        labels=_told_labels(form),
        zone=form.get("zone", "").strip()[:LONGEST_CELL],
        state=_one_of(form.get("everybody", ""), GRAVITY),
        system=_one_of(form.get("system", ""), SYSTEMS),
        encoding=_one_of(form.get("encoding", ""), ENCODINGS),
        delimiter=_one_of(form.get("delimiter", ""), DELIMITERS),
    )
    found = understanding(settings, record, plain)
    columns = {
        name: form[f"column-{name}"]
        for name in FIELDS
        if f"column-{name}" in form and form[f"column-{name}"] != found.found.get(name, "")
    }
    columns = {name: one for name, one in columns.items() if not one or one in found.titles}
    says_lists = bool(plain.lists or columns.get("lists", found.found.get("lists", "")))
    return replace(plain, columns=columns), says_lists


def _told_labels(form: MultiDict[str, str]) -> dict[str, str]:
    pairs = zip(form.getlist("label"), form.getlist("label-list"), strict=False)
    return {label[:LONGEST_LABEL]: slug for label, slug in list(pairs)[:MOST_LABELS] if slug}


def is_zone(name: str) -> bool:
    """Tell whether there is a zone of this name; empty stands for the newsroom's."""
    return not name or name in available_timezones()


def _one_of(value: str, known: object) -> str | None:
    assert hasattr(known, "__contains__")  # noqa: S101 - a choice of ours
    return value if value and value in known else None


def _all_titles(source: Source, wishes: Wishes) -> list[str]:
    found: dict[str, None] = {}
    for part in source.parts:
        _delimiter, rows = _first_rows(part, wishes.delimiter, 1)
        found.update(dict.fromkeys(rows[0] if rows else ()))
    return [title for title in found if title][:MOST_COLUMNS]


def _first_rows(part: Part, delimiter: str | None, most: int) -> tuple[str, list[list[str]]]:
    rows: list[list[str]] = []
    with closing(Records(part, delimiter)) as records:
        for record in records:
            rows.append([one.strip()[:LONGEST_CELL] for one in record.values])
            if len(rows) == most:
                break
        return records.delimiter, rows


def _understood(source: Source, titles: list[str], wishes: Wishes) -> Understanding:
    tables = look(source, wishes)
    found: dict[str, str] = {}
    for table in tables:
        for name, place in table.columns.places.items():
            found.setdefault(name, table.columns.titles[place])
    shown = [_shown(source, table) for table in tables]
    return Understanding(shown, titles, found, _labels(tables), wishes)


def _labels(tables: Sequence[Table]) -> list[str]:
    found: dict[str, None] = {}
    for table in tables:
        place = table.columns.places.get("lists")
        if place is None:
            continue
        with closing(Records(table.part, table.delimiter)) as records:
            rows = islice(records, 1, LOOKED_AT)
            values = [row.values[place] for row in rows if place < len(row.values)]
        found.update(dict.fromkeys(one for value in values for one in labels_in(value)))
    return [one[:LONGEST_LABEL] for one in found][:MOST_LABELS]


def _shown(source: Source, table: Table) -> ShownTable:
    _delimiter, rows = _first_rows(table.part, table.delimiter, SAMPLE + 1)
    return ShownTable(
        name=table.part.name or source.name,
        system=table.columns.system.shown,
        encoding=table.part.encoding.removesuffix("-sig"),
        delimiter=table.delimiter,
        state=table.state or "",
        titles=table.columns.titles,
        rows=rows[1:],
        left_out=table.columns.left_out,
    )


def _in_our_words(said: str) -> str:
    if "--column email" in said:
        return _("No column is known to hold addresses: choose it below.")
    return REASONS.told(said)
