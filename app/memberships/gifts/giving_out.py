"""Gifts whose day has come: their recipients are written to, each in a transaction of its own."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.memberships.gifts.gifts import FOR_ONE, NEWS, deliver, locked
from app.memberships.gifts.models import GiftMembership
from app.memberships.joining.models import Intent

PAGE = 500


def give_out(database: Database) -> None:
    """Write to everybody who is given a membership and has not been told, if it is the day."""
    last = 0
    while page := _page(database, last):
        last = page[-1]
        for gift_id in page:
            with database.write() as session:
                if _give(session, gift_id):
                    session.commit()


def _page(database: Database, after: int) -> Sequence[int]:
    due_at = func.coalesce(GiftMembership.deliver_at, GiftMembership.paid_at)
    with database.read() as session:
        moment = now(session)
        return session.scalars(
            select(GiftMembership.id)
            .where(
                GiftMembership.id > after,
                GiftMembership.kind == FOR_ONE,
                GiftMembership.recipient_address.is_not(None),
                GiftMembership.delivered_at.is_(None),
                GiftMembership.redeemed_at.is_(None),
                GiftMembership.void_at.is_(None),
                due_at <= moment,
                due_at >= moment - NEWS,
            )
            .order_by(GiftMembership.id)
            .limit(PAGE)
        ).all()


def _give(session: Session, gift_id: int) -> bool:
    """Write to one recipient, if that is still to be done; tell whether it was."""
    gift = locked(session, GiftMembership.id == gift_id)
    if gift is None or not _is_open(gift):
        return False
    language = session.scalar(select(Intent.language).where(Intent.id == gift.intent_id)) or "en"
    return deliver(session, gift, language, now(session))


def _is_open(gift: GiftMembership) -> bool:
    return (gift.delivered_at, gift.redeemed_at, gift.void_at) == (None, None, None)
