"""The team as rows: who, their role, when they were last here, and what of their invitation."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from app.people.models import EmailAddress, Person
from app.people.staff_credentials_models import StaffInvitation
from app.people.staff_models import Staff, StaffSession

HERE, INVITED, LATE, LEFT = "here", "invited", "late", "left"
"""States of one of the team: has joined, may still follow a link, had none in time, has left."""


def team(now: datetime) -> Select[*tuple[Any, ...]]:
    """Return everybody of the team, also those who have left: id, name, address, role, state...

    `last_seen` is when a session of theirs was last used, `until` when their open link ends.
    """
    last_seen = (
        select(func.max(StaffSession.seen_at))
        .where(StaffSession.staff_id == Staff.id)
        .scalar_subquery()
    )
    until = (
        select(func.max(StaffInvitation.expires_at))
        .where(
            StaffInvitation.staff_id == Staff.id,
            StaffInvitation.used_at.is_(None),
            StaffInvitation.ended_at.is_(None),
            StaffInvitation.expires_at > now,
        )
        .scalar_subquery()
    )
    return select(
        Staff.id,
        Person.name,
        address().label("address"),
        Staff.role,
        state_of(until).label("state"),
        last_seen.label("last_seen"),
        until.label("until"),
    ).join(Person, Person.id == Staff.person_id)


def address() -> ColumnElement[str | None]:
    """Return where one of the team is written to, as SQL: the oldest address that still opens."""
    return (
        select(EmailAddress.address)
        .where(EmailAddress.person_id == Staff.person_id, EmailAddress.replaced_at.is_(None))
        .order_by(EmailAddress.verified_at.is_(None), EmailAddress.id)
        .limit(1)
        .scalar_subquery()
    )


def state_of(until: ColumnElement[datetime]) -> ColumnElement[str]:
    """Return in which state one of the team is, as SQL."""
    return case(
        (Staff.ended_at.is_not(None), literal(LEFT)),
        (Staff.joined_at.is_not(None), literal(HERE)),
        (until.is_not(None), literal(INVITED)),
        else_=literal(LATE),
    )
