"""What the caps of mailboxes are read from."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class MailboxUse(Base):
    """A mail left for a mailbox because somebody named it; `created_at` is when it may leave.

    The mailbox is a keyed hash of what all its spellings share (`app.mail.equivalence`).
    """

    __tablename__ = "mailbox_use"
    __table_args__ = (
        Index("ix_mailbox_use_mailbox_hash_created_at", "mailbox_hash", "created_at"),
        Index("ix_mailbox_use_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
