"""What the views of people share: whom a page is about, forms that act once, what is answered."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

from flask import Response, abort, g, make_response, redirect, request, url_for
from sqlalchemy.orm import Session

from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.desk.door.doors import not_theirs
from app.desk.notices import tell
from app.desk.people.page import person_named
from app.desk.people.table import called
from app.extensions import db
from app.memberships.account.words import Voice
from app.people import once
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.models import Person
from app.people.reaching import reach_of
from app.people.staff_models import ADMIN
from app.people.staff_queries import works_here
from app.people.staff_sessions import at_the_desk

Act = Callable[[Session, Person, datetime], Deed | None]

NONCE = "nonce"
PERSON = "desk_people.person"


def the_voice() -> Voice:
    """Return how the page speaks."""
    return Voice(g.language, the_settings().time_zone)


def the_person(session: Session, public_id: str, *, erased: bool = False) -> Person:
    """Return whom a page is about; whoever was erased has none but their story."""
    found = person_named(session, public_id)
    if found is None or (found.erased_at is not None and not erased):
        abort(HTTPStatus.NOT_FOUND)
    return found


def leave_colleagues_alone(session: Session, person: Person) -> None:
    """Let nobody but administrators, and themselves, act on somebody who works here.

    Their name stands under what they do, and all that is known of them says how they sign in.
    """
    here = at_the_desk()
    if here.role != ADMIN and here.person_id != person.id and works_here(session, person.id):
        abort(make_response(not_theirs()))


def spoken_of(session: Session, person: Person) -> str:
    """Return a person as a question names them: `Ann Example, ann@example.org`."""
    reach = reach_of(session, person.id)
    address = reach.address if reach is not None else ""
    if person.name and address:
        return f"{person.name}, {address}"
    return called(person.name, address, is_erased=person.erased_at is not None)


def person_url(public_id: str) -> str:
    """Return the address of a person's page."""
    return url_for(PERSON, public_id=public_id)


def the_nonce() -> str:
    """Return the nonce of the form that was sent; one that cannot be ours is refused."""
    nonce = request.form.get(NONCE, "")
    if not once.is_nonce(nonce):
        abort(HTTPStatus.BAD_REQUEST)
    return nonce


def nonce_field() -> dict[str, str]:
    """Return the hidden field of a form that is to act once."""
    return {NONCE: once.new_nonce()}


def act_once(
    public_id: str, deed_of: Act, *, erased: bool = False, undo_if: Sequence[object] = ()
) -> bool:
    """Do something to a person once per form, in one transaction with its line in the audit log.

    Args:
        public_id: Whom to.
        deed_of: Does it, and returns what to write down; None if it did nothing.
        erased: Whoever was erased is found as well.
        undo_if: Filled by `deed_of` where it refuses: then the form may be sent again.

    Returns:
        Whether it was done now; else the same form did it before.
    """
    nonce = the_nonce()

    def first(session: Session, person: Person, moment: datetime) -> Deed | None:
        if not once.take(session, nonce, moment):
            return None
        deed = deed_of(session, person, moment)
        if undo_if:
            session.rollback()
        return deed

    return act(public_id, first, erased=erased)


def act(public_id: str, deed_of: Act, *, erased: bool = False) -> bool:
    """Do to a person what changes nothing when it is done again; else as `act_once`."""
    db.release()
    with db.database.write() as session:
        moment = now(session)
        person = the_person(session, public_id, erased=erased)
        deed = deed_of(session, person, moment)
        if deed is not None:
            record(session, the_actor(), deed, moment)
        session.commit()
    db.only_read()
    return deed is not None


def back_to(public_id: str, said: str, undo_url: str = "") -> Response:
    """Lead back to the person's page, which says what was done."""
    answer = make_response(redirect(person_url(public_id), HTTPStatus.SEE_OTHER))
    return tell(answer, said, undo_url)


def silence() -> str:
    """Return the sentence for when Stripe does not answer an order."""
    return _(
        "Stripe does not answer just now: the order is kept, and Stripe is asked until it answers."
    )
