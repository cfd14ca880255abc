"""Rows that pass from one person to another and back, in as few statements as there are tables."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.orm import UtcDateTime
from app.people.registers import Pair

AT_ONCE = 500

Owner = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
"""A column that refers to a person."""


def name_of(owner: Owner) -> str:
    """Return what a column is called in what is kept of a merge: `payment.person_id`."""
    column = column_of(owner)
    return f"{column.table.name}.{column.name}"


def column_of(owner: Owner) -> Column[Any]:
    """Return the table's own column behind a mapped one."""
    (column,) = owner.property.columns
    assert isinstance(column, Column)  # noqa: S101 - an attribute of ours is one column
    return column


def give(session: Session, owner: Owner, pair: Pair, *where: ColumnElement[bool]) -> list[Any]:
    """Let rows of one person be the other's; return their keys, in order."""
    column = column_of(owner)
    given = update(_table(column)).where(column == pair.from_id, *where)
    key = key_of(_table(column))
    rows = session.connection().execute(given.values({column: pair.into_id}).returning(key))
    return sorted(rows.scalars())


def give_all(session: Session, owners: Iterable[Owner], pair: Pair) -> dict[str, list[Any]]:
    """Give all of one person's rows in several tables; return their keys by column."""
    return {name_of(one): give(session, one, pair) for one in owners}


def give_back(session: Session, owner: Owner, pair: Pair, keys: Sequence[Any]) -> None:
    """Let rows, by their keys, be again whose they were, as far as they are still there."""
    column = column_of(owner)
    key = key_of(_table(column))
    for page in pages(keys):
        given = update(_table(column)).where(column == pair.into_id, key.in_(page))
        session.connection().execute(given.values({column: pair.from_id}))


def take_out(session: Session, table: Table, keys: Sequence[Any]) -> list[dict[str, Any]]:
    """Delete rows; return what stood in them, as plain JSON."""
    key, found = key_of(table), []
    for page in pages(keys):
        rows = session.connection().execute(select(table).where(key.in_(page)).order_by(key))
        found += [_plain(dict(row._mapping)) for row in rows]  # noqa: SLF001 - SQLAlchemy's own
        session.connection().execute(delete(table).where(key.in_(page)))
    return found


def put_in(session: Session, table: Table, rows: Collection[Mapping[str, Any]]) -> None:
    """Insert rows as `take_out` or `moments` returned them; a number for a key is a new one."""
    values = [moments(table, row) for row in rows]
    if values:
        session.connection().execute(insert(table), values)


def moments(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of plain JSON with its moments read, and without its number."""
    return {
        name: _read(table.columns[name], value)
        for name, value in row.items()
        if name in table.columns and name != "id"
    }


def key_of(table: Table) -> Column[Any]:
    """Return the one column that a table's rows are named by."""
    (key,) = table.primary_key.columns
    return key


def pages(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield keys in portions that one statement can name."""
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def _table(column: Column[Any]) -> Table:
    return column.table


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }


def _read(column: Column[Any], value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    is_moment = isinstance(column.type, UtcDateTime) and isinstance(value, str)
    return datetime.fromisoformat(value) if is_moment else value
