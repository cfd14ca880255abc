"""Mails about money that staff have sent once more: the same words, as things stand by now."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.bell import ring
from app.mail.outbox import Mail, queue
from app.memberships.gifts.models import GiftMembership
from app.memberships.money_models import Membership, Payment
from app.memberships.notices import MAIL_LANE
from app.people.reaching import Reach

RECEIPT, WELCOME, GIFT_CODE = "receipt", "welcome_member", "gift_code"


def receipts_of(session: Session, person_id: int) -> list[Payment]:
    """Return the payments whose receipts can be sent again, newest first."""
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.person_id == person_id)
            .order_by(Payment.paid_at.desc(), Payment.id.desc())
        )
    )


def welcomes_of(session: Session, person_id: int) -> list[Membership]:
    """Return the memberships that a welcome can be sent for again: those that go on."""
    return list(
        session.scalars(
            select(Membership)
            .where(
                Membership.person_id == person_id,
                Membership.ended_at.is_(None),
                Membership.ends_at.is_(None),
                Membership.paid_through.is_not(None),
            )
            .order_by(Membership.started_at.desc(), Membership.id.desc())
        )
    )


def codes_of(session: Session, person_id: int) -> list[GiftMembership]:
    """Return the gifts whose code can be sent to their buyer again: those nobody has taken up."""
    return list(
        session.scalars(
            select(GiftMembership)
            .where(
                GiftMembership.buyer_id == person_id,
                GiftMembership.kind == "gift",
                GiftMembership.redeemed_at.is_(None),
                GiftMembership.void_at.is_(None),
            )
            .order_by(GiftMembership.paid_at.desc(), GiftMembership.id.desc())
        )
    )


def send(session: Session, reach: Reach, template: str, row_id: int, now: datetime) -> None:
    """Queue a mail about one of the above; flushed, not committed."""
    key = {RECEIPT: "payment_id", WELCOME: "membership_id", GIFT_CODE: "gift_id"}[template]
    mail = Mail(template, reach.address, reach.language, reach.person_id, {key: row_id})
    queue(session, [mail], now)
    ring(session, MAIL_LANE)
