"""Gift memberships put to use: redeemed by whoever has the code, or claimed from what was given.

Each is used once, by one person. A person uses one at a time: one more begins where the last
ends, so that none of its months is lost.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.months import YEAR, add_months
from app.memberships.account.queries import span_of
from app.memberships.gifts.gifts import FOR_ANYBODY, FOR_ONE, locked
from app.memberships.gifts.models import GiftMembership
from app.memberships.gifts.turns import take_turns
from app.memberships.notices import Telling, tell
from app.people.models import Person

Refusal = Literal["unknown", "used", "void", "member", "again", "none"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish to use a gift membership.

    Attributes:
        refused: None if it was used, or why it was not: `unknown` gift or person; `used` by
            somebody else; `void`, its money went back; `member` already; `again` within a year;
            `none` is open.
        counts_from: When it begins, if it was used.
        ends_at: When it ends, if it was used.
    """

    refused: Refusal | None
    counts_from: datetime | None = None
    ends_at: datetime | None = None


def redeem(session: Session, person_id: int, public_id: str, now: datetime) -> Outcome:
    """Use a gift for a person who has its code; once used, asking again tells the same.

    Args:
        session: Flushed, not committed.
        person_id: Who is signed in.
        public_id: The gift's name, proved by its code.
        now: The domain's present moment.
    """
    holder = _locked(session, person_id)
    if holder is None:
        return Outcome("unknown")
    named = (GiftMembership.public_id == public_id) & (GiftMembership.kind == FOR_ONE)
    gift = locked(session, named)
    if gift is None:
        return Outcome("unknown")
    if gift.void_at is not None:
        return Outcome("void")
    if gift.redeemed_by_id is not None and gift.redeemed_by_id != holder:
        return Outcome("used")
    return _use(session, gift, holder, now)


def claim(session: Session, person_id: int, now: datetime) -> Outcome:
    """Use the oldest membership given to whoever cannot pay, if this person may and one is open.

    Nobody is asked why. A member needs none, and one a year is for everybody.
    """
    holder = _locked(session, person_id)
    if holder is None:
        return Outcome("unknown")
    refused = claim_refused(session, holder, now)
    if refused is not None:
        return Outcome(refused)
    gift = _oldest_given(session)
    return Outcome("none") if gift is None else _use(session, gift, holder, now)


def claim_refused(session: Session, person_id: int, now: datetime) -> Refusal | None:
    """Tell why a person cannot claim a given membership at present, if so."""
    if _claimed_since(session, person_id, add_months(now, -YEAR)):
        return "again"
    return "member" if span_of(session, person_id, now) is not None else None


def _use(session: Session, gift: GiftMembership, person_id: int, now: datetime) -> Outcome:
    if gift.redeemed_by_id is None:
        gift.redeemed_by_id, gift.used_at = person_id, now
        session.flush()
        take_turns(session, person_id, now)
        _tell(session, gift, person_id, now)
    return Outcome(None, gift.redeemed_at, gift.ends_at)


def _tell(session: Session, gift: GiftMembership, person_id: int, now: datetime) -> None:
    """Tell whoever took a gift up; and who gave its code away, that it was, but not by whom.

    Who gave to anybody is told nothing: the one reader who came just then could be guessed.
    """
    about = {"gift_id": gift.id}
    tell(session, Telling("gift-begun", gift.public_id, person_id, about), now)
    if gift.kind == FOR_ONE and gift.buyer_id != person_id:
        tell(session, Telling("gift-used", gift.public_id, gift.buyer_id, about), now)


def _oldest_given(session: Session) -> GiftMembership | None:
    """Return the given membership that waits longest; others who claim at once pass it over."""
    return session.scalars(
        select(GiftMembership)
        .where(
            GiftMembership.kind == FOR_ANYBODY,
            GiftMembership.redeemed_at.is_(None),
            GiftMembership.void_at.is_(None),
        )
        .order_by(GiftMembership.paid_at, GiftMembership.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _claimed_since(session: Session, person_id: int, since: datetime) -> bool:
    claimed = select(GiftMembership.id).where(
        GiftMembership.kind == FOR_ANYBODY,
        GiftMembership.redeemed_by_id == person_id,
        GiftMembership.redeemed_at > since,
        GiftMembership.void_at.is_(None),
    )
    return session.scalar(claimed.limit(1)) is not None


def _locked(session: Session, person_id: int) -> int | None:
    """Let one wish of a person be answered after the other; return who they are, if there.

    Who was merged into another just before has become that one.
    """
    found = session.execute(
        select(Person.id, Person.merged_into_id)
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None or found.merged_into_id is None:
        return None if found is None else found.id
    return _locked(session, found.merged_into_id)
