"""Notes of staff about a person: added, edited by whoever wrote them, deleted and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.core.errors import FieldError, UnwalledError
from app.core.languages import gettext as _
from app.core.orm import table_of
from app.core.retention import Part, old_rows
from app.people.models import Person
from app.people.note_models import PersonNote
from app.people.staff_models import Staff

LONGEST = 2000
KEPT_DELETED = timedelta(days=30)


class NotTheirsError(UnwalledError):
    """Somebody else wrote this note, so it is not theirs to change."""


class NoNoteError(UnwalledError):
    """There is no such note of this person."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note as the desk shows it.

    Attributes:
        name: By which its pages are found.
        text: As it was written.
        author_id: Of the staff who wrote it.
        author: Their name, or empty.
        created_at: When it was written.
        edited_at: When it was last changed; None if it never was.
    """

    name: str
    text: str
    author_id: int
    author: str
    created_at: datetime
    edited_at: datetime | None


def text_of(typed: str) -> str:
    """Return the text of a note: lines that can be seen, without empty ones around.

    Raises:
        FieldError: `note`: there is nothing, or too much.
    """
    lines = [_seen(line).rstrip() for line in typed.splitlines()]
    text = "\n".join(lines).strip()
    if not text:
        raise FieldError("note", _("Please write something."))
    if len(text) > LONGEST:
        raise FieldError("note", _("Please say it in at most 2000 characters."))
    return text


def _seen(line: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in line)


def add(session: Session, person_id: int, author_id: int, text: str, now: datetime) -> PersonNote:
    """Write a note down. Flushed, not committed."""
    note = PersonNote(
        public_id=str(uuid4()), person_id=person_id, author_id=author_id, text=text, created_at=now
    )
    session.add(note)
    session.flush()
    return note


def edit(session: Session, note: PersonNote, author_id: int, text: str, now: datetime) -> bool:
    """Change a note of one's own; tell whether anything changed.

    Raises:
        NotTheirsError: Somebody else wrote it.
        NoNoteError: It was deleted meanwhile.
    """
    _refuse_others(note, author_id)
    if note.deleted_at is not None:
        raise NoNoteError("This note was deleted.")
    if note.text == text:
        return False
    note.text, note.edited_at = text, now
    session.flush()
    return True


def remove(session: Session, note: PersonNote, author_id: int, now: datetime) -> bool:
    """Delete a note of one's own, which can be taken back; tell whether it stood.

    Raises:
        NotTheirsError: Somebody else wrote it.
    """
    _refuse_others(note, author_id)
    if note.deleted_at is not None:
        return False
    note.deleted_at = now
    session.flush()
    return True


def restore(session: Session, note: PersonNote, author_id: int) -> bool:
    """Take a deletion back; tell whether there was one.

    Raises:
        NotTheirsError: Somebody else wrote it.
    """
    _refuse_others(note, author_id)
    if note.deleted_at is None:
        return False
    note.deleted_at = None
    session.flush()
    return True


def _refuse_others(note: PersonNote, author_id: int) -> None:
    if note.author_id != author_id:
        raise NotTheirsError("Only who wrote a note may change it.")


def note_of(session: Session, person_id: int, name: str) -> PersonNote:
    """Return a note of a person, deleted or not, for nobody else to change until the commit.

    Raises:
        NoNoteError: There is none.
    """
    found = session.scalars(_named(person_id, name).with_for_update()).one_or_none()
    if found is None:
        raise NoNoteError("There is no such note.")
    return found


def read_note(session: Session, person_id: int, name: str) -> PersonNote | None:
    """Return a note of a person, deleted or not, or None."""
    return session.scalars(_named(person_id, name)).one_or_none()


def _named(person_id: int, name: str) -> Select[PersonNote]:
    return select(PersonNote).where(PersonNote.person_id == person_id, PersonNote.public_id == name)


def notes_of(session: Session, person_id: int) -> list[Note]:
    """Return the notes about a person that stand, newest first."""
    rows = session.execute(
        select(PersonNote, Person.name)
        .join(Staff, Staff.id == PersonNote.author_id)
        .join(Person, Person.id == Staff.person_id)
        .where(PersonNote.person_id == person_id, PersonNote.deleted_at.is_(None))
        .order_by(PersonNote.created_at.desc(), PersonNote.id.desc())
    )
    return [
        Note(row.public_id, row.text, row.author_id, name or "", row.created_at, row.edited_at)
        for row, name in rows
    ]


def export(session: Session, person_id: int) -> Mapping[str, object]:
    """Return what staff wrote about a person: it is theirs to see."""
    asked = (
        select(PersonNote.text, PersonNote.created_at, PersonNote.edited_at)
        .where(PersonNote.person_id == person_id, PersonNote.deleted_at.is_(None))
        .order_by(PersonNote.id)
    )
    return {"notes": session.execute(asked).mappings().all()}


def erase(session: Session, person_id: int, now: datetime) -> None:  # noqa: ARG001 - as every eraser's
    """Take out what was written about a person. Flushed, not committed."""
    session.execute(delete(table_of(PersonNote)).where(PersonNote.person_id == person_id))


def forgetting() -> Part:
    """Return the part of retention that deletes for good what was deleted long enough ago."""
    is_deleted = PersonNote.deleted_at.is_not(None)
    return old_rows("deleted notes", KEPT_DELETED, PersonNote.deleted_at, is_deleted)  # type: ignore[arg-type] # a moment wherever `is_deleted` holds
