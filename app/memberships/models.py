"""Entitlements, the spans they add up to, the counter, and imports of outside members."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Entitlement(Base):
    """An interval in which a source makes a person a member. Rows are only ever added.

    A change is a new row with the next `revision` of the same (source, source_ref); the highest
    revision is in force. `ends_at` is exclusive, null for open; equal to `starts_at` for revoked.
    """

    __tablename__ = "entitlement"
    __table_args__ = (
        UniqueConstraint("source", "source_ref", "revision"),
        Index("ix_entitlement_person_id", "person_id"),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ordered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    source: Mapped[str] = mapped_column(String(40))
    source_ref: Mapped[str] = mapped_column(String(120))
    revision: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    counts: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]


class MemberSpan(Base):
    """A stretch of time in which a person is a member: the union of what entitles them."""

    __tablename__ = "member_span"
    __table_args__ = (
        Index("ix_member_span_person_id", "person_id"),
        Index("ix_member_span_starts_at", "starts_at"),
        Index("ix_member_span_ends_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class MemberCounter(Base):
    """One row: `members` holds from `valid_from` until `valid_until` (exclusive; null: for good)."""

    __tablename__ = "member_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    members: Mapped[int]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    version: Mapped[int]


class MemberImport(Base):
    """A file of members from elsewhere: staged in batches, applied in one transaction."""

    __tablename__ = "member_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_hash: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class MemberImportRow(Base):
    """One good row of a file, until the file is applied."""

    __tablename__ = "member_import_row"
    __table_args__ = (UniqueConstraint("import_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("member_import.id"))
    line: Mapped[int]
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(40))
    source_ref: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
