"""A person and their addresses."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Person(Base):
    """Someone we know: a subscriber, a supporter, a member, or not yet any of them.

    One who turned out to be somebody else is `merged_into` them, always the last of a chain: what
    comes for them belongs to that one.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index(
            "ix_person_merged_into_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
            sqlite_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="en")
    created_at: Mapped[datetime]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    erased_at: Mapped[datetime | None]


class EmailAddress(Base):
    """One mailbox of a person. `key` is the address as mailboxes are compared: case folded.

    One that another has replaced opens nothing any more, and is kept for as long as whoever reads
    it may object.
    """

    __tablename__ = "email_address"
    __table_args__ = (Index("ix_email_address_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254))
    key: Mapped[str] = mapped_column(String(254), unique=True)
    verified_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
