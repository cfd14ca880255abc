"""Where the rows of a file wait: written in short transactions, cleared away afterwards.

One import runs at a time. What a killed one left behind therefore belongs to nobody, and the
next clears it first.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, text

from app.core.alone import alone as alone_by_name
from app.core.database import Database
from app.memberships.imports.parsing import Row
from app.memberships.models import MemberImport, MemberImportRow

FACTS = tuple(one.name for one in fields(Row))
BATCH = 2_000
LOCK_KEY = 0x756E77616C6C6564
"""The advisory lock of imports on PostgreSQL: "unwalled" in ASCII."""

_BUSY = "Another import is running on this database: try again when it has ended."


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Let one import run at a time; the lock ends with its process, however that ends.

    Raises:
        OperatorError: Another one is running.
    """
    with alone_by_name(database, "members-import", LOCK_KEY, _BUSY):
        clear(database)
        try:
            yield
        finally:
            clear(database)


def clear(database: Database) -> None:
    """Delete what waits, batch by batch, and the imports that came to nothing."""
    while True:
        with database.write() as session:
            batch = select(MemberImportRow.id).order_by(MemberImportRow.id).limit(BATCH)
            gone = session.connection().execute(
                delete(MemberImportRow).where(MemberImportRow.id.in_(batch))
            )
            if not gone.rowcount:
                session.execute(delete(MemberImport).where(MemberImport.applied_at.is_(None)))
            session.commit()
            if not gone.rowcount:
                return


class Stage:
    """The waiting rows of one file.

    Attributes:
        import_id: Of the `member_import` row that they belong to.
    """

    def __init__(self, database: Database, file_name: str, now: datetime) -> None:
        self._database = database
        self._lines: dict[tuple[str, str], int] = {}
        self._keys: set[str] = set()
        with database.write() as session:
            opened = MemberImport(file_name=file_name[:200], started_at=now)
            session.add(opened)
            session.commit()
        self.import_id = opened.id

    def earlier(self, row: Row) -> int | None:
        """Note a row's source and reference; return the line that had them before, if one did."""
        first = self._lines.setdefault((row.source, row.source_ref), row.line)
        return None if first == row.line else first

    def keep(self, rows: Sequence[Row]) -> None:
        """Write a batch, in a transaction of its own."""
        if not rows:
            return
        values = [self._values(row) for row in rows]
        with self._database.write() as session:
            session.connection().execute(insert(MemberImportRow), values)
            session.commit()

    def _values(self, row: Row) -> dict[str, Any]:
        public_id = None if row.address_key in self._keys else str(uuid4())
        self._keys.add(row.address_key)
        facts = {name: getattr(row, name) for name in FACTS}
        return facts | {"import_id": self.import_id, "public_id": public_id}

    def close(self) -> None:
        """Let PostgreSQL know how much has come, before statements are planned over it."""
        self._keys.clear()
        self._lines.clear()
        if not self._database.is_sqlite:
            with self._database.write() as session:
                session.execute(text("ANALYZE member_import_row"))
                session.commit()
