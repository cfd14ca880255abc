"""People found by their addresses, or made: a whole batch in a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.people.models import EmailAddress, Person

Item = TypeVar("Item")

LARGEST_PAGE = 500

_FIND = select(EmailAddress.key, EmailAddress.person_id).where(
    EmailAddress.key.in_(bindparam("keys", expanding=True))
)
_REPLACED = select(EmailAddress.key).where(
    EmailAddress.key.in_(bindparam("keys", expanding=True)), EmailAddress.replaced_at.is_not(None)
)
_NEW_PERSON = insert(table_of(Person))
_PERSON_IDS = select(Person.public_id, Person.id).where(
    Person.public_id.in_(bindparam("names", expanding=True))
)
_DROP_PERSONS = delete(Person).where(Person.id.in_(bindparam("ids", expanding=True)))
_ADDRESSES = table_of(EmailAddress)
_NEW_ADDRESS = {
    "sqlite": sqlite.insert(_ADDRESSES).on_conflict_do_nothing(index_elements=["key"]),
    "postgresql": postgresql.insert(_ADDRESSES).on_conflict_do_nothing(index_elements=["key"]),
}
_VERIFY = (
    update(_ADDRESSES)
    .where(EmailAddress.key == bindparam("of_key"), EmailAddress.verified_at.is_(None))
    .values(verified_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Someone who may not be known yet.

    Attributes:
        key: The address as mailboxes compare (`app.mail.addresses`).
        address: The address as it is kept.
        language: What to write to them in, should they be new.
        name: Their name, should they be new and have given one.
    """

    key: str
    address: str
    language: str = "en"
    name: str | None = None


def people_with(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Return the person's id for each address key that somebody has."""
    found: dict[str, int] = {}
    wanted = sorted(set(keys))
    for page in _pages(wanted):
        found |= {row.key: row.person_id for row in session.execute(_FIND, {"keys": page})}
    return found


def replaced(session: Session, keys: Iterable[str]) -> set[str]:
    """Return those address keys that open nothing any more, for another has replaced them."""
    pages = _pages(sorted(set(keys)))
    return {one for page in pages for one in session.scalars(_REPLACED, {"keys": page})}


def find_or_create(
    session: Session, newcomers: Iterable[Newcomer], now: datetime
) -> dict[str, int]:
    """Return the person's id for each address key; those nobody has become people.

    Two processes may do this for the same address at once: one makes the person, the other waits
    for it and finds it. Flushed, not committed.
    """
    by_key = {one.key: one for one in newcomers}
    found = people_with(session, by_key)
    missing = [by_key[key] for key in sorted(by_key.keys() - found.keys())]
    for page in _pages(missing):
        found |= _create(session, page, now)
    return found


def verify(session: Session, keys: Sequence[str], now: datetime) -> None:
    """Note that whoever reads these addresses has acted on a mail."""
    if keys:
        session.connection().execute(_VERIFY, [{"of_key": key, "at": now} for key in keys])


def _create(session: Session, newcomers: Sequence[Newcomer], now: datetime) -> dict[str, int]:
    connection = session.connection()
    names = {one.key: str(uuid4()) for one in newcomers}
    connection.execute(_NEW_PERSON, [_person(one, names[one.key], now) for one in newcomers])
    rows = connection.execute(_PERSON_IDS, {"names": list(names.values())})
    ids = {row.public_id: row.id for row in rows}
    addresses = [_address(one, ids[names[one.key]], now) for one in newcomers]
    connection.execute(_NEW_ADDRESS[connection.dialect.name], addresses)
    found = people_with(session, names)
    # Whoever came first with an address keeps it; the person made here for nothing goes again.
    needless = [ids[names[key]] for key, person in found.items() if person != ids[names[key]]]
    if needless:
        connection.execute(_DROP_PERSONS, {"ids": needless})
    return found


def _person(one: Newcomer, name: str, now: datetime) -> dict[str, Any]:
    return {"public_id": name, "name": one.name, "language": one.language, "created_at": now}


def _address(one: Newcomer, person_id: int, now: datetime) -> dict[str, Any]:
    return {"person_id": person_id, "address": one.address, "key": one.key, "created_at": now}


def _pages(rows: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (rows[start : start + LARGEST_PAGE] for start in range(0, len(rows), LARGEST_PAGE))
