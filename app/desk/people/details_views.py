"""What staff set right of a person: name and language, and mail that is to reach them again."""

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.answering import the_settings
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.people import answering, words
from app.desk.people.page import suppressed
from app.extensions import db
from app.mail.suppression import CLOSING
from app.newsletters.ending import may_ask_again
from app.people import notes
from app.people.audit import Deed
from app.people.details import read_details, set_details
from app.people.models import EmailAddress, Person
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_people_details", __name__)

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
AT = "/desk/people/<public_id>"


@localized(bp, f"{AT}/details/")
@access("membership")
def details(public_id: str) -> ResponseReturnValue:
    """Show name and language, to be changed."""
    person = answering.the_person(db.session, public_id)
    answering.leave_colleagues_alone(db.session, person)
    return _details_page(person, person.name or "", person.language)


@localized(bp, f"{AT}/details/", methods=("POST",))
@access("membership")
def change(public_id: str) -> ResponseReturnValue:
    """Change them."""
    name, language = request.form.get("name", ""), request.form.get("language", "")
    answering.leave_colleagues_alone(db.session, answering.the_person(db.session, public_id))
    try:
        read = read_details(name, language)
    except FieldError as error:
        db.only_read()
        person = answering.the_person(db.session, public_id)
        return _details_page(person, name, language, error, INVALID)

    def act(session: Session, person: Person, _moment: datetime) -> Deed | None:
        was = person.language
        changed = set_details(session, person, read)
        if not changed:
            return None
        spoken = "language" in changed
        return Deed(
            "person.changed",
            f"person:{person.id}",
            person.id,
            {"language": was} if spoken else {},
            {"fields": changed, **({"language": read.language} if spoken else {})},
        )

    if answering.act(public_id, act):
        return answering.back_to(public_id, _("Name and language are changed."))
    return answering.back_to(public_id, _("Nothing was changed."))


def _details_page(
    person: Person,
    name: str,
    language: str,
    error: FieldError | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    return desk_page(
        "desk/people/person_details.html",
        _("Name and language"),
        status,
        who=answering.spoken_of(db.session, person),
        name=name,
        chosen=language,
        languages=LANGUAGES,
        errors={error.field: error.message} if error else {},
        back=answering.person_url(person.public_id),
    )


@localized(bp, f"{AT}/addresses/<int:address_id>/lift/")
@access("membership")
def lift(public_id: str, address_id: int) -> ResponseReturnValue:
    """Ask why an address is to be written to again."""
    return _lift_page(public_id, address_id)


@localized(bp, f"{AT}/addresses/<int:address_id>/lift/", methods=("POST",))
@access("membership")
def open_again(public_id: str, address_id: int) -> ResponseReturnValue:
    """Let an address be written to again; the reason becomes a note."""
    typed, author = request.form.get("note", ""), at_the_desk().staff_id
    settings = the_settings()
    try:
        reason = notes.text_of(typed)
    except FieldError as error:
        db.only_read()
        return _lift_page(public_id, address_id, typed, error.message, INVALID)

    def act(session: Session, person: Person, moment: datetime) -> Deed | None:
        row = _address(session, person, address_id)
        shut = suppressed(session, settings, [row.key]).get(row.key)
        if shut is None or not may_ask_again(session, settings, row.key, moment):
            return None
        notes.add(session, person.id, author, reason, moment)
        before = {"suppressed": shut.reason}
        return Deed("suppression.lifted", f"address:{row.id}", person.id, before)

    answering.act_once(public_id, act)
    said = _("The address is written to again. Lists come when they ask for them anew.")
    return answering.back_to(public_id, said)


def _address(session: Session, person: Person, address_id: int) -> EmailAddress:
    asked = select(EmailAddress).where(
        EmailAddress.id == address_id, EmailAddress.person_id == person.id
    )
    found = session.scalars(asked).one_or_none() if address_id < 2**63 else None
    return found if found is not None else abort(HTTPStatus.NOT_FOUND)


def _lift_page(
    public_id: str, address_id: int, typed: str = "", error: str = "", status: int = HTTPStatus.OK
) -> Response:
    person = answering.the_person(db.session, public_id)
    row = _address(db.session, person, address_id)
    shut = suppressed(db.session, the_settings(), [row.key]).get(row.key)
    if shut is None or shut.reason not in CLOSING:
        return answering.back_to(public_id, _("Nothing stands in the way of mail to this address."))
    return desk_page(
        "desk/people/person_lift.html",
        _("Write to an address again"),
        status,
        address=row.address,
        why=words.word(words.SUPPRESSED, shut.reason),
        since=words.when(answering.the_voice(), shut.created_at),
        typed=typed,
        error=error,
        nonce=answering.nonce_field()["nonce"],
        longest=notes.LONGEST,
        back=answering.person_url(public_id),
    )
