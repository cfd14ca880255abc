"""What pages read of gift memberships, and of the supporters' wall."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.memberships.gifts.codes import proves, typed_hash
from app.memberships.gifts.models import GiftMembership, WallName

State = Literal["open", "used", "void"]


@dataclass(frozen=True, slots=True)
class GiftRead:
    """A gift membership, as its buyer or its recipient may see it.

    Attributes:
        public_id: Its name; `gift_codes.code_of` gives the code.
        kind: `gift` for whoever has the code, `given` for a reader who cannot pay.
        buyer_id: Who paid.
        months: How long it holds.
        paid_at: When its money came.
        deliver_at: When its recipient is written to, if on a day of the buyer's.
        recipient: The address that the buyer gave, or empty.
        void_at: When its money went back, or was questioned; None while it is good.
        redeemed_by_id: Who uses it.
        used_at: When they took it up.
        counts_from: When it begins to count for them.
        ends_at: When it ends.
    """

    public_id: str
    kind: str
    buyer_id: int
    months: int
    paid_at: datetime
    deliver_at: datetime | None
    recipient: str
    void_at: datetime | None
    redeemed_by_id: int | None
    used_at: datetime | None
    counts_from: datetime | None
    ends_at: datetime | None

    @property
    def state(self) -> State:
        """Whether it can still be redeemed, was, or has lost its money."""
        if self.void_at is not None:
            return "void"
        return "open" if self.redeemed_by_id is None else "used"


@dataclass(frozen=True, slots=True)
class NameRead:
    """A name on the wall."""

    name: str
    listed_at: datetime


def gift_with_code(session: Session, settings: Settings, typed: str) -> GiftRead | None:
    """Return the gift that a typed code is for; what is given to anybody has no code."""
    hashed = typed_hash(settings, typed)
    if hashed is None:
        return None
    return _one(session, (GiftMembership.code_hash == hashed) & (GiftMembership.kind == "gift"))


def gift_at(session: Session, settings: Settings, public_id: str, proof: str) -> GiftRead | None:
    """Return the gift whose page an address opens, or None if the address is not of our making."""
    if not proves(settings, public_id, proof):
        return None
    named = GiftMembership.public_id == public_id
    return _one(session, named & (GiftMembership.kind == "gift"))


def gifts_bought_by(session: Session, person_id: int) -> list[GiftRead]:
    """Return the gift memberships that a person paid for, newest first."""
    return _all(session, GiftMembership.buyer_id == person_id)


def gifts_used_by(session: Session, person_id: int) -> list[GiftRead]:
    """Return the gift memberships that a person redeemed or claimed, newest payment first."""
    return _all(session, GiftMembership.redeemed_by_id == person_id)


def open_given(session: Session) -> int:
    """Return how many memberships wait for a reader who cannot pay."""
    waiting = select(func.count()).where(
        GiftMembership.kind == "given",
        GiftMembership.redeemed_at.is_(None),
        GiftMembership.void_at.is_(None),
    )
    return session.scalar(waiting) or 0


def wall_page(session: Session, most: int, before: datetime | None = None) -> list[NameRead]:
    """Return names of the wall, newest first, from before a moment on.

    Names listed in one moment stay on one page, so that the moment says where the next begins:
    there may be more than `most` of them.
    """
    within = WallName.listed_at < before if before is not None else None
    last = select(WallName.listed_at).order_by(WallName.listed_at.desc()).limit(1).offset(most - 1)
    names = select(WallName.name, WallName.listed_at)
    if within is not None:
        last, names = last.where(within), names.where(within)
    oldest = session.scalar(last)
    if oldest is not None:
        names = names.where(WallName.listed_at >= oldest)
    newest_first = names.order_by(WallName.listed_at.desc(), WallName.person_id.desc())
    return [NameRead(row.name, row.listed_at) for row in session.execute(newest_first)]


def has_older_names(session: Session, than: datetime) -> bool:
    """Tell whether anybody was listed before a moment."""
    older = select(WallName.person_id).where(WallName.listed_at < than).limit(1)
    return session.scalar(older) is not None


def _one(session: Session, which: ColumnElement[bool]) -> GiftRead | None:
    row = session.scalars(select(GiftMembership).where(which)).one_or_none()
    return None if row is None else read_gift(row)


def _all(session: Session, which: ColumnElement[bool]) -> list[GiftRead]:
    rows = session.scalars(
        select(GiftMembership)
        .where(which)
        .order_by(GiftMembership.paid_at.desc(), GiftMembership.id.desc())
    )
    return [read_gift(row) for row in rows]


def read_gift(row: GiftMembership) -> GiftRead:
    """Return a row as pages may see it."""
    return GiftRead(
        public_id=row.public_id,
        kind=row.kind,
        buyer_id=row.buyer_id,
        months=row.months,
        paid_at=row.paid_at,
        deliver_at=row.deliver_at,
        recipient=row.recipient_address or "",
        void_at=row.void_at,
        redeemed_by_id=row.redeemed_by_id,
        used_at=row.used_at or row.redeemed_at,
        counts_from=row.redeemed_at,
        ends_at=row.ends_at,
    )
