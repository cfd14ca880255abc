"""What supporters want to give: tiers, and one row for each wish, kept before Stripe is asked."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base

MEMBERSHIP, GIFT = "membership", "gift"
GIFT_MEMBERSHIP, GIVEN = "gift_membership", "given"
OPEN, PROCESSING, PAID = "open", "processing", "paid"
FAILED, EXPIRED, REPLACED = "failed", "expired", "replaced"


class Tier(Base):
    """What an amount is called and what comes with it.

    `least` is the smallest amount of a month by currency, in minor units: `{"EUR": 500}`;
    `benefits` is `{"en": ["...", ...]}`.
    """

    __tablename__ = "tier"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[dict[str, str]]
    benefits: Mapped[dict[str, Any]]
    least: Mapped[dict[str, Any]]
    position: Mapped[int]


class Intent(Base):
    """One wish to give, as it was sent; a wish that changed is a new row of the same nonce.

    `amount_minor` is all that is charged, `fee_minor` the part of it that covers the fee.
    `kind` is `membership`, `gift` (a single payment), `gift_membership` (for one recipient) or
    `given` (for a reader who cannot pay). `state` is `open`, `processing` (money on its way),
    `paid`, `failed`, `expired` or `replaced`. `look_at` is when the sweep next asks Stripe.
    """

    __tablename__ = "intent"
    __table_args__ = (
        UniqueConstraint("nonce", "revision"),
        CheckConstraint("kind IN ('membership','gift','gift_membership','given')", name="kind"),
        CheckConstraint("amount_minor > 0 AND fee_minor >= 0", name="amounts"),
        Index(
            "ix_intent_look_at",
            "look_at",
            postgresql_where=text("look_at IS NOT NULL"),
            sqlite_where=text("look_at IS NOT NULL"),
        ),
        Index("ix_intent_person_id", "person_id"),
        Index("ix_intent_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    nonce: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    thanks_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    interval: Mapped[str | None] = mapped_column(String(8))
    amount_minor: Mapped[int]
    fee_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    language: Mapped[str] = mapped_column(String(8))
    wall_name: Mapped[str | None] = mapped_column(String(80))
    dedication: Mapped[str | None] = mapped_column(String(200))
    recipient_address: Mapped[str | None] = mapped_column(String(254))
    recipient_key: Mapped[str | None] = mapped_column(String(254))
    deliver_at: Mapped[datetime | None]
    from_path: Mapped[str | None] = mapped_column(String(300))
    ask_key: Mapped[str | None] = mapped_column(String(80))
    utm_source: Mapped[str | None] = mapped_column(String(100))
    utm_medium: Mapped[str | None] = mapped_column(String(100))
    utm_campaign: Mapped[str | None] = mapped_column(String(100))
    utm_content: Mapped[str | None] = mapped_column(String(100))
    utm_term: Mapped[str | None] = mapped_column(String(100))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    customer_id: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    look_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    checkout_key: Mapped[str] = mapped_column(String(200))
    checkout_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    checkout_url: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None]
