"""Webhooks to other systems: where they go, what is to be told, and how far that has come."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.leases import Leased, due_index, parked_index
from app.core.orm import Base

WAITING, DELIVERED, FAILED, DROPPED = "waiting", "delivered", "failed", "dropped"


class WebhookEndpoint(Base):
    """Another system that wants to be told. An empty list of newsletters stands for all.

    Its secret is derived from `secret_name` and a key that is not here. `after_id` is the consent
    after which it is told; `failing_since` is set from the first failure to the next success.
    """

    __tablename__ = "webhook_endpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    secret_name: Mapped[str] = mapped_column(String(32))
    old_secret_name: Mapped[str | None] = mapped_column(String(32))
    old_secret_until: Mapped[datetime | None]
    events: Mapped[list[Any]]
    newsletters: Mapped[list[Any]]
    after_id: Mapped[int]
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str | None] = mapped_column(String(200))


class WebhookDelivery(Leased, Base):
    """One event, to be told to one system; without a consent it is a test."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "consent_id"),
        due_index("webhook_delivery", "endpoint_id"),
        parked_index("webhook_delivery"),
        Index("ix_webhook_delivery_consent_id", "consent_id"),
        Index("ix_webhook_delivery_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoint.id"))
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"))
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(
        String(16), default=WAITING, server_default=text("'waiting'")
    )
    status: Mapped[int | None]
    milliseconds: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(Text)


class WebhookCursor(Base):
    """How far the record of consent has been spread over deliveries: one row.

    Whatever will ever be there up to `done_id` has been. Up to `seen_id` it was looked at, and up
    to `waits_id` everything is there once the transactions in `waits_for` have ended.
    """

    __tablename__ = "webhook_cursor"

    id: Mapped[int] = mapped_column(primary_key=True)
    done_id: Mapped[int]
    seen_id: Mapped[int]
    waits_id: Mapped[int]
    waits_for: Mapped[list[Any]]
