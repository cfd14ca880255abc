"""What staff send and give: mails once more, and complimentary memberships with an end."""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.people import answering, sending, words
from app.extensions import db
from app.memberships import complimentary
from app.people.audit import Deed
from app.people.models import Person
from app.people.reaching import reach_of

bp = Blueprint("desk_people_giving", __name__)

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
AT = "/desk/people/<public_id>"
A_YEAR = timedelta(days=365)


@localized(bp, f"{AT}/send/")
@access("membership")
def choose(public_id: str) -> ResponseReturnValue:
    """Show what can be sent once more."""
    return _send_page(answering.the_person(db.session, public_id))


@localized(bp, f"{AT}/send/", methods=("POST",))
@access("membership")
def send(public_id: str) -> ResponseReturnValue:
    """Send it."""
    value, settings, voice = request.form.get("what", ""), the_settings(), answering.the_voice()
    trouble: list[str] = []

    def act(session: Session, person: Person, moment: datetime) -> Deed | None:
        reach = reach_of(session, person.id)
        if (reason := sending.obstacle(session, settings, reach)) or reach is None:
            trouble.append(reason)
            return None
        offers = {one.value: one for one in sending.offers(session, voice, reach)}
        if (chosen := offers.get(value)) is None:
            trouble.append(_("Please choose what is to be sent."))
            return None
        if sending.is_enough(session, settings, chosen, reach, moment):
            trouble.append(_("They had this as often as one may for now. Please try tomorrow."))
            return None
        chosen.send(session, moment)
        after = {"template": chosen.template}
        return Deed("mail.resent", f"person:{person.id}", person.id, {}, after)

    answering.act_once(public_id, act, undo_if=trouble)
    if trouble:
        person = answering.the_person(db.session, public_id)
        return _send_page(person, trouble[0], value, INVALID)
    return answering.back_to(public_id, _("It is on its way to them."))


def _send_page(
    person: Person, error: str = "", chosen: str = "", status: int = HTTPStatus.OK
) -> Response:
    reach = reach_of(db.session, person.id)
    voice = answering.the_voice()
    obstacle = sending.obstacle(db.session, the_settings(), reach)
    return desk_page(
        "desk/people/person_send.html",
        _("Send something again"),
        status,
        who=answering.spoken_of(db.session, person),
        obstacle=obstacle,
        offers=[] if reach is None else sending.offers(db.session, voice, reach),
        chosen=chosen,
        error=error,
        nonce=answering.nonce_field()["nonce"],
        back=answering.person_url(person.public_id),
    )


@localized(bp, f"{AT}/complimentary/")
@access("membership")
def offer(public_id: str) -> ResponseReturnValue:
    """Ask until when somebody is to have a complimentary membership; then put it in words."""
    person = answering.the_person(db.session, public_id)
    moment, typed = now(db.session), request.args.get("last_day")
    if typed is None:
        return _give_page(person, _usual(moment))
    try:
        complimentary.last_day(typed, moment, the_settings().time_zone)
    except FieldError as error:
        return _give_page(person, typed, error.message, INVALID)
    return _give_page(person, typed)


@localized(bp, f"{AT}/complimentary/", methods=("POST",))
@access("membership")
def give(public_id: str) -> ResponseReturnValue:
    """Give it."""
    nonce, typed = answering.the_nonce(), request.form.get("last_day", "")
    zone = the_settings().time_zone
    refused: list[FieldError] = []

    def act(session: Session, person: Person, moment: datetime) -> Deed | None:
        try:
            day = complimentary.last_day(typed, moment, zone)
        except FieldError as error:
            refused.append(error)
            return None
        ends_at = complimentary.end_of(day, zone)
        complimentary.give(session, person.id, nonce, ends_at, moment)
        after = {"ends_at": ends_at.isoformat()}
        return Deed("complimentary.given", f"person:{person.id}", person.id, {}, after)

    answering.act_once(public_id, act, undo_if=refused)
    if refused:
        person = answering.the_person(db.session, public_id)
        return _give_page(person, typed, refused[0].message, INVALID)
    return answering.back_to(public_id, _("They have a complimentary membership now."))


def _usual(moment: datetime) -> str:
    day = moment.astimezone(the_settings().time_zone).date() + A_YEAR
    return day.isoformat()


def _give_page(
    person: Person, typed: str, error: str = "", status: int = HTTPStatus.OK
) -> Response:
    sentence = ""
    if not error:
        zone = the_settings().time_zone
        day = complimentary.last_day(typed, now(db.session), zone)
        sentence = _(
            "Give %(who)s a complimentary membership until the end of %(day)s.",
            who=answering.spoken_of(db.session, person),
            day=words.last_day(answering.the_voice(), complimentary.end_of(day, zone)),
        )
    return desk_page(
        "desk/people/person_complimentary.html",
        _("Give a complimentary membership"),
        status,
        sentence=sentence,
        typed=typed,
        error=error,
        nonce=answering.nonce_field()["nonce"],
        back=answering.person_url(person.public_id),
    )


@localized(bp, f"{AT}/complimentary/<name>/end/")
@access("membership")
def ask_end(public_id: str, name: str) -> ResponseReturnValue:
    """Ask whether a complimentary membership is to end before its time."""
    person = answering.the_person(db.session, public_id)
    found = _running(db.session, person, name)
    voice, ends_at = answering.the_voice(), found.ends_at
    until = words.last_day(voice, ends_at) if ends_at is not None else _("some later day")
    return confirm_page(
        Question(
            title=_("End a complimentary membership"),
            sentence=_(
                "End the complimentary membership of %(who)s now, and not on %(until)s.",
                who=answering.spoken_of(db.session, person),
                until=until,
            ),
            action=url_for("desk_people_giving.end", public_id=public_id, name=name),
            button=_("End it now"),
            back=answering.person_url(public_id),
            more=(_("It was never counted, so the public count stays as it is."),),
        )
    )


@localized(bp, f"{AT}/complimentary/<name>/end/", methods=("POST",))
@access("membership")
def end(public_id: str, name: str) -> ResponseReturnValue:
    """End it; ended again, it stays so."""

    def act(session: Session, person: Person, moment: datetime) -> Deed | None:
        if not complimentary.end_now(session, person.id, name, moment):
            return None
        return Deed("complimentary.ended", f"person:{person.id}", person.id)

    if not name.isprintable():
        abort(HTTPStatus.NOT_FOUND)
    answering.act(public_id, act)
    return answering.back_to(public_id, _("The complimentary membership has ended."))


def _running(session: Session, person: Person, name: str) -> complimentary.Complimentary:
    found = complimentary.running(session, person.id, now(session))
    return next((one for one in found if one.name == name), None) or abort(HTTPStatus.NOT_FOUND)
