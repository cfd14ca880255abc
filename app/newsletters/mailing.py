"""Who of a list is to be mailed at a moment: confirmed, not paused, not suppressed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.orm import UtcDateTime
from app.core.settings import Settings
from app.mail import suppression
from app.newsletters.models import Newsletter, Subscription
from app.newsletters.outside import Members
from app.people.models import EmailAddress, Person

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be mailed; `address` is the one they proved last, or that of the subscription."""

    subscription_id: int
    person_id: int
    public_id: str
    language: str
    address: str
    key: str


_own = aliased(EmailAddress, name="own")
_IS_OWN = and_(
    _own.id == Subscription.address_id,
    _own.person_id == Subscription.person_id,
    _own.verified_at.is_not(None),
    _own.replaced_at.is_(None),
)


def mailable() -> Select[*tuple[Any, ...]]:
    """Return who of a `newsletter` is to be mailed at `now`, before the gate of suppression.

    Addresses there are kept as hashes, which no database can compute: `recipients` asks, and so
    does the lane of mail before each send.
    """
    rank = func.row_number().over(
        partition_by=EmailAddress.person_id,
        order_by=(EmailAddress.created_at.desc(), EmailAddress.id.desc()),
    )
    newest = (
        select(EmailAddress.person_id, EmailAddress.address, EmailAddress.key, rank.label("rank"))
        .where(EmailAddress.verified_at.is_not(None), EmailAddress.replaced_at.is_(None))
        .subquery()
    )
    return (
        select(
            Subscription.id.label("subscription_id"),
            Person.id.label("person_id"),
            Person.public_id,
            Person.language,
            func.coalesce(_own.address, newest.c.address).label("address"),
            func.coalesce(_own.key, newest.c.key).label("key"),
        )
        .join(Person, Person.id == Subscription.person_id)
        .join(newest, (newest.c.person_id == Person.id) & (newest.c.rank == 1))
        .outerjoin(_own, _IS_OWN)
        .where(
            Subscription.newsletter_id == bindparam("newsletter"),
            Subscription.state == "confirmed",
            or_(
                Subscription.paused_until.is_(None),
                Subscription.paused_until <= bindparam("now", type_=UtcDateTime()),
            ),
            Person.erased_at.is_(None),
        )
    )


_PAGE = (
    mailable()
    .where(Subscription.id > bindparam("after"))
    .order_by(Subscription.id)
    .limit(bindparam("limit"))
)
_IS_FOR_MEMBERS = select(Newsletter.members_only).where(Newsletter.id == bindparam("newsletter"))


def recipients(
    session: Session, settings: Settings, newsletter: int, now: datetime, members: Members
) -> Iterator[Recipient]:
    """Yield who is to be mailed an issue of a list at `now`, each once, in pages by key.

    Args:
        session: Reading.
        settings: For the key of the suppressions.
        newsletter: Id of the list.
        now: A pause that is over by then has ended by itself.
        members: Asked if the list is for members alone.
    """
    for_members = bool(session.scalar(_IS_FOR_MEMBERS, {"newsletter": newsletter}))
    after = 0
    while True:
        values = {"newsletter": newsletter, "now": now, "after": after, "limit": PAGE}
        page = [Recipient(*row) for row in session.execute(_PAGE, values)]
        if not page:
            return
        after = page[-1].subscription_id
        shut = suppression.closed(session, settings, [one.key for one in page])
        let_in = {one.person_id for one in page}
        if for_members:
            let_in = members(session, let_in, now)
        yield from (one for one in page if one.key not in shut and one.person_id in let_in)
