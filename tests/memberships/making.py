"""Persons, moments and the count by brute force, for tests of the count."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.memberships.models import Entitlement
from app.people.models import EmailAddress, Person

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    """Return a moment in UTC, from `2027-01-31` or `2027-01-31 14:05`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def make_person(session: Session, address: str | None = None) -> int:
    """Add a person, with a mailbox if an address is given; return their id."""
    person = Person(public_id=str(uuid.uuid4()), name=None, language="en", created_at=NOW)
    session.add(person)
    session.flush()
    if address is not None:
        mailbox = {"address": address, "key": address, "verified_at": NOW, "created_at": NOW}
        session.add(EmailAddress(person_id=person.id, **mailbox))
        session.flush()
    return person.id


def brute_count(rows: Iterable[Entitlement], moment: datetime) -> int:
    """Count members as the definition says, in plain Python."""
    latest: dict[tuple[str, str], Entitlement] = {}
    for row in rows:
        name = (row.source, row.source_ref)
        if name not in latest or latest[name].revision < row.revision:
            latest[name] = row
    return len(
        {
            row.person_id
            for row in latest.values()
            if row.counts
            and row.starts_at <= moment
            and (row.ends_at is None or moment < row.ends_at)
        }
    )


def ledger_rows(session: Session) -> list[Entitlement]:
    """Return every revision."""
    return list(session.scalars(select(Entitlement)))
