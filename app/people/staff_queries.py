"""Who works here, and by which address they are known."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.people.models import EmailAddress, Person
from app.people.staff_credentials_models import StaffCodeApp, StaffInvitation, StaffPasskey
from app.people.staff_models import ADMIN, Staff, StaffSession


def staff_with(session: Session, key: str) -> Staff | None:
    """Return who works here and reads the mail of an address; nobody who has left."""
    return session.scalar(
        select(Staff)
        .join(EmailAddress, EmailAddress.person_id == Staff.person_id)
        .join(Person, Person.id == Staff.person_id)
        .where(
            EmailAddress.key == key,
            EmailAddress.replaced_at.is_(None),
            Staff.ended_at.is_(None),
            Person.erased_at.is_(None),
        )
    )


def staff_of(session: Session, person_id: int) -> Staff | None:
    """Return a person as one who works here and has set up how they sign in; else None."""
    return session.scalar(
        select(Staff).where(
            Staff.person_id == person_id, Staff.ended_at.is_(None), Staff.joined_at.is_not(None)
        )
    )


def works_here(session: Session, person_id: int) -> bool:
    """Tell whether somebody is of the staff, or invited: nobody erases them before they have left.

    It stays so for as long as the person is held.
    """
    asked = select(Staff.id).where(Staff.person_id == person_id, Staff.ended_at.is_(None))
    return session.scalar(asked) is not None


def people_of_staff(session: Session, people: Iterable[int]) -> set[int]:
    """Return those people who work here and have set up how they sign in."""
    asked = select(Staff.person_id).where(
        Staff.person_id.in_(list(people)), Staff.ended_at.is_(None), Staff.joined_at.is_not(None)
    )
    return set(session.scalars(asked))


def address_of(session: Session, person_id: int) -> str:
    """Return the address that somebody is written to at, or an empty text."""
    asked = select(EmailAddress.address).where(
        EmailAddress.person_id == person_id, EmailAddress.replaced_at.is_(None)
    )
    verified_first = (EmailAddress.verified_at.is_(None), EmailAddress.id)
    return session.scalar(asked.order_by(*verified_first).limit(1)) or ""


def locked(session: Session, staff_id: int) -> Staff:
    """Return a member of staff, whom nobody else changes until the end of the transaction."""
    return session.get_one(Staff, staff_id, with_for_update=True, populate_existing=True)


def admins(session: Session) -> list[Staff]:
    """Return the administrators who have joined, locked against each other's changes."""
    asked = select(Staff).where(
        Staff.role == ADMIN, Staff.ended_at.is_(None), Staff.joined_at.is_not(None)
    )
    locking = asked.order_by(Staff.id).with_for_update()
    return list(session.scalars(locking.execution_options(populate_existing=True)))


def has_code_app(session: Session, staff_id: int) -> bool:
    """Tell whether somebody has an app whose codes are taken."""
    asked = select(StaffCodeApp.id).where(
        StaffCodeApp.staff_id == staff_id, StaffCodeApp.confirmed_at.is_not(None)
    )
    return session.scalar(asked.limit(1)) is not None


def code_app_since(session: Session, staff_id: int) -> datetime | None:
    """Return since when somebody's code app holds, or None without one."""
    asked = select(StaffCodeApp.confirmed_at).where(
        StaffCodeApp.staff_id == staff_id, StaffCodeApp.confirmed_at.is_not(None)
    )
    return session.scalar(asked.limit(1))


def open_sessions(session: Session, staff_id: int, now: datetime) -> Sequence[StaffSession]:
    """Return the browsers in which somebody is signed in, the one last seen first."""
    theirs = open_sessions_asked(staff_id, now)
    return session.scalars(theirs.order_by(StaffSession.seen_at.desc(), StaffSession.id)).all()


def open_sessions_asked(staff_id: int, now: datetime) -> Select[StaffSession]:
    """Return how the browsers are asked for in which somebody is signed in."""
    return select(StaffSession).where(
        StaffSession.staff_id == staff_id,
        StaffSession.ended_at.is_(None),
        StaffSession.expires_at > now,
    )


def has_passkey(session: Session, staff_id: int, *, but: int | None = None) -> bool:
    """Tell whether somebody has a passkey, besides one."""
    asked = select(StaffPasskey.id).where(
        StaffPasskey.staff_id == staff_id, StaffPasskey.id != (but or 0)
    )
    return session.scalar(asked.limit(1)) is not None


def open_invitation(session: Session, staff_id: int, now: datetime) -> StaffInvitation | None:
    """Return the link that somebody may still set up their sign-in by."""
    return session.scalar(
        select(StaffInvitation).where(
            StaffInvitation.staff_id == staff_id,
            StaffInvitation.used_at.is_(None),
            StaffInvitation.ended_at.is_(None),
            StaffInvitation.expires_at > now,
        )
    )
