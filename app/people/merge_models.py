"""That two people turned out to be one: who became whom, and what is needed to undo it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Merge(Base):
    """One person was merged into another.

    `moved` holds, by feature, the ids of what changed hands and the rows that had to give way; it
    is emptied once undoing is over. `done_by` and `undone_by` name an actor as the audit does.
    A person is merged into one other at most, until that is undone.
    """

    __tablename__ = "merge"
    __table_args__ = (
        Index(
            "uq_merge_from_id_standing",
            "from_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
        Index("ix_merge_into_id", "into_id"),
        Index("ix_merge_merged_at", "merged_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    merged_at: Mapped[datetime]
    done_by: Mapped[str] = mapped_column(String(80))
    moved: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(80))
