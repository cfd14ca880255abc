"""The file that keeps everything: objects as JSON, answers by key, what falls due, what is sent.

One writer at a time, held by the world's lock.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
    created INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_age ON objects (kind, created, seq);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, path TEXT NOT NULL, params TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS agenda (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, what TEXT NOT NULL,
    id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS agenda_by_time ON agenda (at, seq);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, state TEXT NOT NULL,
    due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, answer TEXT, at REAL);
CREATE INDEX IF NOT EXISTS deliveries_by_time ON deliveries (state, due);
"""

POINTERS = (
    "charge",
    "customer",
    "invoice",
    "payment_intent",
    "payment.payment_intent",
    "parent.subscription_details.subscription",
)
"""Fields that objects are looked up by."""


class Due(NamedTuple):
    """Something that happens at a time of the world's clock."""

    seq: int
    at: int
    what: str
    id: str


class Wanted(NamedTuple):
    """Which objects a list asks for: conditions in SQL on the row, and the values in them."""

    conditions: Sequence[str]
    values: Sequence[object]

    def and_(self, condition: str, *values: object) -> "Wanted":
        """Ask for one thing more."""
        return Wanted([*self.conditions, condition], [*self.values, *values])


class Store:
    """The tables, and nothing that knows what they mean."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.row_factory = sqlite3.Row
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.executescript(TABLES)
        for number, name in enumerate(POINTERS):
            self.run(
                f"CREATE INDEX IF NOT EXISTS objects_by_{number}"
                f" ON objects (kind, {field(name)}, created) WHERE {field(name)} IS NOT NULL"
            )

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Keep what is done inside together, or none of it."""
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    def run(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Execute one statement; return its rows."""
        return self._file.execute(sql, values).fetchall()

    def get(self, object_id: str) -> Json | None:
        """Return an object."""
        rows = self.run("SELECT data FROM objects WHERE id = ?", object_id)
        return json.loads(rows[0]["data"]) if rows else None

    def put(self, data: Json) -> None:
        """Keep an object, new or changed."""
        self.run(
            "INSERT INTO objects (id, kind, created, data) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            data["id"],
            data["object"],
            data.get("created", 0),
            json.dumps(data),
        )

    def place(self, object_id: str) -> tuple[int, int] | None:
        """Return where an object stands in a list."""
        rows = self.run("SELECT created, seq FROM objects WHERE id = ?", object_id)
        return (rows[0]["created"], rows[0]["seq"]) if rows else None

    def find(
        self, kind: str, wanted: Wanted, *, limit: int = -1, oldest_first: bool = False
    ) -> list[Json]:
        """Return objects of a kind, newest first unless told."""
        where = " AND ".join(["kind = ?", *wanted.conditions])
        order = "ASC" if oldest_first else "DESC"
        rows = self.run(
            f"SELECT data FROM objects WHERE {where} ORDER BY created {order}, seq {order} LIMIT ?",  # noqa: S608 - conditions are our own words
            kind,
            *wanted.values,
            limit,
        )
        return [json.loads(row["data"]) for row in rows]

    def setting(self, name: str, default: str = "") -> str:
        """Return a value that is kept by name."""
        rows = self.run("SELECT value FROM settings WHERE name = ?", name)
        return rows[0]["value"] if rows else default

    def set(self, name: str, value: str) -> None:
        """Keep a value by name."""
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)

    def later(self, at: int, what: str, object_id: str) -> None:
        """Put something on the agenda."""
        self.run("INSERT INTO agenda (at, what, id) VALUES (?, ?, ?)", at, what, object_id)

    def next_due(self, until: int) -> Due | None:
        """Return the first thing on the agenda that is due by then."""
        rows = self.run(
            "SELECT seq, at, what, id FROM agenda WHERE at <= ? ORDER BY at, seq LIMIT 1", until
        )
        return Due(*rows[0]) if rows else None

    def done(self, due: Due) -> None:
        """Take something off the agenda."""
        self.run("DELETE FROM agenda WHERE seq = ?", due.seq)


def field(path: str) -> str:
    """Return the SQL for a field of an object, like `parent.subscription_details.subscription`."""
    return f"json_extract(data, '$.{path}')"


EVERYTHING = Wanted([], [])
