"""Where a person is written to, and in which language."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.models import EmailAddress, Person


@dataclass(frozen=True, slots=True)
class Reach:
    """A person's mailbox.

    Attributes:
        person_id: Whose.
        address: As it is kept.
        key: As mailboxes compare.
        language: What to write in.
    """

    person_id: int
    address: str
    key: str
    language: str


def reach_of(session: Session, person_id: int) -> Reach | None:
    """Return where a person is written to: a proved address before others, then the newest.

    One that another has replaced gets nothing. None where there is none.
    """
    row = session.execute(
        select(EmailAddress.address, EmailAddress.key, Person.language)
        .join(Person, Person.id == EmailAddress.person_id)
        .where(
            EmailAddress.person_id == person_id,
            EmailAddress.replaced_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(
            EmailAddress.verified_at.is_(None),
            EmailAddress.created_at.desc(),
            EmailAddress.id.desc(),
        )
        .limit(1)
    ).one_or_none()
    return None if row is None else Reach(person_id, row.address, row.key, row.language)
