"""Gift memberships of one person, one after the other: none of their months is lost to another.

When each begins and ends follows from when it was taken up and from when the money of all of them
holds, not from the order in which either was heard of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.months import add_months
from app.memberships import entitling, queries_money
from app.memberships.coverage import Gap, Stretch, merged, without
from app.memberships.entitling import Title
from app.memberships.gifts.models import GiftMembership
from app.memberships.money_models import Payment


@dataclass(frozen=True, slots=True)
class Turn:
    """A gift membership that somebody took up: when, for how long, and when it does not hold."""

    used_at: datetime
    months: int
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """When a gift membership begins and ends, and what of that time its money holds."""

    starts_at: datetime
    ends_at: datetime
    pieces: tuple[Stretch, ...]


def terms(turns: Iterable[Turn]) -> list[Term]:
    """Return the term of each gift of one person.

    A gift's months pass only while none that was taken up before it holds: it begins where that
    one ends, or where its money was questioned; should that be good again, it rests meanwhile.

    Args:
        turns: In the order in which they were taken up.
    """
    found: list[Term] = []
    taken: tuple[Stretch, ...] = ()
    for turn in turns:
        starts_at = _begins(turn.used_at, taken)
        ends_at = _ends(starts_at, turn.months, taken)
        term = Term(starts_at, ends_at, without(starts_at, ends_at, turn.gaps))
        taken = merged([*taken, *term.pieces])
        found.append(term)
    return found


def _begins(moment: datetime, taken: Sequence[Stretch]) -> datetime:
    return next((until for since, until in taken if since <= moment < until), moment)


def _ends(starts_at: datetime, months: int, taken: Sequence[Stretch]) -> datetime:
    ends_at = add_months(starts_at, months)
    for since, until in taken:
        if starts_at < since < ends_at:
            ends_at += until - since
    return ends_at


def begins(session: Session, person_id: int, now: datetime) -> datetime:
    """Return when one more gift of a person would begin: at once, or where another ends."""
    turns = [_turn(session, gift) for gift in _used_by(session, person_id)]
    return terms([*turns, Turn(now, 0)])[-1].starts_at


def would_hold(session: Session, people: Sequence[int]) -> tuple[Stretch, ...]:
    """Return when gifts would hold, were those of several people one person's; reads only.

    Raises: as `take_turns`.
    """
    gifts = [gift for person in people for gift in _used_by(session, person)]
    gifts.sort(key=lambda gift: (_used_at(gift), gift.id))
    found = terms(_turn(session, gift) for gift in gifts)
    return merged([piece for term in found for piece in term.pieces])


def take_turns(session: Session, person_id: int, now: datetime) -> None:
    """Bring every gift of a person, and what it entitles to, to where they stand by now.

    Args:
        session: Flushed, not committed.
        person_id: Who took them up.
        now: The domain's present moment.

    Raises:
        MixedCurrencyError: Something went back in another currency than it came in.
    """
    gifts = _used_by(session, person_id, for_update=True)
    found = terms(_turn(session, gift) for gift in gifts)
    for gift, term in zip(gifts, found, strict=True):
        gift.redeemed_at, gift.ends_at = term.starts_at, term.ends_at
    session.flush()
    for gift, term in zip(gifts, found, strict=True):
        title = Title(person_id, gift.kind, gift.public_id)
        entitling.entitle(session, title, term.pieces, now)


def _used_by(
    session: Session, person_id: int, *, for_update: bool = False
) -> Sequence[GiftMembership]:
    """Return what a person took up, oldest use first; locked in the order of all who lock them."""
    asked = (
        select(GiftMembership)
        .where(GiftMembership.redeemed_by_id == person_id)
        .order_by(GiftMembership.id)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(asked.with_for_update() if for_update else asked).all()
    return sorted(found, key=lambda gift: (_used_at(gift), gift.id))


def _turn(session: Session, gift: GiftMembership) -> Turn:
    return Turn(_used_at(gift), gift.months, gaps_of(session, gift))


def _used_at(gift: GiftMembership) -> datetime:
    """Return when a gift was taken up; of those taken up long ago only their beginning is known."""
    return gift.used_at or gift.redeemed_at or gift.paid_at


def gaps_of(session: Session, gift: GiftMembership) -> tuple[Gap, ...]:
    """Return when the money of a gift does not hold.

    Raises: as `take_turns`.
    """
    payment_id = session.scalar(
        select(Payment.id).where(Payment.intent_id == gift.intent_id).order_by(Payment.id).limit(1)
    )
    return () if payment_id is None else queries_money.gaps_of(session, payment_id)
