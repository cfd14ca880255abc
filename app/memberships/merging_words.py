"""What memberships say of two people who are one: before a merge, and before it is undone."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.languages import gettext as _
from app.core.languages import request_language
from app.core.money import Money
from app.core.money_text import shown
from app.memberships import ledger
from app.memberships.account.queries import payments_of
from app.memberships.gifts.gifts import FOR_ANYBODY, FOR_ONE
from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.gifts.turns import would_hold
from app.memberships.merging import CUSTOMERS, MEMBERSHIPS, REDEEMED, charging, merge, undo
from app.memberships.money_models import Customer, Membership
from app.memberships.queries import members_among
from app.people.changing_hands import name_of
from app.people.registers import Merger, Moved, Pair, Told

COUNT, MONEY, GIFTS, WALL = "count", "money", "gifts", "wall"


def preview(session: Session, pair: Pair) -> Sequence[Told]:
    """Say what becomes of the count, of memberships, payments, gifts and the name on the wall."""
    told = [Told(COUNT, count_sentence(effect_on_count(session, pair)))]
    told += [Told(MONEY, one) for one in (*_memberships(session, pair), *_payments(session, pair))]
    told += [Told(GIFTS, one) for one in _gifts(session, pair)]
    return [*told, *(Told(WALL, one) for one in _wall(session, pair))]


def effect_on_count(session: Session, pair: Pair) -> int:
    """Return by how much the public count moves: -1 where both counted, for they are one.

    It is 1 where the months of gifts that are over, and ran at the same time, follow one another.
    """
    both = (pair.from_id, pair.into_id)
    rows = ledger.in_force().subquery()
    other = select(func.count()).where(
        rows.c.person_id.in_(both),
        rows.c.source.not_in((FOR_ONE, FOR_ANYBODY)),
        ledger.contains(rows.c, pair.now),
    )
    gifts = would_hold(session, both)
    is_member = session.scalar(other) or any(since <= pair.now < until for since, until in gifts)
    return int(bool(is_member)) - len(members_among(session, both, pair.now))


def count_sentence(effect: int) -> str:
    """Return what an effect on the count is in words."""
    if effect < 0:
        return _("The public count goes down by exactly one: both count now, and they are one.")
    if effect > 0:
        return _("The public count goes up by one: months of their gifts that ran at once follow.")
    return _("The public count does not move.")


def stays(session: Session, pair: Pair, moved: Moved, since: datetime) -> list[str]:
    """Say how many memberships and gifts came since that are not of what is given back."""
    theirs = pair.into_id == MEMBERSHIPS
    new = _number(
        session,
        Membership.id,
        theirs,
        Membership.started_at > since,
        Membership.customer_id.not_in(moved[name_of(CUSTOMERS)]),
    )
    used = _number(
        session,
        GiftMembership.id,
        pair.into_id == REDEEMED,
        GiftMembership.used_at > since,
    )
    said = [_("Memberships begun since, which stay: %(number)s.", number=new)] if new else []
    if used:
        said.append(_("Gifts taken up since, which stay: %(number)s.", number=used))
    return said


def _memberships(session: Session, pair: Pair) -> list[str]:
    both = [*charging(session, pair.into_id), *charging(session, pair.from_id)]
    amounts = ", ".join(_rhythm(one) for one in both)
    customers = _number(session, Customer.customer_id, CUSTOMERS.in_((pair.from_id, pair.into_id)))
    said = []
    if len(both) > 1:
        sentence = _("Two memberships or more would charge one person: %(amounts)s. End one after.")
        said.append(sentence % {"amounts": amounts})
    elif both:
        said.append(_("Their membership goes on: %(amounts)s.", amounts=amounts))
    if customers > 1:
        sentence = _("Stripe's customers stay as they are, and all lead to them: %(number)s.")
        said.append(sentence % {"number": customers})
    return said


def _rhythm(one: Membership) -> str:
    amount = shown(Money(one.amount_minor, one.currency), request_language())
    if one.interval == "month":
        return _("%(amount)s a month", amount=amount)
    return _("%(amount)s a year", amount=amount)


def _payments(session: Session, pair: Pair) -> list[str]:
    """Say what was paid and kept, by currency: never summed across."""
    found = [one for person in (pair.into_id, pair.from_id) for one in payments_of(session, person)]
    kept: defaultdict[str, int] = defaultdict(int)
    for one in found:
        kept[one.kept.currency] += one.kept.minor
    if not found:
        return []
    amounts = (shown(Money(kept[one], one), request_language()) for one in sorted(kept))
    sentence = _("Payments together: %(number)s, which brought %(amounts)s.")
    return [sentence % {"number": len(found), "amounts": ", ".join(amounts)}]


def _gifts(session: Session, pair: Pair) -> list[str]:
    both = (pair.from_id, pair.into_id)
    bought = _number(session, GiftMembership.id, GiftMembership.buyer_id.in_(both))
    used = [_number(session, GiftMembership.id, one == REDEEMED) for one in both]
    said = [_("Gifts bought for others: %(number)s.", number=bought)] if bought else []
    if all(used):
        sentence = _("Gifts taken up follow one another, and no month of them is lost: %(number)s.")
        said.append(sentence % {"number": sum(used)})
    elif any(used):
        said.append(_("Gifts taken up: %(number)s.", number=sum(used)))
    return said


def _wall(session: Session, pair: Pair) -> list[str]:
    mine, theirs = (session.get(WallName, one) for one in (pair.from_id, pair.into_id))
    if mine is None:
        return []
    if theirs is None:
        return [_("On the supporters’ wall they stand as %(name)s.", name=mine.name)]
    sentence = _("On the supporters’ wall %(name)s stays, and %(other)s goes.")
    return [sentence % {"name": theirs.name, "other": mine.name}]


def _number(session: Session, key: object, *where: object) -> int:
    return session.scalar(select(func.count(key)).where(*where)) or 0  # type: ignore[arg-type]


MERGER = Merger(
    "memberships",
    frozenset(
        {
            "customer",
            "intent",
            "membership",
            "payment",
            "notice",
            "staff_order",
            "gift_membership",
            "wall_name",
            "entitlement",
            "member_span",
        }
    ),
    merge,
    undo,
    preview,
    stays,
)
"""Spans follow from the entitlements; refunds and disputes belong to their payment."""
