"""What waits to be sent, and the addresses that nothing is sent to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.leases import Leased, due_index, parked_index
from app.core.orm import Base


class OutgoingMail(Leased, Base):
    """One mail to one mailbox.

    What it says is rendered when it is sent, from `template` and the ids in `context`: no token
    and no text of the mail is ever stored. `message_id` is the same at each attempt.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        due_index("outgoing_mail", "stream"),
        parked_index("outgoing_mail"),
        Index("ix_outgoing_mail_person_id_created_at", "person_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    stream: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    template: Mapped[str] = mapped_column(String(64))
    context: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    smtp_code: Mapped[int | None]


class Suppression(Base):
    """An address that asked for nothing more, or that refuses mail; outlives its person."""

    __tablename__ = "suppression"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
