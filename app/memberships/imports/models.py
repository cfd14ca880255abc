"""Files of members that were brought to the desk: how each is understood, and how far it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class MemberUpload(Base):
    """One file of members from elsewhere.

    `stored` names it in the private folder until it is no longer needed. `titles` says, by column
    of ours, which of the file's it is, and `source` what stands in for a column that it lacks.
    `position` is how many of its `size` bytes have been read. `foreseen` is what it would do,
    `effect` what it did, as the import `import_id` of the ledger. `*_asked_at` say what a job is to
    do, and `failed` why it could not.
    """

    __tablename__ = "member_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    stored: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    brought_by: Mapped[str] = mapped_column(String(80))
    brought_at: Mapped[datetime]
    titles: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    problems: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    foreseen: Mapped[dict[str, Any] | None]
    effect: Mapped[dict[str, Any] | None]
    done_by: Mapped[str | None] = mapped_column(String(80))
    check_asked_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    apply_asked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    import_id: Mapped[int | None]
    undo_asked_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    failed: Mapped[str | None] = mapped_column(String(500))

    @property
    def state(self) -> str:
        """How far it is.

        `brought`, `checking`, `checked`, `applying`, `applied`, `undoing`, `undone`, `dropped` or
        `failed`.
        """
        if self.undo_asked_at:
            return "undone" if self.undone_at else "undoing"
        if self.applied_at or self.dropped_at:
            return "applied" if self.applied_at else "dropped"
        if self.failed:
            return "failed"
        if self.apply_asked_at:
            return "applying"
        if self.checked_at:
            return "checked"
        return "checking" if self.check_asked_at else "brought"


class MemberUploadProblem(Base):
    """A line that cannot be taken, and why; nothing of what stands in it."""

    __tablename__ = "member_upload_problem"
    __table_args__ = (Index("ix_member_upload_problem_upload_id", "upload_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("member_upload.id"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
