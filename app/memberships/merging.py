"""What memberships make over when two people are one, and give back.

Stripe's customers of both lead to the one who stays, so what is heard of either later lands there.
Entitlements are never edited: each gets a revision of the other person, and the union of them makes
one member. Gifts follow one another, as those of one person do.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.articles.versions import bump
from app.core.alarms import clear_alarm, raise_alarm
from app.core.orm import table_of
from app.memberships import service
from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.gifts.turns import take_turns
from app.memberships.joining.models import Intent
from app.memberships.money_models import Customer, Membership, Notice, Payment
from app.memberships.orders.models import StaffOrder
from app.memberships.queries_money import running_of
from app.memberships.seen_memberships import TWO_MEMBERSHIPS
from app.people.changing_hands import give, give_all, give_back, name_of, put_in, take_out
from app.people.registers import Moved, Pair

CUSTOMERS, MEMBERSHIPS = Customer.person_id, Membership.person_id
INTENTS, PAYMENTS = Intent.person_id, Payment.person_id
REDEEMED = GiftMembership.redeemed_by_id
OWNERS = (
    INTENTS,  # first, as whoever looks at Stripe holds a wish before its customer
    CUSTOMERS,
    MEMBERSHIPS,
    PAYMENTS,
    Notice.person_id,
    StaffOrder.person_id,
    GiftMembership.buyer_id,
    REDEEMED,
)
UNDONE = "unmerged"


def merge(session: Session, pair: Pair) -> Moved:
    """Give customers, memberships, payments, gifts, the name on the wall and what entitles."""
    moved: dict[str, Any] = {
        "begun": _begun(session, pair),
        "roots": service.roots_of(session, pair.from_id),
        **give_all(session, OWNERS, pair),
        **_give_wall(session, pair),
    }
    service.move(session, pair.from_id, pair.into_id, now=pair.now)
    take_turns(session, pair.into_id, pair.now)
    _watch(session, pair)
    return moved


def undo(session: Session, pair: Pair, moved: Moved) -> None:
    """Give it all back, with what came of it since: the later payments of a membership, say."""
    for owner in OWNERS:
        give_back(session, owner, pair, moved[name_of(owner)])
    for owner, of_theirs in _followers(moved):
        give(session, owner, pair.swapped(), of_theirs)
    _give_wall_back(session, pair, moved)
    back = set(moved["roots"]) | _roots(session, pair.from_id)
    service.move(session, pair.into_id, pair.from_id, now=pair.now, reason=UNDONE, only=back)
    _begin_again(session, moved["begun"])
    for person in (pair.from_id, pair.into_id):
        take_turns(session, person, pair.now)
    _watch(session, pair)


def charging(session: Session, person_id: int) -> list[Membership]:
    """Return the memberships of a person that will be charged again."""
    return [one for one in running_of(session, person_id) if one.ends_at is None]


def _followers(moved: Moved) -> Sequence[tuple[Any, ColumnElement[bool]]]:
    """Return what goes back because of what it hangs on, whenever it came."""
    customers = moved[name_of(CUSTOMERS)]
    memberships = select(Membership.id).where(Membership.customer_id.in_(customers))
    intents = or_(Intent.customer_id.in_(customers), Intent.id.in_(moved[name_of(INTENTS)]))
    of_intents = select(Intent.id).where(intents)
    paid = or_(Payment.membership_id.in_(memberships), Payment.intent_id.in_(of_intents))
    return (
        (MEMBERSHIPS, Membership.customer_id.in_(customers)),
        (INTENTS, Intent.customer_id.in_(customers)),
        (PAYMENTS, paid),
        (GiftMembership.buyer_id, GiftMembership.intent_id.in_(of_intents)),
    )


def _roots(session: Session, person_id: int) -> set[str]:
    """Return what may entitle a person: their memberships, gifts and payments."""
    asked = (
        select(Membership.subscription_id).where(Membership.person_id == person_id),
        select(GiftMembership.public_id).where(GiftMembership.redeemed_by_id == person_id),
        select(Payment.payment_id).where(Payment.person_id == person_id),
    )
    return {name for one in asked for name in session.scalars(one)}


def _begun(session: Session, pair: Pair) -> dict[str, str]:
    """Return when gifts of old began, of which it is not known when they were taken up."""
    used_by = REDEEMED.in_((pair.from_id, pair.into_id))
    asked = select(GiftMembership.id, GiftMembership.redeemed_at).where(
        used_by, GiftMembership.used_at.is_(None), GiftMembership.redeemed_at.is_not(None)
    )
    return {str(row.id): row.redeemed_at.isoformat() for row in session.execute(asked)}


def _begin_again(session: Session, begun: dict[str, str]) -> None:
    for gift_id, moment in begun.items():
        gift = update(table_of(GiftMembership)).where(GiftMembership.id == int(gift_id))
        session.connection().execute(gift.values(redeemed_at=datetime.fromisoformat(moment)))


def _give_wall(session: Session, pair: Pair) -> dict[str, Any]:
    """Give the name on the wall, unless the one who stays has one; theirs gives way then."""
    table = table_of(WallName)
    if session.get(WallName, pair.into_id) is None:
        given = give(session, WallName.person_id, pair)
        return {"wall": bool(given), "wall_gave_way": []}
    gone = take_out(session, table, [pair.from_id])
    if gone:
        bump(session)
    return {"wall": False, "wall_gave_way": gone}


def _give_wall_back(session: Session, pair: Pair, moved: Moved) -> None:
    if moved["wall"]:
        give(session, WallName.person_id, pair.swapped())
    put_in(session, table_of(WallName), moved["wall_gave_way"])


def _watch(session: Session, pair: Pair) -> None:
    """Tell staff if one human is charged by two memberships, and no more if not."""
    for person in (pair.from_id, pair.into_id):
        if len(charging(session, person)) > 1:
            raise_alarm(session, TWO_MEMBERSHIPS, pair.now, str(person))
        else:
            clear_alarm(session, TWO_MEMBERSHIPS, pair.now, str(person))
