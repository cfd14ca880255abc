"""Migrations: one line, up and down with rows in them, and no different from the models."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, Date, LargeBinary, String, Table, inspect, select

from app.core.database import Database
from app.core.orm import LocalText, UtcDateTime
from app.tables import metadata
from tests import schema

ROOT = Path(__file__).parents[2]


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    names = sorted(path.name for path in (ROOT / "migrations/versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{one:04d}" for one in range(1, len(names) + 1)]


def test_the_tables_are_those_of_the_models(database_url: str) -> None:
    schema.check(database_url)


def value_for(column: Column[Any]) -> object:
    """Return something that a column of this type can hold."""
    kind = column.type
    if isinstance(kind, UtcDateTime | Date):
        moment = datetime(2026, 11, 23, tzinfo=UTC)
        return moment.date() if isinstance(kind, Date) else moment
    if isinstance(kind, JSON | LocalText | LargeBinary):
        return b"bytes" if isinstance(kind, LargeBinary) else {}
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, String):
        for key in column.foreign_keys:
            return value_for(key.column)
        return "pending" if column.name == "state" else column.name[:3]
    return 1


def fill(database: Database) -> dict[str, int]:
    """Put one row into every table, parents first; return how many each holds."""
    with database.write() as session:
        for table in metadata.sorted_tables:
            if session.execute(select(table).limit(1)).first() is not None:
                continue
            session.execute(table.insert().values(row_for(table)))
        session.commit()
    return {table.name: 1 for table in metadata.sorted_tables}


SPECIAL: dict[str, dict[str, Any]] = {
    "edition": {"state": "draft", "related_id": None},
    "person": {"merged_into_id": None},
    "stripe_event": {"state": "ours"},
    "intent": {"kind": "gift"},
    "gift_membership": {"kind": "gift"},
    "issue": {"state": "draft"},
    "issue_send": {"state": "sent"},
    "mail_event": {"kind": "hard"},
    "membership_change": {"what": "amount"},
    "staff_order": {"kind": "refund", "outcome": None},
    "staff": {"role": "admin"},
}


def row_for(table: Table) -> dict[str, Any]:
    """Return a row that the table's constraints let in."""
    row = {
        column.name: value_for(column)
        for column in table.columns
        if not column.nullable or column.foreign_keys
    }
    special = SPECIAL.get(table.name, {})
    return {**row, **{name: special[name] for name in special if name in table.columns}}


def test_migrations_go_down_and_up_with_rows_in_every_table(
    database: Database, database_url: str
) -> None:
    assert set(fill(database)) == set(metadata.tables)

    schema.downgrade(database_url, "base")
    left = set(inspect(database.engine).get_table_names()) & set(metadata.tables)
    schema.migrate(database_url)

    assert left == set()
    schema.check(database_url)
    assert set(fill(database)) == set(metadata.tables)


@pytest.mark.parametrize("revision", ["head"])
def test_going_up_twice_changes_nothing(database_url: str, revision: str) -> None:
    schema.migrate(database_url, revision)
    schema.check(database_url)
