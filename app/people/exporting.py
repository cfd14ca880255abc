"""Everything that is known of a person, in one file of theirs."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, or_, select
from sqlalchemy.orm import Session

from app.people.models import EmailAddress, Person
from app.people.registers import Exporter, Registers
from app.people.sign_in_models import PersonSession, SignIn
from app.people.survivors import all_of, merged_away

_PERSON = select(
    Person.public_id.label("id"), Person.name, Person.language, Person.created_at
).where(Person.id == bindparam("person"))
_ADDRESSES = (
    select(EmailAddress.address, EmailAddress.created_at, EmailAddress.verified_at)
    .where(EmailAddress.person_id == bindparam("person"))
    .order_by(EmailAddress.id)
)
_SESSIONS = (
    select(
        PersonSession.signed_in_at,
        PersonSession.seen_at,
        PersonSession.expires_at,
        PersonSession.ended_at,
    )
    .where(PersonSession.person_id.in_(all_of(bindparam("person"))))
    .order_by(PersonSession.id)
)
_OWN_KEYS = select(EmailAddress.key).where(EmailAddress.person_id == bindparam("person"))
_WISHES = (
    select(SignIn.address, SignIn.purpose, SignIn.created_at, SignIn.used_at)
    .where(or_(SignIn.person_id == bindparam("person"), SignIn.address_key.in_(_OWN_KEYS)))
    .order_by(SignIn.id)
)


def export(session: Session, registers: Registers, person_id: int) -> str:
    """Return a person's file as JSON: every feature's part under names of its own.

    What stands under whoever was merged into them is theirs too, and follows in the same lists.

    Raises:
        LookupError: There is no such person.
        ValueError: Two features gave the same name to their parts.
    """
    whole = _people(session, person_id)
    earlier = merged_away(session, person_id)
    for exporter in registers.exporters:
        part = _of_all(session, exporter, (person_id, *earlier))
        if twice := whole.keys() & part.keys():
            raise ValueError(f"exported by two features: {sorted(twice)}")
        whole |= part
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _of_all(session: Session, exporter: Exporter, people: Sequence[int]) -> dict[str, object]:
    """Return what a feature knows of people who are one: their lists, one after the other."""
    whole = dict(exporter(session, people[0]))
    for one in people[1:]:
        for name, rows in exporter(session, one).items():
            before = whole[name]
            if isinstance(before, Sequence) and isinstance(rows, Sequence):
                whole[name] = [*before, *rows]
    return whole


def _people(session: Session, person_id: int) -> dict[str, object]:
    values = {"person": person_id}
    person = session.execute(_PERSON, values).mappings().one_or_none()
    if person is None:
        raise LookupError("there is no such person")
    parts = {"addresses": _ADDRESSES, "sessions": _SESSIONS, "sign_ins": _WISHES}
    return {
        "person": person,
        **{name: session.execute(one, values).mappings().all() for name, one in parts.items()},
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, RowMapping | Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"not to be written as JSON: {type(value).__name__}")
