"""A person as other systems see them: by address, or by the id that webhooks carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session, aliased

from app.core.settings import Settings
from app.mail import suppression
from app.newsletters.models import Newsletter, Subscription
from app.people.models import EmailAddress, Person
from app.people.survivors import stands_for

_ANY: Any = bindparam("people", expanding=True)
_ADDRESSES = (
    select(EmailAddress.person_id, EmailAddress.address, EmailAddress.key)
    .where(EmailAddress.person_id.in_(_ANY), EmailAddress.replaced_at.is_(None))
    .order_by(
        EmailAddress.verified_at.is_(None),
        EmailAddress.created_at.desc(),
        EmailAddress.id.desc(),
    )
)
_STANDINGS = (
    select(
        Newsletter.slug.label("newsletter"),
        Subscription.state,
        Subscription.asked_at,
        Subscription.confirmed_at,
        Subscription.ended_at,
    )
    .join(Newsletter, Newsletter.id == Subscription.newsletter_id)
    .where(Subscription.person_id == bindparam("person"))
    .order_by(Newsletter.position, Newsletter.id)
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where we write to a person."""

    address: str
    key: str


def mailboxes(session: Session, people: Sequence[int]) -> Mapping[int, Mailbox]:
    """Return where we write to people: of several addresses the newest that was proved."""
    found: dict[int, Mailbox] = {}
    for row in session.execute(_ADDRESSES, {"people": list(people)}):
        found.setdefault(row.person_id, Mailbox(row.address, row.key))
    return found


def person_with_key(session: Session, settings: Settings, key: str) -> dict[str, object] | None:
    """Return the state of the person who has an address, given by its key."""
    is_it = Person.id == (
        select(EmailAddress.person_id)
        .where(EmailAddress.key == key, EmailAddress.replaced_at.is_(None))
        .scalar_subquery()
    )
    return _person(session, settings, is_it)


def person_with_id(
    session: Session, settings: Settings, public_id: str
) -> dict[str, object] | None:
    """Return the state of a person, given by their public id; an erased one is nobody's.

    The id of one who was merged into another is that other's.
    """
    named = aliased(Person)
    whom = select(stands_for(named)).where(named.public_id == public_id).scalar_subquery()
    return _person(session, settings, Person.id == whom)


def _person(
    session: Session, settings: Settings, is_it: ColumnElement[bool]
) -> dict[str, object] | None:
    wanted = select(Person.id, Person.public_id, Person.language)
    found = session.execute(wanted.where(is_it, Person.erased_at.is_(None))).one_or_none()
    if found is None:
        return None
    mailbox = mailboxes(session, [found.id]).get(found.id)
    keys = [mailbox.key] if mailbox else []
    standings = session.execute(_STANDINGS, {"person": found.id}).mappings()
    return {
        "id": found.public_id,
        "email": mailbox.address if mailbox else None,
        "language": found.language,
        "mailable": mailbox is not None and not suppression.closed(session, settings, keys),
        "subscriptions": [{name: _plain(one[name]) for name in one} for one in standings],
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
