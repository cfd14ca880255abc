"""What was seen of Stripe's, written down: customers, memberships, payments, refunds, disputes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Customer(Base):
    """A person as Stripe knows them; one who gave from two addresses is known twice."""

    __tablename__ = "customer"
    __table_args__ = (Index("ix_customer_person_id", "person_id"),)

    customer_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]


class Membership(Base):
    """A recurring promise: Stripe's subscription as it was last seen.

    `paid_through` is the end of what good money covers, `ends_at` when it will end because
    somebody asked, `ended_at` when it did. `failing_since` is when the charge that is open now
    first failed. `cancel_reason` is the supporter's own word, if they left one.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_person_id", "person_id"),
        Index("ix_membership_period_ends_at", "period_ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[str] = mapped_column(String(255), unique=True)
    customer_id: Mapped[str] = mapped_column(String(255))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intent.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    interval: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(24))
    started_at: Mapped[datetime]
    period_ends_at: Mapped[datetime]
    paid_through: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(300))
    paused: Mapped[bool]
    failing_since: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    card_brand: Mapped[str | None] = mapped_column(String(20))
    card_last4: Mapped[str | None] = mapped_column(String(4))
    card_month: Mapped[int | None]
    card_year: Mapped[int | None]


class Payment(Base):
    """Money that came: of a membership's invoice, or a single one.

    `covers_until` is the end of the period that its invoice is for. `refunded_minor` is what went
    back for good. `disputed` is the gravest state of its disputes: `warning`, `open`, `won` or
    `lost`; null for none. `charge_id` is the newest charge of it that was seen.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_invoice_id", "invoice_id"),
        Index("ix_payment_charge_id", "charge_id"),
        Index("ix_payment_person_id_paid_at", "person_id", "paid_at"),
        Index("ix_payment_membership_id", "membership_id"),
        Index("ix_payment_intent_id", "intent_id"),
        Index("ix_payment_paid_at", "paid_at", "currency", "amount_minor", "refunded_minor"),
        Index(
            "ix_payment_paid_at_single",
            "paid_at",
            postgresql_where=text("membership_id IS NULL"),
            sqlite_where=text("membership_id IS NULL"),
        ),
        CheckConstraint("amount_minor >= 0 AND refunded_minor >= 0", name="amounts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = mapped_column(String(255), unique=True)
    receipt_number: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intent.id"))
    invoice_id: Mapped[str | None] = mapped_column(String(255))
    invoice_number: Mapped[str | None] = mapped_column(String(64))
    charge_id: Mapped[str | None] = mapped_column(String(255))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    refunded_minor: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    paid_at: Mapped[datetime]
    covers_until: Mapped[datetime | None]
    disputed: Mapped[str | None] = mapped_column(String(8))
    warned: Mapped[bool]


class Refund(Base):
    """Money on its way back; only `succeeded` says that it is there."""

    __tablename__ = "refund"
    __table_args__ = (Index("ix_refund_payment_id", "payment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[str] = mapped_column(String(255), unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(24))
    created_at: Mapped[datetime]


class Dispute(Base):
    """A payment that its payer's bank questions; it waits until `answer_by` for an answer."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_payment_id", "payment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[str] = mapped_column(String(255), unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Notice(Base):
    """That a person was written to about something: once, whoever notices it first."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("kind", "ref"),
        Index("ix_notice_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    ref: Mapped[str] = mapped_column(String(300))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
