"""Rows that are work: claimed in batches under a lease, marked in bulk, never lost.

A worker claims due rows in one short transaction, works outside any, and marks them in another.
A lease that runs out makes its row due again, so a process that died needs nobody to notice.
`due_at` is the domain's time; `leased_until` is the database's raw clock.
"""

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column



class Leased:
    """Columns of a row that some lane works on; mix it into the table that owns the work."""

    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(32))
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


def due_index(table: str) -> Index:
    """Return the index by which a lane finds what is open and due."""
    open_rows = text("done_at IS NULL AND parked_at IS NULL")
    return Index(
        f"ix_{table}_due",
        "due_at",
        postgresql_where=open_rows,
        sqlite_where=open_rows,
    )
