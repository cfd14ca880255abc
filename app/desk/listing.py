"""Lists of rows: searched, narrowed, sorted, paged, and taken along as CSV, all the same way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from app.core.database import Database, one_snapshot
from app.core.spreadsheets import csv_text
from app.desk.moments import in_a_file, spelled_out

PAGE = 50
MOST_COUNTED = 10_000
CSV_BATCH = 1_000
RESERVED = frozenset({"q", "sort", "page", "as", "language"})

Rows = Select[*tuple[Any, ...]]

Text = Callable[[], str]
"""A sentence in the language of the page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows.

    Attributes:
        text: Plain text; CSV has this alone.
        href: Where it leads, or empty.
        mark: `ok`, `pend` or `err` to set it off, never by colour alone; or empty.
        when: The moment or day that the text names as `%(when)s`; CSV has it as ISO 8601.
    """

    text: str
    href: str = ""
    mark: str = ""
    when: date | None = None

    def said(self, say: Callable[[date], str]) -> str:
        """Return the text, with its moment as `say` has it."""
        return self.text if self.when is None else self.text % {"when": say(self.when)}


Shown = Cell | str | date | None
"""What a column makes of a row: a moment, a day or nothing is a cell too."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: In addresses and at the head of the CSV.
        title: At the head of the table.
        show: Makes the cell of a row; of a moment or a day the page or the file makes the text.
        sort: What rows are sorted by, if they can be by this column; never NULL, or NULL last.
        numeric: Figures stand at the end of their column.
    """

    name: str
    title: Text
    show: Callable[[Row[Any]], Shown]
    sort: SQLColumnExpression[Any] | None = None
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows the rows.

    Attributes:
        name: In addresses.
        title: Of the field.
        choices: Value and words, the first standing for all.
        where: Returns what the rows of a choice meet.
    """

    name: str
    title: Text
    choices: tuple[tuple[str, str], ...]
    where: Callable[[str], ColumnElement[bool]]

    def __post_init__(self) -> None:
        """Refuse a name that says something else in an address."""
        if self.name in RESERVED:
            raise ValueError(f"{self.name} cannot be the name of a filter")


@dataclass(frozen=True, slots=True)
class Table:
    """A list, whatever is asked of it.

    Attributes:
        name: Of the file that its CSV makes.
        rows: Every row, unsorted.
        key: Is different in each row, and parts those that sort alike.
        columns: In their order.
        order: Name of the column sorted by at first; after `-` from the last to the first.
        empty: What to do where there is no row at all.
        search: Returns what the rows found by some words meet; no list is without.
        search_title: What can be searched for.
        understood: Says as what some words are looked for, where that is not plain.
        filters: Choices beside the search.
        personal: Its CSV carries people's data: it wants a fresh sign-in, and is written down.
    """

    name: str
    rows: Rows
    key: SQLColumnExpression[Any]
    columns: tuple[Column, ...]
    order: str
    empty: Text
    search: Callable[[str], ColumnElement[bool]]
    search_title: Text | None = None
    understood: Callable[[str], str] | None = None
    filters: tuple[Filter, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list.

    Attributes:
        words: Searched for.
        chosen: Value by name of filter, of those that narrow.
        order: Name of the column, after `-` from the last to the first.
        page: From 1.
    """

    words: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether some rows are left out."""
        return bool(self.words or self.chosen)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list.

    Attributes:
        table: The list.
        asked: What of it.
        rows: The cells of each row.
        total: How many rows there are, counted up to `MOST_COUNTED`.
    """

    table: Table
    asked: Asked
    rows: list[list[Cell]]
    total: int

    @property
    def is_more_than_counted(self) -> bool:
        """Whether there are more rows than `total` says."""
        return self.total > MOST_COUNTED

    @property
    def pages(self) -> int:
        """How many pages can be turned to."""
        return max(1, -(-min(self.total, MOST_COUNTED) // PAGE))


def read_asked(table: Table, values: Mapping[str, str]) -> Asked:
    """Return what an address asks; what a list does not know is left out of it."""
    sortable = {column.name for column in table.columns if column.sort is not None}
    order = values.get("sort", "")
    chosen = {one.name: values.get(one.name, "") for one in table.filters}
    known = {one.name: {value for value, _words in one.choices[1:]} for one in table.filters}
    number = values.get("page", "")
    return Asked(
        words=values.get("q", "").strip()[:200],
        chosen={name: value for name, value in chosen.items() if value in known[name]},
        order=order if order.removeprefix("-") in sortable else table.order,
        page=min(max(1, int(number)), MOST_COUNTED // PAGE) if number.isdecimal() else 1,
    )


def listed(session: Session, table: Table, asked: Asked) -> Listing:
    """Return one page of a list; past the last page that is the last."""
    found = narrowed(table, asked)
    counted = select(func.count()).select_from(found.limit(MOST_COUNTED + 1).subquery())
    total = session.scalar(counted) or 0
    last = max(1, -(-min(total, MOST_COUNTED) // PAGE))
    page = min(asked.page, last)
    rows = session.execute(found.limit(PAGE).offset((page - 1) * PAGE))
    cells = [[on_a_page(column.show(row)) for column in table.columns] for row in rows]
    return Listing(table, Asked(asked.words, asked.chosen, asked.order, page), cells, total)


def narrowed(table: Table, asked: Asked) -> Rows:
    """Return the rows that are asked for, in their order."""
    rows: Rows = table.rows
    if asked.words:
        rows = rows.where(table.search(asked.words))
    for one in table.filters:
        if one.name in asked.chosen:
            rows = rows.where(one.where(asked.chosen[one.name]))
    return rows.order_by(*_order(table, asked.order or table.order))


def _order(table: Table, order: str) -> list[ColumnElement[Any]]:
    name, is_down = order.removeprefix("-"), order.startswith("-")
    column = next(one for one in table.columns if one.name == name)
    if column.sort is None:
        raise ValueError(f"{table.name} cannot be sorted by {name}")
    order_by = column.sort.desc() if is_down else column.sort.asc()
    if getattr(column.sort, "nullable", True):  # where nothing is missing, an index has this order
        order_by = order_by.nulls_last()
    return [order_by, table.key.desc() if is_down else table.key.asc()]


def as_csv(database: Database, table: Table, asked: Asked) -> Iterator[str]:
    """Yield every row that is asked for as CSV, a header first, in a few rows' memory."""
    with database.read() as session:
        one_snapshot(session)
        yield csv_text([[column.name for column in table.columns]])
        found = session.execute(narrowed(table, asked).execution_options(yield_per=CSV_BATCH))
        for rows in found.partitions():
            yield csv_text([_in_a_file(one.show(row)) for one in table.columns] for row in rows)


def on_a_page(shown: Shown) -> Cell:
    """Return a cell as a page shows it, its moment spelled out."""
    cell = _cell(shown)
    return cell if cell.when is None else replace(cell, text=cell.said(spelled_out), when=None)


def _in_a_file(shown: Shown) -> str:
    return _cell(shown).said(in_a_file)


def _cell(shown: Shown) -> Cell:
    if isinstance(shown, Cell):
        return shown
    return Cell("%(when)s", when=shown) if isinstance(shown, date) else Cell(shown or "")
