"""Files of subscribers from elsewhere: what was read of each, and what waits to be applied."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class SubscriberImport(Base):
    """One file, read and applied by one set of wishes.

    Attributes of note: `key` is a hash of the file and the wishes, by which a killed import is
    found again. `records` is how many records of the file have been read, `entries` how many pairs
    of address and list came of them, `repeated` how many of those the file had already. `effect`
    counts by fate what was applied. `read_at` and `applied_at` say when that was done to the end.

    Of a file that was brought to the desk, `stored` names it in the private folder until it is no
    longer needed, `position` is how many of its `size` bytes have been read, and `foreseen` what
    its rows would do. `note` is how its people agreed, in the words of whoever vouches.
    `*_asked_at` say what a job is to do, and `failed` why it could not.
    """

    __tablename__ = "subscriber_import"
    __table_args__ = (Index("ix_subscriber_import_key", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    file_hash: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(16))
    wishes: Mapped[dict[str, Any]]
    titles: Mapped[list[Any]]
    done_by: Mapped[str | None] = mapped_column(String(80))
    started_at: Mapped[datetime]
    records: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    problems: Mapped[int] = mapped_column(default=0)
    effect: Mapped[dict[str, Any]]
    read_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    stored: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    brought_by: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(String(500))
    foreseen: Mapped[dict[str, Any] | None]
    read_asked_at: Mapped[datetime | None]
    apply_asked_at: Mapped[datetime | None]
    stop_asked_at: Mapped[datetime | None]
    undo_asked_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    failed: Mapped[str | None] = mapped_column(String(500))

    @property
    def state(self) -> str:
        """How far it is.

        `brought` (to the desk, not read), `reading`, `read` (it waits to be applied), `applying`,
        `stopped`, `dropped` (before it was applied), `failed`, `applied`, `undoing` or `undone`.
        """
        if self.undone_at or self.undo_asked_at:
            return "undone" if self.undone_at else "undoing"
        if self.applied_at:
            return "applied"
        if self.failed:
            return "failed"
        if self.stop_asked_at:
            return "stopped" if self.stored or self.done_by else "dropped"
        if self.read_at:
            return "applying" if self.done_by else "read"
        return "brought" if self.stored and not self.read_asked_at else "reading"


class SubscriberImportRow(Base):
    """One address and one list of a file, until it is applied or forgotten."""

    __tablename__ = "subscriber_import_row"
    __table_args__ = (UniqueConstraint("import_id", "address_key", "newsletter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("subscriber_import.id"))
    part: Mapped[str] = mapped_column(String(120))
    line: Mapped[int]
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    address_hash: Mapped[str] = mapped_column(String(64))
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    name: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    given_at: Mapped[datetime | None]
    given_via: Mapped[str | None] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    office: Mapped[bool]


class SubscriberImportProblem(Base):
    """A record that could not be taken, or came twice, and why; `cells` is what stood in it."""

    __tablename__ = "subscriber_import_problem"
    __table_args__ = (Index("ix_subscriber_import_problem_import_id", "import_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("subscriber_import.id"))
    part: Mapped[str] = mapped_column(String(120))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    cells: Mapped[str] = mapped_column(Text)
