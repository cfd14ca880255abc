"""Gift memberships from the money's side: made once paid, held and voided as their payment is.

What stands in a row follows from the payment and from who redeemed it, not from the order in
which either was heard of: settling again changes nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.memberships.gifts.codes import code_hash
from app.memberships.gifts.models import GiftMembership
from app.memberships.gifts.turns import gaps_of, take_turns
from app.memberships.joining.models import GIVEN, Intent
from app.memberships.money_models import Payment
from app.memberships.notices import Telling, tell

MONTHS = 12
NEWS = timedelta(days=3)
"""Nobody is written to about what is older, so that counting anew mails nobody."""
FOR_ONE, FOR_ANYBODY = "gift", "given"


def settle(
    session: Session, intent: Intent, payment: Payment, now: datetime, settings: Settings
) -> GiftMembership:
    """Make the gift membership that a payment is for, or bring it to where its money stands.

    Args:
        session: Flushed, not committed.
        intent: Its kind is `gift_membership` or `given`.
        payment: What paid for it; its refunds and disputes are written down already.
        now: The domain's present moment.
        settings: For the key of codes.

    Raises:
        MixedCurrencyError: Something went back in another currency than it came in.
    """
    gift = _locked_with_others(session, GiftMembership.intent_id == intent.id)
    if gift is None:
        gift = _made(session, intent, payment, settings)
    gift.buyer_id, gift.paid_at = payment.person_id, payment.paid_at
    gaps = gaps_of(session, gift)
    gift.void_at = min((gap.starts_at for gap in gaps if gap.ends_at is None), default=None)
    session.flush()
    if gift.redeemed_by_id is not None:
        take_turns(session, gift.redeemed_by_id, now)
    if gift.void_at is None:
        _tell_buyer(session, gift, now)
        deliver(session, gift, intent.language, now)
    return gift


def locked(session: Session, which: ColumnElement[bool]) -> GiftMembership | None:
    """Return a gift membership as it is now, for nobody else to change until the commit."""
    return session.scalars(
        select(GiftMembership)
        .where(which)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _locked_with_others(session: Session, which: ColumnElement[bool]) -> GiftMembership | None:
    """Return a gift as `locked` does, with all that whoever uses it uses, which hang together.

    Everybody locks them in the order of their ids. Where one came to be used in between, and so
    belongs among others now, what was locked is let go and all are locked anew.
    """
    while True:
        ids = _ids_together(session, which)
        with session.begin_nested() as point:
            for gift_id in ids:
                locked(session, GiftMembership.id == gift_id)
            if _ids_together(session, which) == ids:
                return locked(session, which)
            point.rollback()


def _ids_together(session: Session, which: ColumnElement[bool]) -> list[int]:
    users = select(GiftMembership.redeemed_by_id).where(which).scalar_subquery()
    together = select(GiftMembership.id).where(or_(which, GiftMembership.redeemed_by_id == users))
    return list(session.scalars(together.order_by(GiftMembership.id)))


def _made(session: Session, intent: Intent, payment: Payment, settings: Settings) -> GiftMembership:
    """Add the row, named like its intent, so that its code is the same whoever adds it."""
    gift = GiftMembership(
        public_id=intent.public_id,
        code_hash=code_hash(settings, intent.public_id),
        kind=FOR_ANYBODY if intent.kind == GIVEN else FOR_ONE,
        buyer_id=payment.person_id,
        intent_id=intent.id,
        months=MONTHS,
        recipient_address=intent.recipient_address,
        recipient_key=intent.recipient_key,
        deliver_at=intent.deliver_at,
        paid_at=payment.paid_at,
    )
    session.add(gift)
    session.flush()
    return gift


def _tell_buyer(session: Session, gift: GiftMembership, now: datetime) -> None:
    """Send the buyer the code; what is given to anybody needs none."""
    if gift.kind == FOR_ONE and now - gift.paid_at <= NEWS:
        about = {"gift_id": gift.id}
        tell(session, Telling("gift-code", gift.public_id, gift.buyer_id, about), now)


def deliver(session: Session, gift: GiftMembership, language: str, now: datetime) -> bool:
    """Write to the recipient, if there is an address and the day has come; tell whether it was.

    A gift whose day is still to come is written about by the sweep of reminders.
    """
    due_at = gift.deliver_at or gift.paid_at
    is_waiting = gift.recipient_address is not None and gift.redeemed_at is None
    if not is_waiting or not due_at <= now <= due_at + NEWS:
        return False
    telling = Telling(
        "gift",
        gift.public_id,
        gift.buyer_id,
        {"gift_id": gift.id},
        address=gift.recipient_address,
        language=language,
    )
    is_new = tell(session, telling, now)
    if is_new:
        gift.delivered_at = now
        session.flush()
    return is_new
