"""What memberships know of one person: handed over whole, or emptied of names and addresses.

Payments and entitlements stay as they are, without a name: the law wants the one and the count is
proved by the other, so erasing moves neither.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import DeclarativeBase, Session

from app.core.money import currency_of
from app.core.orm import table_of
from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.joining.models import Intent
from app.memberships.models import Entitlement, MemberImportRow
from app.memberships.money_models import Customer, Dispute, Membership, Notice, Payment, Refund
from app.memberships.orders.models import MembershipChange, StaffOrder
from app.memberships.wall import withdraw
from app.people.models import EmailAddress

INNER = frozenset(
    {
        "id",
        "person_id",
        "buyer_id",
        "redeemed_by_id",
        "intent_id",
        "membership_id",
        "nonce",
        "thanks_hash",
        "checkout_key",
        "checkout_url",
        "code_hash",
        "look_at",
        "looks",
        "recipient_key",
    }
)
"""Columns that say nothing of a person: our own keys, and what would open something."""
ABOUT_OTHERS = frozenset({"recipient_address"})
"""Left out where somebody only received: the address is theirs, but the buyer's word."""
ABOUT_STAFF = frozenset({"key", "who", "lease", "leased_until", "last_error", "payment_id"})
"""Left out of what staff ordered: who they are, and how we work."""


def exported(session: Session, person_id: int) -> Mapping[str, object]:
    """Return all that memberships know of a person; amounts are in minor units."""
    mine = select(Payment.id).where(Payment.person_id == person_id)
    held = select(Membership.id).where(Membership.person_id == person_id)
    return {
        "memberships": _rows(session, Membership, Membership.person_id == person_id),
        "membership_changes": _rows(
            session, MembershipChange, MembershipChange.membership_id.in_(held)
        ),
        "orders": _rows(session, StaffOrder, StaffOrder.person_id == person_id, *ABOUT_STAFF),
        "payments": _rows(session, Payment, Payment.person_id == person_id),
        "refunds": _rows(session, Refund, Refund.payment_id.in_(mine), "payment_id"),
        "disputes": _rows(session, Dispute, Dispute.payment_id.in_(mine), "payment_id"),
        "wishes": _rows(session, Intent, Intent.person_id == person_id),
        "entitlements": _rows(session, Entitlement, Entitlement.person_id == person_id),
        "gifts_bought": _rows(session, GiftMembership, GiftMembership.buyer_id == person_id),
        "gifts_used": _rows(
            session,
            GiftMembership,
            GiftMembership.redeemed_by_id == person_id,
            *ABOUT_OTHERS,
        ),
        "wall_name": _rows(session, WallName, WallName.person_id == person_id),
        "customers": _rows(session, Customer, Customer.person_id == person_id),
        "notices": _rows(session, Notice, Notice.person_id == person_id),
    }


def _rows(
    session: Session, model: type[DeclarativeBase], which: ColumnElement[bool], *without: str
) -> list[dict[str, Any]]:
    table = table_of(model)
    hidden = INNER | set(without)
    shown = [column for column in table.columns if column.name not in hidden]
    found = session.execute(select(*shown).where(which).order_by(*table.primary_key))
    return [_with_digits(dict(row._mapping)) for row in found]  # noqa: SLF001 - SQLAlchemy's own


def _with_digits(row: dict[str, Any]) -> dict[str, Any]:
    """Say how many decimals the minor units of a row stand for."""
    return row | {"decimals": currency_of(row["currency"]).digits} if "currency" in row else row


def erase(session: Session, person_id: int, now: datetime) -> None:
    """Take a person's names, addresses, words and cards out of our rows; the caller commits.

    It comes before their addresses are gone: those are how gifts that others bought for them are
    found. A gift that they bought and that is still to be delivered keeps its recipient's address.
    Rows of a file of members that is yet to be applied are dropped: it would bring them back.

    Args:
        session: Writing; flushed, not committed.
        person_id: Whom to forget.
        now: The domain's present moment.
    """
    withdraw(session, person_id, now)
    keys = select(EmailAddress.key).where(EmailAddress.person_id == person_id)
    _blank(
        session,
        Intent,
        or_(Intent.person_id == person_id, Intent.recipient_key.in_(keys)),
        "recipient_address",
        "recipient_key",
    )
    _blank(session, Intent, Intent.person_id == person_id, "wall_name", "dedication")
    sent = and_(GiftMembership.buyer_id == person_id, _needs_no_address())
    _blank(
        session,
        GiftMembership,
        or_(sent, GiftMembership.recipient_key.in_(keys)),
        "recipient_address",
        "recipient_key",
    )
    session.execute(delete(table_of(MemberImportRow)).where(MemberImportRow.address_key.in_(keys)))
    mine = Membership.person_id == person_id
    cards = ("card_brand", "card_last4", "card_month", "card_year")
    _blank(session, Membership, mine, "cancel_reason", *cards)
    session.flush()


def _needs_no_address() -> ColumnElement[bool]:
    """Return what holds for gifts whose recipient was written to, or need not be."""
    return or_(
        GiftMembership.delivered_at.is_not(None),
        GiftMembership.redeemed_at.is_not(None),
        GiftMembership.void_at.is_not(None),
    )


def _blank(
    session: Session, model: type[DeclarativeBase], which: ColumnElement[bool], *columns: str
) -> None:
    session.execute(update(table_of(model)).where(which).values(dict.fromkeys(columns)))
