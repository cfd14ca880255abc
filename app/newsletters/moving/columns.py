"""The columns of our own tables as cells of a CSV file, and back again."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, String, Table
from sqlalchemy.orm import DeclarativeBase

from app.core.errors import OperatorError
from app.core.orm import LocalText, UtcDateTime, table_of

YES, NO = "yes", "no"


def columns_of(model: type[DeclarativeBase], *left_out: str) -> list[str]:
    """Return the names of a table's columns, without its id and those left out."""
    return [name for name in table_of(model).columns.keys() if name not in {"id", *left_out}]  # noqa: SIM118 - not a dict


def cell(value: object) -> str:
    """Return a value as it stands in a cell: moments in ISO 8601 and UTC, nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def reader_of(table: Table, name: str) -> Callable[[str], object]:
    """Return what reads a cell of a column."""
    column = table.columns[name]
    read = _reading(column)

    def value(text: str) -> object:
        if not text and column.nullable:
            return None
        try:
            return read(text)
        except (ValueError, KeyError, OverflowError) as error:
            raise OperatorError(f"{table.name}.{name} cannot be {text[:60]!r}.") from error

    return value


def values_of(table: Table, record: Mapping[str, str]) -> dict[str, Any]:
    """Return the columns of a table that a record has cells for."""
    return {
        name: reader_of(table, name)(text) for name, text in record.items() if name in table.columns
    }


def _reading(column: Column[Any]) -> Callable[[str], object]:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return lambda text: datetime.fromisoformat(text).astimezone(UTC)
    if isinstance(kind, Boolean):
        return lambda text: {YES: True, NO: False}[text]
    if isinstance(kind, JSON | LocalText | BigInteger):
        return json.loads
    if isinstance(kind, String) and kind.length:
        return lambda text: _short(text, kind.length or 0)
    return str


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError(text)
    return text
