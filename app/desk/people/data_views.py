"""All that is known of a person: handed over in one file, or erased."""

from datetime import datetime
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, make_response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.confirming import Question, confirm_page
from app.desk.people import answering
from app.extensions import db
from app.memberships.account.erasing import StillPayingError, forget
from app.memberships.account.queries import memberships_of
from app.payments.gateway import GatewayDownError, GatewayError
from app.payments.serving import web_gateway
from app.people import once
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.exporting import export
from app.people.models import Person
from app.people.registers import the_registers
from app.people.staff_errors import WorksHereError
from app.people.staff_queries import works_here

bp = Blueprint("desk_people_data", __name__)

AT = "/desk/people/<public_id>"
JSON = "application/json"

log = structlog.get_logger(__name__)


@localized(bp, f"{AT}/export/")
@access("membership", fresh=True)
def ask_export(public_id: str) -> ResponseReturnValue:
    """Ask whether everything about somebody is to be taken along."""
    person = answering.the_person(db.session, public_id, erased=True)
    answering.leave_colleagues_alone(db.session, person)
    who = answering.spoken_of(db.session, person)
    return confirm_page(
        Question(
            title=_("Export everything about somebody"),
            sentence=_("Take everything that we know of %(who)s along, in one file.", who=who),
            action=url_for("desk_people_data.take", public_id=public_id),
            button=_("Make the file"),
            back=answering.person_url(public_id),
            more=(
                _("It has all that they could take themselves, and the notes of staff."),
                _("Send it only to an address that is proved to be theirs."),
            ),
            fields=answering.nonce_field(),
            ends=False,
        )
    )


@localized(bp, f"{AT}/export/", methods=("POST",))
@access("membership", fresh=True)
def take(public_id: str) -> ResponseReturnValue:
    """Give the file; each time is written down."""
    nonce = answering.the_nonce()
    colleague = answering.the_person(db.session, public_id, erased=True)
    answering.leave_colleagues_alone(db.session, colleague)
    db.release()
    with db.database.write() as session:
        moment = now(session)
        person = answering.the_person(session, public_id, erased=True)
        found = export(session, the_registers(), person.id)
        if once.take(session, nonce, moment):
            deed = Deed("person.exported", f"person:{person.id}", person.id)
            record(session, the_actor(), deed, moment)
        session.commit()
    answer = make_response(found)
    answer.mimetype = JSON
    answer.headers["Content-Disposition"] = f'attachment; filename="person-{public_id}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@localized(bp, f"{AT}/erase/")
@access("membership", fresh=True)
def ask_erase(public_id: str) -> ResponseReturnValue:
    """Ask whether somebody is to be erased, and say what stays."""
    person = answering.the_person(db.session, public_id)
    if works_here(db.session, person.id):
        return answering.back_to(public_id, _colleague())
    return _erase_page(person)


@localized(bp, f"{AT}/erase/", methods=("POST",))
@access("membership", fresh=True)
def erase(public_id: str) -> ResponseReturnValue:
    """Erase somebody: first at Stripe, which ends every charge, then here."""
    db.only_read()
    person = answering.the_person(db.session, public_id, erased=True)
    if person.erased_at is None:
        try:
            trouble, status = _forget(person)
        except WorksHereError:
            return answering.back_to(public_id, _colleague())
        if trouble:
            return _erase_page(person, trouble, status)
    return answering.back_to(public_id, _("They are erased."))


def _forget(person: Person) -> tuple[str, int]:
    """Erase somebody; return why not, and the status of a page that says so."""
    person_id, actor, settings = person.id, the_actor(), the_settings()

    def note(session: Session, moment: datetime) -> None:
        record(session, actor, Deed("person.erased", f"person:{person_id}", person_id), moment)

    db.release()
    try:
        forget(db.database, the_registers(), lambda: web_gateway(settings), person_id, note)
    except GatewayDownError:
        return _(
            "Stripe does not answer just now, and nothing was erased here: please come back to it."
        ), HTTPStatus.SERVICE_UNAVAILABLE
    except (GatewayError, StillPayingError) as error:
        log.warning("desk.not_erased", why=str(error))
        return _("It could not be done, and nothing was erased here."), HTTPStatus.BAD_GATEWAY
    return "", HTTPStatus.OK


def _erase_page(person: Person, trouble: str = "", status: int = HTTPStatus.OK) -> Response:
    who = answering.spoken_of(db.session, person)
    charged = any(one.ended_at is None for one in memberships_of(db.session, person.id))
    more = [
        _("Their name, addresses, words and cards go, and so do the notes about them."),
        _("What the law wants of payments stays, without their name; so does the public count."),
        _("It cannot be taken back: make sure that they want this, and that it is them."),
        _("A keyed hash of each address stays, so that no import brings them back."),
    ]
    if charged:
        more.insert(0, _("Their membership ends at once at Stripe, and nothing more is charged."))
    question = Question(
        title=_("Erase somebody"),
        sentence=_("Erase %(who)s, for good.", who=who),
        action=url_for("desk_people_data.erase", public_id=person.public_id),
        button=_("Erase them"),
        back=answering.person_url(person.public_id),
        more=tuple(more),
    )
    return confirm_page(question, trouble, status)


def _colleague() -> str:
    return _("They work here: end that on the page of the team first.")
