"""What staff ordered to be done at Stripe, and what was seen to change of memberships."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.leases import Leased, due_index
from app.core.orm import Base

REFUND: Final = "refund"


class StaffOrder(Leased, Base):
    """One order, kept before Stripe is asked: a process that dies loses none, and doubles none.

    `nonce` is that of the form, `key` the idempotency key under which Stripe is asked however
    often it takes. `kind` is `refund` (of a payment), or `cancel`, `end`, `undo`, `pause` or
    `resume` (of a membership). `outcome` is `done`, `refused` (by Stripe, in the word `code`),
    `overtaken` (as the membership stood by then it could not be done), or `lapsed` (Stripe was
    silent for so long that the same question would be another); null while it is under way.
    """

    __tablename__ = "staff_order"
    __table_args__ = (
        CheckConstraint("kind IN ('refund','cancel','end','undo','pause','resume')", name="kind"),
        CheckConstraint("outcome IN ('done','refused','overtaken','lapsed')", name="outcome"),
        due_index("staff_order"),
        Index("ix_staff_order_person_id_created_at", "person_id", "created_at"),
        Index("ix_staff_order_payment_id", "payment_id"),
        Index("ix_staff_order_membership_id", "membership_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64), unique=True)
    key: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    who: Mapped[str] = mapped_column(String(80))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    created_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(12))
    code: Mapped[str | None] = mapped_column(String(100))


class MembershipChange(Base):
    """Something that a look at Stripe found otherwise than the look before it.

    `what` is `amount`, `card`, `paused`, `resumed`, `cancelled` or `undone`; `at` when it was
    seen. Changes that came and went between two looks are not here: it is a story, no ledger.
    """

    __tablename__ = "membership_change"
    __table_args__ = (
        CheckConstraint(
            "what IN ('amount','card','paused','resumed','cancelled','undone')", name="what"
        ),
        Index("ix_membership_change_membership_id_at", "membership_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    what: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    before_minor: Mapped[int | None]
    after_minor: Mapped[int | None]
