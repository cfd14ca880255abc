"""Memberships bought for others, and the names on the supporters' wall."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class GiftMembership(Base):
    """A membership paid once by one person, for another.

    `kind` is `gift` (for whoever has its code) or `given` (for a reader who cannot pay, claimed
    from all that are open). Somebody took it up at `used_at`; it counts from `redeemed_at` until
    `ends_at`, after what they took up before. `void_at` says that its money went back.
    """

    __tablename__ = "gift_membership"
    __table_args__ = (
        CheckConstraint("kind IN ('gift','given')", name="kind"),
        Index("ix_gift_membership_buyer_id", "buyer_id"),
        Index("ix_gift_membership_redeemed_by_id", "redeemed_by_id"),
        Index(
            "ix_gift_membership_open",
            "kind",
            "paid_at",
            postgresql_where=text("redeemed_at IS NULL AND void_at IS NULL"),
            sqlite_where=text("redeemed_at IS NULL AND void_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    intent_id: Mapped[int] = mapped_column(ForeignKey("intent.id"), unique=True)
    months: Mapped[int]
    recipient_address: Mapped[str | None] = mapped_column(String(254))
    recipient_key: Mapped[str | None] = mapped_column(String(254))
    deliver_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    paid_at: Mapped[datetime]
    void_at: Mapped[datetime | None]
    redeemed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    used_at: Mapped[datetime | None]
    redeemed_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]


class WallName(Base):
    """A supporter's name as they want it on the wall; withdrawn, the row is gone."""

    __tablename__ = "wall_name"
    __table_args__ = (Index("ix_wall_name_listed_at_person_id", "listed_at", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    listed_at: Mapped[datetime]
