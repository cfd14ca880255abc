"""What staff write down about a person, for each other."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class PersonNote(Base):
    """One note. Only its author changes it; deleted, it stays until that is for good."""

    __tablename__ = "person_note"
    __table_args__ = (
        Index("ix_person_note_person_id_created_at", "person_id", "created_at"),
        Index("ix_person_note_deleted_at", "deleted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
