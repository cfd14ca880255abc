"""Browsers on their way in: what was shown there so far is a row, and the cookie its secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.tokens import new_token, token_hash
from app.people.models import Person
from app.people.staff_credentials_models import StaffEntry
from app.people.staff_models import Staff

MAIL, INVITATION, REHEARSAL = "mail", "invitation", "rehearsal"
LASTS = {
    MAIL: timedelta(minutes=15),
    INVITATION: timedelta(hours=1),
    REHEARSAL: timedelta(hours=12),
}
MOST_WRONG_CODES = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """How a browser has begun to come in.

    Attributes:
        staff_id: Who they are to be.
        kind: `MAIL`, `INVITATION` or `REHEARSAL`.
        invitation_id: Of the invitation that was followed, if one was.
        wanted: The page that was asked for first, or empty.
    """

    staff_id: int
    kind: str
    invitation_id: int | None = None
    wanted: str = ""


def begin(session: Session, begun: Begun, now: datetime) -> str:
    """Keep what a browser has shown; return the secret for its cookie. Flushed, not committed."""
    token = new_token()
    row = StaffEntry(
        token_hash=token_hash(token),
        staff_id=begun.staff_id,
        kind=begun.kind,
        invitation_id=begun.invitation_id,
        wanted=begun.wanted or None,
        created_at=now,
        expires_at=now + LASTS[begun.kind],
        wrong_codes=0,
    )
    session.add(row)
    session.flush()
    return token


def found(session: Session, token: str, kinds: tuple[str, ...], now: datetime) -> StaffEntry | None:
    """Return what a browser has shown so far, if it is open and whoever it is still works here."""
    if not token:
        return None
    return session.scalar(
        select(StaffEntry)
        .join(Staff, Staff.id == StaffEntry.staff_id)
        .join(Person, Person.id == Staff.person_id)
        .where(
            StaffEntry.token_hash == token_hash(token),
            StaffEntry.kind.in_(kinds),
            StaffEntry.ended_at.is_(None),
            StaffEntry.expires_at > now,
            Staff.ended_at.is_(None),
            Person.erased_at.is_(None),
        )
    )


def take(session: Session, entry: StaffEntry, now: datetime) -> bool:
    """Use an entry up; of several at once one does. Flushed, not committed."""
    table = table_of(StaffEntry)
    taken = update(table).where(table.c.id == entry.id, table.c.ended_at.is_(None))
    row = session.execute(taken.values(ended_at=now).returning(table.c.id)).one_or_none()
    return row is not None


def note_wrong(session: Session, entry: StaffEntry, now: datetime) -> bool:
    """Count a wrong code; the fifth ends the entry. Tell whether it is over. Flushed."""
    entry.wrong_codes += 1
    if entry.wrong_codes >= MOST_WRONG_CODES:
        entry.ended_at = now
    session.flush()
    return entry.ended_at is not None


def end_all(session: Session, staff_id: int, now: datetime) -> None:
    """End all of somebody's that are open. Flushed, not committed."""
    table = table_of(StaffEntry)
    of_theirs = update(table).where(table.c.staff_id == staff_id, table.c.ended_at.is_(None))
    session.execute(of_theirs.values(ended_at=now))
