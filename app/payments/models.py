"""What Stripe told us of, and which of its objects we still have to look at."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.leases import Leased, due_index, parked_index
from app.core.orm import Base


class StripeEvent(Base):
    """One event, kept once however often it comes. Nothing of it is believed but what it is about.

    `state` is `ours`, until a look shows that the object is somebody else's in a shared account
    (`foreign`), or `unread` for a type that we do not act on.
    """

    __tablename__ = "stripe_event"
    __table_args__ = (
        CheckConstraint("state IN ('ours','foreign','unread')", name="state"),
        Index("ix_stripe_event_object_kind_object_id", "object_kind", "object_id"),
        Index("ix_stripe_event_received_at", "received_at"),
    )

    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    object_kind: Mapped[str] = mapped_column(String(64))
    object_id: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8))


class DirtyKey(Leased, Base):
    """An object of Stripe's that may have changed since we last looked at it.

    Each mark counts `dirty_seq` up; whoever has looked sets `done_seq` to the count before the
    look. The row is done only while nothing was marked meanwhile. `failures` counts the tries in a
    row that failed for another reason than Stripe's silence. `leads_to_id` is the key of the
    payment or subscription that a refund, a dispute or an invoice turned out to be about.
    """

    __tablename__ = "dirty_key"
    __table_args__ = (
        UniqueConstraint("kind", "object_id"),
        due_index("dirty_key"),
        parked_index("dirty_key"),
        Index("ix_dirty_key_leads_to_id", "leads_to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(255))
    dirty_seq: Mapped[int]
    done_seq: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    leads_to_id: Mapped[int | None] = mapped_column(ForeignKey("dirty_key.id"))


class EventCursor(Base):
    """How far Stripe's list of events has been read: one row."""

    __tablename__ = "event_cursor"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str | None] = mapped_column(String(255))
    read_through: Mapped[datetime]


class Reconciliation(Base):
    """One comparison of everything we have with everything that Stripe has.

    `drift` is how many objects stand otherwise here than there, looked at twice; `found` names
    them: `[{"kind": ..., "id": ..., "what": ...}, ...]`.
    """

    __tablename__ = "reconciliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    checked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    drift: Mapped[int | None]
    found: Mapped[list[Any]]
