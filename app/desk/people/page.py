"""The top of a person's page: who they are, how they stand, and what they have with us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.settings import Settings
from app.desk.people import words
from app.desk.people.held import (
    ComplimentaryShown,
    MembershipShown,
    complimentary_shown,
    memberships_shown,
    stripe_url,
)
from app.desk.people.table import called
from app.mail.models import Suppression
from app.mail.suppression import CLOSING, address_hash
from app.memberships import ledger
from app.memberships.account.queries import MembershipRead, memberships_of, span_of
from app.memberships.account.words import Voice
from app.memberships.models import Entitlement, MemberSpan
from app.memberships.money_models import Customer
from app.memberships.standing import standing_of
from app.newsletters.models import Newsletter, Subscription
from app.people.models import EmailAddress, Person
from app.people.reaching import reach_of
from app.people.staff_models import Staff
from app.people.staff_queries import works_here


@dataclass(frozen=True, slots=True)
class AddressShown:
    """One mailbox of a person.

    Attributes:
        id: Of its row.
        text: As it is kept.
        state: Whether it is proved, replaced, and since when.
        trouble: Why nothing is sent there, or empty.
        is_shut: Staff may open it again.
    """

    id: int
    text: str
    state: str
    trouble: str
    is_shut: bool


@dataclass(frozen=True, slots=True)
class ListShown:
    """How somebody stands with a newsletter."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class CustomerShown:
    """A person as Stripe knows them; `url` is empty where there is no page of theirs."""

    name: str
    url: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Everything at the top of a person's page."""

    public_id: str
    title: str
    name: str
    language: str
    address: str
    addresses: tuple[AddressShown, ...]
    standing: str
    is_member: bool
    reasons: tuple[str, ...]
    memberships: tuple[MembershipShown, ...]
    complimentary: tuple[ComplimentaryShown, ...]
    customers: tuple[CustomerShown, ...]
    lists: tuple[ListShown, ...]
    is_erased: bool
    works_here: bool


def person_named(session: Session, public_id: str) -> Person | None:
    """Return a person by the name that their page's address has."""
    if not public_id.isprintable():
        return None
    return session.scalars(select(Person).where(Person.public_id == public_id)).one_or_none()


def shown(
    session: Session, settings: Settings, voice: Voice, person: Person, now: datetime
) -> PersonShown:
    """Read the top of a person's page."""
    reach = reach_of(session, person.id)
    address = reach.address if reach is not None else ""
    span, held = span_of(session, person.id, now), memberships_of(session, person.id)
    return PersonShown(
        public_id=person.public_id,
        title=called(person.name, address, is_erased=person.erased_at is not None),
        name=person.name or "",
        language=LANGUAGES.get(person.language, person.language),
        address=address,
        addresses=tuple(_addresses(session, settings, voice, person.id)),
        standing=_standing(voice, span, held),
        is_member=span is not None,
        reasons=tuple(_reasons(session, voice, person.id, now)),
        memberships=memberships_shown(session, settings, voice, held),
        complimentary=complimentary_shown(session, voice, person.id, now),
        customers=tuple(_customers(session, settings, person.id)),
        lists=tuple(_lists(session, voice, person.id, now)),
        is_erased=person.erased_at is not None,
        works_here=works_here(session, person.id),
    )


def staff_names(session: Session) -> dict[str, str]:
    """Return what staff are called, by how the audit log names them."""
    rows = session.execute(select(Staff.id, Person.name).join(Person, Person.id == Staff.person_id))
    return {f"staff:{staff_id}": name for staff_id, name in rows if name}


def _standing(voice: Voice, span: MemberSpan | None, held: Sequence[MembershipRead]) -> str:
    """Return whether somebody is a member; what goes on by itself has no end that is known."""
    if span is None:
        return _("Not a member, and not counted.")
    if span.ends_at is None or any(standing_of(one) == "running" for one in held):
        return _("A member, and counted.")
    return _("A member, and counted until %(when)s.", when=words.when(voice, span.ends_at))


def _reasons(session: Session, voice: Voice, person_id: int, now: datetime) -> list[str]:
    """Return by what somebody is a member now, or will be: what is in force and not over."""
    rows = session.scalars(
        ledger.latest()
        .where(
            Entitlement.person_id == person_id,
            or_(Entitlement.ends_at.is_(None), Entitlement.ends_at > now),
        )
        .order_by(Entitlement.starts_at, Entitlement.id)
    )
    return [_reason(voice, row) for row in rows if row.ends_at != row.starts_at]


def _reason(voice: Voice, row: Entitlement) -> str:
    values = {"source": words.source(row.source), "since": voice.day(row.starts_at)}
    if row.ends_at is None:
        return _("By %(source)s, since %(since)s.", **values)
    until = words.last_day(voice, row.ends_at)
    return _("By %(source)s, from %(since)s until %(until)s.", until=until, **values)


def _addresses(
    session: Session, settings: Settings, voice: Voice, person_id: int
) -> list[AddressShown]:
    rows = session.scalars(
        select(EmailAddress)
        .where(EmailAddress.person_id == person_id)
        .order_by(EmailAddress.replaced_at.is_not(None), EmailAddress.created_at.desc())
    ).all()
    found = suppressed(session, settings, [row.key for row in rows])
    return [_address(voice, row, found.get(row.key)) for row in rows]


def suppressed(
    session: Session, settings: Settings, keys: Sequence[str]
) -> Mapping[str, Suppression]:
    """Return what stands in the way of mail to addresses, by their keys."""
    by_hash = {address_hash(settings, key): key for key in keys}
    rows = session.scalars(select(Suppression).where(Suppression.address_hash.in_(by_hash)))
    return {by_hash[row.address_hash]: row for row in rows}


def _address(voice: Voice, row: EmailAddress, shut: Suppression | None) -> AddressShown:
    state = _("nobody has confirmed it yet")
    if row.replaced_at is not None:
        state = _("replaced on %(day)s", day=voice.day(row.replaced_at))
    elif row.verified_at is not None:
        state = _("confirmed on %(day)s", day=voice.day(row.verified_at))
    return AddressShown(
        id=row.id,
        text=row.address,
        state=state,
        trouble=words.word(words.SUPPRESSED, shut.reason) if shut is not None else "",
        is_shut=shut is not None and shut.reason in CLOSING,
    )


def _customers(session: Session, settings: Settings, person_id: int) -> list[CustomerShown]:
    rows = session.scalars(
        select(Customer)
        .where(Customer.person_id == person_id)
        .order_by(Customer.created_at, Customer.customer_id)
    )
    return [
        CustomerShown(
            row.customer_id,
            stripe_url(settings, f"customers/{row.customer_id}"),
            row.gone_at is not None,
        )
        for row in rows
    ]


def _lists(session: Session, voice: Voice, person_id: int, now: datetime) -> list[ListShown]:
    rows = session.execute(
        select(Subscription, Newsletter.name)
        .join(Newsletter, Newsletter.id == Subscription.newsletter_id)
        .where(Subscription.person_id == person_id)
        .order_by(Newsletter.position, Newsletter.id)
    )
    return [
        ListShown(in_language(name, voice.language), _list_state(voice, row, now))
        for row, name in rows
    ]


def _list_state(voice: Voice, row: Subscription, now: datetime) -> str:
    if row.state == "confirmed" and row.paused_until is not None and row.paused_until > now:
        return _("paused until %(day)s", day=voice.day(row.paused_until))
    state = words.word(words.STATES, row.state)
    since = {"pending": row.asked_at, "confirmed": row.confirmed_at}.get(row.state, row.ended_at)
    if since is None:
        return state
    return _("%(state)s since %(day)s", state=state, day=voice.day(since))
