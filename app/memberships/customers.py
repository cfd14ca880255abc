"""Whose something of Stripe's is: known by its customer, else by our reference and an address.

What carries no reference of ours and belongs to nobody we know is somebody else's: nothing is
written of it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.languages import DEFAULT
from app.core.orm import insert_for, table_of
from app.core.settings import Settings
from app.mail.addresses import Address, AddressError, read_address
from app.memberships.joining.models import Intent
from app.memberships.money_models import Customer
from app.people.models import EmailAddress, Person
from app.people.service import Newcomer, find_or_create
from app.people.survivors import survivor_of

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid, as far as Stripe says.

    Attributes:
        customer_id: Stripe's; None for a payment without one.
        email: As it was typed at Stripe.
        name: Likewise.
        since: When what shows them was made.
    """

    customer_id: str | None
    email: str | None
    name: str | None
    since: datetime


def intent_of(session: Session, reference: str | None) -> Intent | None:
    """Return the wish that a reference names, for nobody else to change until the commit."""
    if reference is None:
        return None
    return session.scalars(
        select(Intent)
        .where(Intent.public_id == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def known(session: Session, customer_id: str | None) -> Customer | None:
    """Return a customer, for nobody else to change until the commit."""
    if customer_id is None:
        return None
    return session.scalars(
        select(Customer)
        .where(Customer.customer_id == customer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def person_of(
    session: Session, settings: Settings, intent: Intent | None, payer: Payer, now: datetime
) -> int | None:
    """Return who paid, made known if they were not; None if it is nobody of ours.

    Args:
        session: Flushed, not committed.
        settings: For which addresses are taken.
        intent: The wish that it came of, if one of ours: `intent_of`.
        payer: As Stripe shows them.
        now: The domain's present moment.
    """
    customer = known(session, payer.customer_id)
    if customer is None and intent is None:
        return None
    address = _address(settings, payer.email)
    if customer is None:
        person_id = _found(session, intent, payer, address, now)
        customer = _keep(session, intent, payer, person_id)
    else:
        person_id = customer.person_id
    person_id = survivor_of(session, person_id if customer is None else customer.person_id)
    _note(intent, customer, person_id, payer)
    _complete(session, person_id, payer.name, address, now)
    session.flush()
    return person_id


def _address(settings: Settings, email: str | None) -> Address | None:
    try:
        return read_address(
            email or "", smtputf8=settings.smtp_utf8, testing=settings.mode != "production"
        )
    except AddressError:
        return None


def _found(
    session: Session,
    intent: Intent | None,
    payer: Payer,
    address: Address | None,
    now: datetime,
) -> int:
    """Return whom a wish belongs to: as it is known, or by address, or somebody without one."""
    if intent is not None and intent.person_id is not None:
        return intent.person_id
    language = DEFAULT if intent is None else intent.language
    if address is None:
        nobody = Person(public_id=str(uuid4()), language=language, created_at=now)
        session.add(nobody)
        session.flush()
        return nobody.id
    newcomer = Newcomer(address.key, address.text, language, _name(payer.name))
    return find_or_create(session, [newcomer], now)[address.key]


def _keep(session: Session, intent: Intent | None, payer: Payer, person_id: int) -> Customer | None:
    """Write a customer down, unless another look was quicker; return the row that stands."""
    if payer.customer_id is None:
        return None
    connection = session.connection()
    since = payer.since if intent is None else min(payer.since, intent.created_at)
    row = insert_for(session)(table_of(Customer)).values(
        customer_id=payer.customer_id, person_id=person_id, created_at=since
    )
    connection.execute(row.on_conflict_do_nothing(index_elements=["customer_id"]))
    return known(session, payer.customer_id)


def _note(intent: Intent | None, customer: Customer | None, person_id: int, payer: Payer) -> None:
    """Tie wish, customer and person together; a customer is as old as the first we know of them."""
    since = payer.since
    if intent is not None:
        since = min(since, intent.created_at)
        intent.person_id = person_id
        intent.customer_id = payer.customer_id or intent.customer_id
    if customer is not None:
        customer.person_id = person_id
        customer.created_at = min(customer.created_at, since)


def _complete(
    session: Session, person_id: int, name: str | None, address: Address | None, now: datetime
) -> None:
    """Keep the name and the address of somebody who had none; who was erased stays so."""
    is_there = (Person.id == person_id, Person.erased_at.is_(None))
    if name := _name(name):
        nameless = update(Person).where(*is_there, Person.name.is_(None))
        session.execute(nameless.values(name=name))
    if address is None:
        return
    has_one = select(EmailAddress.id).where(EmailAddress.person_id == person_id).exists()
    if session.scalar(select(Person.id).where(*is_there, ~has_one)) is None:
        return
    connection = session.connection()
    row = insert_for(session)(table_of(EmailAddress)).values(
        person_id=person_id, address=address.text, key=address.key, created_at=now
    )
    connection.execute(row.on_conflict_do_nothing(index_elements=["key"]))


def _name(name: str | None) -> str | None:
    return " ".join((name or "").split())[:LONGEST_NAME].rstrip() or None
