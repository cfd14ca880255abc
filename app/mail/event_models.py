"""What became of mail that left: bounces, complaints, deliveries, and who asked to stop."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.leases import Leased, due_index, parked_index
from app.core.orm import Base

KINDS = ("hard", "soft", "blocked", "complaint", "delivered", "unsubscribe", "other")


class MailEvent(Leased, Base):
    """One thing that somebody told us of one mail, kept once however often it comes.

    Nothing in it is an address. `about` is the mail's `message_id`, or for `unsubscribe` the
    person's and the list's id. `address_hash` says which mailbox it was, as suppression keeps it,
    once that is found. Nothing follows from `other`, which is kept where a proof counts once only.
    """

    __tablename__ = "mail_event"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        CheckConstraint(
            "kind IN ('hard','soft','blocked','complaint','delivered','unsubscribe','other')",
            name="kind",
        ),
        due_index("mail_event"),
        parked_index("mail_event"),
        Index("ix_mail_event_address_hash_happened_at", "address_hash", "happened_at"),
        Index("ix_mail_event_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    event_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(16))
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    address_hash: Mapped[str | None] = mapped_column(String(64))
