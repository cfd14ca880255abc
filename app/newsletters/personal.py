"""What newsletters know of a person: told to them, and taken out when they are erased.

Of an erased person the fact of each consent stays, without where it came from.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.core.orm import UtcDateTime, table_of
from app.core.retention import Leftover
from app.newsletters.deciding import WORDING
from app.newsletters.issue_models import Issue, IssueSend
from app.newsletters.models import Confirmation, Consent, Newsletter, SignupRequest, Subscription
from app.newsletters.preferences.models import AddressChange, SettingsLink
from app.newsletters.telling import tell
from app.people.models import EmailAddress, Person

NOBODY = ""

_PERSON: Any = bindparam("person")
_NOW: Any = bindparam("now", type_=UtcDateTime())
_LISTS = (
    select(
        Newsletter.slug.label("newsletter"),
        Subscription.state,
        Subscription.from_path,
        Subscription.asked_at,
        Subscription.confirmed_at,
        Subscription.ended_at,
        Subscription.paused_until,
    )
    .join(Newsletter, Newsletter.id == Subscription.newsletter_id)
    .where(Subscription.person_id == _PERSON)
    .order_by(Subscription.id)
)
_CONSENTS = (
    select(
        Newsletter.slug.label("newsletter"),
        Consent.what,
        Consent.happened_at,
        Consent.form,
        Consent.from_path,
        Consent.wording,
        Consent.language,
        Consent.network_hash,
        Consent.given_at,
        Consent.given_via,
    )
    .join(Newsletter, Newsletter.id == Consent.newsletter_id)
    .where(Consent.person_id == _PERSON)
    .order_by(Consent.id)
)
_KEYS = select(EmailAddress.key).where(EmailAddress.person_id == _PERSON)
_OWN_CONFIRMATIONS = select(Confirmation.id).where(Confirmation.person_id == _PERSON)
_IS_THEIRS = or_(
    SignupRequest.address_key.in_(_KEYS), SignupRequest.confirmation_id.in_(_OWN_CONFIRMATIONS)
)
_REQUESTS = (
    select(
        SignupRequest.address,
        SignupRequest.kind,
        SignupRequest.form,
        SignupRequest.from_path,
        SignupRequest.created_at,
    )
    .where(_IS_THEIRS)
    .order_by(SignupRequest.id)
)
_CHANGES = (
    select(
        AddressChange.address,
        AddressChange.created_at,
        AddressChange.used_at.label("done_at"),
        AddressChange.undone_at,
    )
    .where(AddressChange.person_id == _PERSON)
    .order_by(AddressChange.id)
)
_ISSUES = (
    select(Newsletter.slug.label("newsletter"), Issue.slug, IssueSend.state, IssueSend.sent_at)
    .join(Issue, Issue.id == IssueSend.issue_id)
    .join(Newsletter, Newsletter.id == Issue.newsletter_id)
    .where(IssueSend.person_id == _PERSON)
    .order_by(IssueSend.id)
)
_DROP_CHANGES = delete(table_of(AddressChange)).where(
    or_(AddressChange.person_id == _PERSON, AddressChange.address_key.in_(_KEYS))
)
_DROP_LINKS = delete(table_of(SettingsLink)).where(
    or_(SettingsLink.person_id == _PERSON, SettingsLink.address_key.in_(_KEYS))
)
_ERASE_REQUESTS = (
    update(table_of(SignupRequest))
    .where(_IS_THEIRS)
    .values(
        address=NOBODY,
        address_key=NOBODY,
        network_hash=None,
        done_at=func.coalesce(SignupRequest.done_at, _NOW),
        lease=None,  # a lane at work on it keeps nothing of what it found
        leased_until=None,
    )
)
_END_CONFIRMATIONS = (
    update(table_of(Confirmation))
    .where(Confirmation.person_id == _PERSON)
    .values(domain=NOBODY, ended_at=func.coalesce(Confirmation.ended_at, _NOW))
)
_LEAVE = (
    update(table_of(Subscription))
    .where(Subscription.person_id == _PERSON, Subscription.state.in_(("pending", "confirmed")))
    .values(state="unsubscribed", ended_at=_NOW)
    .returning(Subscription.newsletter_id)
)
_FORGET_NETWORKS = (
    update(table_of(Consent))
    .where(Consent.person_id == _PERSON)
    .values(network_hash=None, given_via=None)
)
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_CONFIRMATIONS_OF_PEOPLE = select(Confirmation.id).where(Confirmation.person_id.in_(_PEOPLE))

ASKED, FORGOTTEN = "asked", "forgotten"
LEFTOVERS = (
    Leftover(
        "signup_request",
        delete(table_of(SignupRequest)).where(
            SignupRequest.confirmation_id.in_(_CONFIRMATIONS_OF_PEOPLE)
        ),
    ),
    Leftover(
        "confirmation",
        delete(table_of(Confirmation)).where(Confirmation.person_id.in_(_PEOPLE)),
    ),
    Leftover(
        "settings_link",
        delete(table_of(SettingsLink)).where(SettingsLink.person_id.in_(_PEOPLE)),
    ),
    Leftover(
        "consent",
        update(table_of(Consent))
        .where(Consent.person_id.in_(_PEOPLE))
        .values(person_id=None, network_hash=None),
        Consent.what.not_in((ASKED, FORGOTTEN)),
    ),
)


def export(session: Session, person_id: int) -> Mapping[str, object]:
    """Return a person's subscriptions, all they agreed to and took back, and what they typed."""
    values = {"person": person_id}
    parts = {
        "subscriptions": _LISTS,
        "consents": _CONSENTS,
        "sign_ups": _REQUESTS,
        "address_changes": _CHANGES,
        "issues": _ISSUES,
    }
    return {name: session.execute(one, values).mappings().all() for name, one in parts.items()}


def erase(session: Session, person_id: int, now: datetime) -> None:
    """End every subscription and forget the addresses in what a person typed.

    Flushed, not committed; the person's addresses are still known when it is called.
    """
    values = {"person": person_id, "now": now}
    connection = session.connection()
    connection.execute(_ERASE_REQUESTS, values)
    connection.execute(_DROP_CHANGES, {"person": person_id})
    connection.execute(_DROP_LINKS, {"person": person_id})
    connection.execute(_END_CONFIRMATIONS, values)
    left = connection.execute(_LEAVE, values).scalars().all()
    if left:
        language = session.scalars(select(Person.language).where(Person.id == person_id)).one()
        connection.execute(
            insert(table_of(Consent)),
            [_taken_back(person_id, newsletter, language, now) for newsletter in left],
        )
        tell(session)
    connection.execute(_FORGET_NETWORKS, {"person": person_id})


def _taken_back(person_id: int, newsletter: int, language: str, now: datetime) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "newsletter_id": newsletter,
        "what": "unsubscribed",
        "happened_at": now,
        "form": "erasing",
        "wording": WORDING,
        "language": language,
    }
