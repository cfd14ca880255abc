"""Reading a file into the table where its rows wait, batch by batch.

Each batch is a transaction of its own that also notes how far the reading is: killed at any
moment, it goes on after the last batch. So nothing is read twice, and no writer waits long.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.core.database import Database, plan_anew
from app.core.orm import table_of
from app.mail.suppression import address_hash
from app.newsletters.imports.looking import Table
from app.newsletters.imports.models import (
    SubscriberImport,
    SubscriberImportProblem,
    SubscriberImportRow,
)
from app.newsletters.imports.records import Record, Records
from app.newsletters.imports.rows import BadRowError, Entry, Rules, read_entry
from app.newsletters.imports.stopping import go_on, reading_since
from app.newsletters.imports.systems import GRAVITY
from app.newsletters.imports.values import kept_values, storable

BATCH = 1_000

_ROWS = table_of(SubscriberImportRow)
_INSERT = insert(_ROWS)
_INSERT_PROBLEM = insert(table_of(SubscriberImportProblem))
_EARLIER = select(
    SubscriberImportRow.id,
    SubscriberImportRow.address_key,
    SubscriberImportRow.newsletter_id,
    SubscriberImportRow.part,
    SubscriberImportRow.line,
    SubscriberImportRow.state,
).where(
    SubscriberImportRow.import_id == bindparam("import"),
    SubscriberImportRow.address_key.in_(bindparam("keys", expanding=True)),
)
_WORSEN = (
    update(_ROWS)
    .where(SubscriberImportRow.id == bindparam("of_id"))
    .values(state=bindparam("graver"), ended_at=bindparam("ended"))
)

Place = tuple[str, int]
"""An address key and a list's id."""

Values = dict[str, Any]

Watch = Callable[[int, int], None]
"""Told while it goes on: how many bytes were read or rows applied, and how many records."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was read: an entry, or why there is none."""

    table: Table
    record: Record
    entry: Entry | None
    reason: str = ""

    def problem(self, reason: str = "") -> dict[str, Any]:
        """Return the row in which it is told to the operator."""
        return {
            "part": self.table.part.name,
            "line": self.record.line,
            "reason": storable(reason or self.reason)[:300],
            "cells": kept_values(self.record.values),
        }


@dataclass
class _Batch:
    """What a batch of records comes to.

    Attributes:
        new: Rows to be written, by address key and list.
        worse: Rows that an earlier batch wrote, and the state that counts now.
        problems: To be written beside them.
        entries: How many pairs of address and list there were.
    """

    new: dict[Place, Values] = field(default_factory=dict)
    worse: list[Values] = field(default_factory=list)
    problems: list[Values] = field(default_factory=list)
    entries: int = 0
    repeated: int = 0
    bad: int = 0


def stage(
    database: Database, import_id: int, tables: Sequence[Table], rules: Rules, watch: Watch
) -> None:
    """Read what has not been read yet; the caller holds the lock of imports.

    Args:
        database: Where the import of this id stands.
        import_id: As `importing.begin` gave it.
        tables: Of the file, in its order.
        rules: By which its records are read.
        watch: Told about each batch.

    Raises:
        StoppedError: Somebody stopped it; what was read stays.
    """
    with database.read() as session:
        done = session.get_one(SubscriberImport, import_id).records
        since = reading_since(session, import_id)
    batch: list[Found] = []
    for number, (found, position) in enumerate(_read(tables, rules, done), done + 1):
        batch.append(found)
        if len(batch) == BATCH:
            _keep(database, (import_id, since), batch, rules, position)
            batch.clear()
            watch(position, number)
    _keep(database, (import_id, since), batch, rules, sum(table.part.size for table in tables))


def _read(tables: Sequence[Table], rules: Rules, skipped: int) -> Iterator[tuple[Found, int]]:
    """Yield each record after the first so many, and how many bytes have been read."""
    before = number = 0
    for table in tables:
        with closing(Records(table.part, table.delimiter)) as records:
            rows = iter(records)
            next(rows, None)  # the header
            for record in rows:
                number += 1
                if number > skipped:
                    yield _found(table, record, rules), before + records.position
        before += table.part.size


def _found(table: Table, record: Record, rules: Rules) -> Found:
    try:
        return Found(table, record, read_entry(record, table.columns, rules, table.state))
    except BadRowError as error:
        return Found(table, record, None, str(error))


def _keep(
    database: Database,
    reading: tuple[int, datetime | None],
    found: Sequence[Found],
    rules: Rules,
    position: int,
) -> None:
    """Write a batch, and how far the reading is, in one transaction."""
    if not found:
        return
    import_id, since = reading
    with database.write() as session:
        plan_anew(session)
        go_on(session, import_id, since)
        batch = _sorted_out(session, import_id, found, rules)
        connection = session.connection()
        of_import = {"import_id": import_id}
        for statement, rows in (
            (_INSERT, [row | of_import for row in batch.new.values()]),
            (_INSERT_PROBLEM, [row | of_import for row in batch.problems]),
            (_WORSEN, batch.worse),
        ):
            if rows:
                connection.execute(statement, rows)
        record = session.get_one(SubscriberImport, import_id)
        record.records += len(found)
        record.entries += batch.entries
        record.repeated += batch.repeated
        record.problems += batch.bad
        record.position = position
        session.commit()


def _sorted_out(session: Session, import_id: int, found: Sequence[Found], rules: Rules) -> _Batch:
    """Tell new rows from those that the file had before."""
    keys = {one.entry.address_key for one in found if one.entry is not None}
    values = {"import": import_id, "keys": list(keys)}
    rows = session.execute(_EARLIER, values) if keys else ()
    earlier: dict[Place, Values] = {
        (row.address_key, row.newsletter_id): dict(row._mapping)  # noqa: SLF001 - its public name
        for row in rows
    }
    batch = _Batch()
    for one in found:
        if one.entry is None:
            batch.bad += 1
            batch.problems.append(one.problem())
            continue
        for newsletter in one.entry.lists:
            _add(batch, one, newsletter, earlier, rules)
    return batch


def _add(
    batch: _Batch, one: Found, newsletter: int, earlier: Mapping[Place, Values], rules: Rules
) -> None:
    """Add what a record says of one list, unless the file said something of it before."""
    entry = one.entry
    assert entry is not None  # noqa: S101 - the caller looked
    batch.entries += 1
    place = (entry.address_key, newsletter)
    before = batch.new.get(place) or earlier.get(place)
    if before is None:
        batch.new[place] = _row(entry, one.table.part.name, newsletter, rules)
        return
    batch.repeated += 1
    of = f" of {before['part']}" if before["part"] != one.table.part.name else ""
    batch.problems.append(one.problem(f"the same address and list as in line {before['line']}{of}"))
    if GRAVITY.index(entry.state) > GRAVITY.index(before["state"]):
        before["state"], before["ended_at"] = entry.state, entry.ended_at
        if "id" in before:
            batch.worse.append(
                {"of_id": before["id"], "graver": entry.state, "ended": entry.ended_at}
            )


def _row(entry: Entry, part: str, newsletter: int, rules: Rules) -> dict[str, Any]:
    return {
        "part": part,
        "line": entry.line,
        "address": entry.address,
        "address_key": entry.address_key,
        "address_hash": address_hash(rules.settings, entry.address_key),
        "newsletter_id": newsletter,
        "name": entry.name,
        "language": entry.language or rules.languages[newsletter],
        "state": entry.state,
        "given_at": entry.given_at,
        "given_via": entry.given_via,
        "confirmed_at": entry.confirmed_at,
        "ended_at": entry.ended_at,
        "office": entry.office,
    }
