"""Who works here: what they may do at the desk, and in which browsers they are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base

EDITOR, MEMBERSHIP, ADMIN = "editor", "membership", "admin"
ROLES = (EDITOR, MEMBERSHIP, ADMIN)


class Staff(Base):
    """A person who works here.

    Someone who was invited has joined once they have signed in; someone who has left stays as a
    row, for what they did is written down under it.
    """

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("role IN ('editor','membership','admin')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    invited_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class StaffSession(Base):
    """A browser in which a member of staff is at the desk; of its cookie only the hash is kept.

    `signed_in_at` moves when they prove anew who they are. `device` is what the browser says of
    itself, in a few words.
    """

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_staff_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    device: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
