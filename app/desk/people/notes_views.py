"""Notes about a person: added, edited and deleted by whoever wrote them, and taken back."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.people import answering
from app.extensions import db
from app.people import notes
from app.people.audit import Deed
from app.people.models import Person
from app.people.note_models import PersonNote
from app.people.notes import NoNoteError, NotTheirsError
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_people_notes", __name__)

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
AT = "/desk/people/<public_id>/notes"

Change = Callable[[Session, PersonNote, datetime], bool]


@localized(bp, f"{AT}/")
@access("membership")
def fresh(public_id: str) -> ResponseReturnValue:
    """Show an empty note."""
    return _page(answering.the_person(db.session, public_id, erased=True))


@localized(bp, f"{AT}/", methods=("POST",))
@access("membership")
def add(public_id: str) -> ResponseReturnValue:
    """Write a note down."""
    typed, author = request.form.get("note", ""), at_the_desk().staff_id
    try:
        text = notes.text_of(typed)
    except FieldError as error:
        return _refused(public_id, None, typed, error)

    def act(session: Session, person: Person, moment: datetime) -> Deed:
        note = notes.add(session, person.id, author, text, moment)
        return Deed("note.added", f"note:{note.id}", person.id)

    answering.act_once(public_id, act, erased=True)
    return answering.back_to(public_id, _("The note is written down."))


@localized(bp, f"{AT}/<name>/")
@access("membership")
def show(public_id: str, name: str) -> ResponseReturnValue:
    """Show a note to its author, to be changed."""
    person = answering.the_person(db.session, public_id, erased=True)
    note = _readable(db.session, person.id, name)
    return _page(person, note, note.text)


@localized(bp, f"{AT}/<name>/", methods=("POST",))
@access("membership")
def edit(public_id: str, name: str) -> ResponseReturnValue:
    """Change a note of one's own."""
    typed, author = request.form.get("note", ""), at_the_desk().staff_id
    try:
        text = notes.text_of(typed)
    except FieldError as error:
        return _refused(public_id, name, typed, error)

    def change(session: Session, note: PersonNote, moment: datetime) -> bool:
        return notes.edit(session, note, author, text, moment)

    _act(public_id, name, "note.edited", change)
    return answering.back_to(public_id, _("The note is changed."))


@localized(bp, f"{AT}/<name>/delete", methods=("POST",))
@access("membership")
def delete(public_id: str, name: str) -> ResponseReturnValue:
    """Delete a note of one's own; the next page can take that back."""
    author = at_the_desk().staff_id

    def change(session: Session, note: PersonNote, moment: datetime) -> bool:
        return notes.remove(session, note, author, moment)

    _act(public_id, name, "note.deleted", change)
    undo_url = url_for("desk_people_notes.restore", public_id=public_id, name=name)
    return answering.back_to(public_id, _("The note is deleted."), undo_url)


@localized(bp, f"{AT}/<name>/restore", methods=("POST",))
@access("membership")
def restore(public_id: str, name: str) -> ResponseReturnValue:
    """Take the deletion of a note back."""
    author = at_the_desk().staff_id

    def change(session: Session, note: PersonNote, _moment: datetime) -> bool:
        return notes.restore(session, note, author)

    _act(public_id, name, "note.restored", change)
    return answering.back_to(public_id, _("The note is there again."))


def _act(public_id: str, name: str, what: str, change: Change) -> None:
    """Change a note as often as it is asked; what is so already is written down once."""

    def act(session: Session, person: Person, moment: datetime) -> Deed | None:
        try:
            note = notes.note_of(session, person.id, name)
            changed = change(session, note, moment)
        except NoNoteError:
            abort(HTTPStatus.NOT_FOUND)
        except NotTheirsError:
            abort(HTTPStatus.FORBIDDEN)
        return Deed(what, f"note:{note.id}", person.id) if changed else None

    answering.act(public_id, act, erased=True)


def _readable(session: Session, person_id: int, name: str) -> PersonNote:
    """Return a note that stands and is of whoever is at the desk."""
    if not name.isprintable():
        abort(HTTPStatus.NOT_FOUND)
    found = notes.read_note(session, person_id, name)
    if found is None or found.deleted_at is not None:
        abort(HTTPStatus.NOT_FOUND)
    return found if found.author_id == at_the_desk().staff_id else abort(HTTPStatus.FORBIDDEN)


def _refused(public_id: str, name: str | None, typed: str, error: FieldError) -> Response:
    db.only_read()
    person = answering.the_person(db.session, public_id, erased=True)
    note = _readable(db.session, person.id, name) if name is not None else None
    return _page(person, note, typed, error.message, INVALID)


def _page(
    person: Person,
    note: PersonNote | None = None,
    typed: str = "",
    error: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    title = _("Change a note") if note is not None else _("Add a note")
    return desk_page(
        "desk/people/person_note.html",
        title,
        status,
        who=answering.spoken_of(db.session, person),
        typed=typed,
        error=error,
        nonce=answering.nonce_field()["nonce"],
        longest=notes.LONGEST,
        back=answering.person_url(person.public_id),
    )
