"""Entitlements, the spans they add up to, the counter, and imports of outside members."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, Session, mapped_column

from app.core.errors import UnwalledError
from app.core.orm import Base


class AppendedOnlyError(UnwalledError):
    """Something tried to change or to delete an entitlement."""


class Entitlement(Base):
    """An interval in which a source makes a person a member. Rows are only ever added.

    A change is a new row with the next `revision` of the same (source, source_ref); the highest
    revision is in force. `ends_at` is exclusive, null for open; equal to `starts_at` for revoked.
    """

    __tablename__ = "entitlement"
    __table_args__ = (
        UniqueConstraint("source", "source_ref", "revision"),
        Index("ix_entitlement_person_id", "person_id"),
        Index(
            "ix_entitlement_ends_at_elsewhere",
            "ends_at",
            postgresql_where=text("source <> 'membership'"),
            sqlite_where=text("source <> 'membership'"),
        ),
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
    """A stretch of time in which a person is a member: the union of what entitles them.

    `begun_by_id` and `ended_by_id` are the entitlements that bound it, so that nobody has to ask
    the whole ledger why somebody came or left.
    """

    __tablename__ = "member_span"
    __table_args__ = (
        Index("ix_member_span_person_id", "person_id"),
        Index("ix_member_span_starts_at", "starts_at"),
        Index(
            "ix_member_span_ends_at",
            "ends_at",
            postgresql_where=text("ends_at IS NOT NULL"),
            sqlite_where=text("ends_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    begun_by_id: Mapped[int | None]
    ended_by_id: Mapped[int | None]


class MemberCounter(Base):
    """One row: `members` holds from `valid_from` until `valid_until` (exclusive; null: for good).

    Whoever changes the ledger locks this row first, so that changes queue. `through_id` is the
    last entitlement that the spans contain; rows above it are what one change has added.
    """

    __tablename__ = "member_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    members: Mapped[int]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    version: Mapped[int]
    through_id: Mapped[int]


class MemberImport(Base):
    """A file of members from elsewhere: staged in batches, applied in one transaction."""

    __tablename__ = "member_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class MemberImportRow(Base):
    """One good row of a file, until the file is applied or given up.

    `public_id` becomes that of the person whom the row brings, if nobody has its address yet; null
    where an earlier row of the file has the same address.
    """

    __tablename__ = "member_import_row"
    __table_args__ = (Index("ix_member_import_row_import_id", "import_id", "source", "source_ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("member_import.id"))
    line: Mapped[int]
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    public_id: Mapped[str | None] = mapped_column(String(36))
    name: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(40))
    source_ref: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


@event.listens_for(Entitlement, "before_update")
@event.listens_for(Entitlement, "before_delete")
def _refuse_change(_mapper: Mapper[Entitlement], _connection: object, row: Entitlement) -> None:
    raise AppendedOnlyError(f"Entitlement {row.id} stands: append a revision of it.")


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk_change(state: ORMExecuteState) -> None:
    if (state.is_update or state.is_delete) and state.bind_mapper is Entitlement.__mapper__:
        raise AppendedOnlyError("Entitlements stand: append revisions of them.")
