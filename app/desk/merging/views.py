"""Two people who are one: chosen, seen beforehand, merged, and parted again."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.languages import request_language
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.list_pages import list_page
from app.desk.merging import reading
from app.desk.merging.table import merges_table
from app.desk.merging.words import reasons, sentences, topics
from app.desk.notices import tell
from app.extensions import db
from app.memberships.account.words import Voice
from app.people import merging
from app.people.acting import the_actor
from app.people.audit import record
from app.people.models import Person
from app.people.registers import Pair, Told, the_registers
from app.people.staff_models import ADMIN
from app.people.staff_queries import works_here
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_merging", __name__)
POST = ("POST",)
SEEN = "seen"


@localized(bp, "/desk/people/<public_id>/merge/")
@access("membership")
def choose(public_id: str) -> ResponseReturnValue:
    """Find the other of two who are one; of one who was merged away, of whom they became."""
    person, moment = _person(public_id), now(db.session)
    if person.merged_into_id is not None:
        survivor = db.session.get_one(Person, person.merged_into_id)
        return redirect(url_for("desk_merging.choose", public_id=survivor.public_id))
    words = request.args.get("q", "").strip()[:200]
    (shown,) = reading.shown(db.session, [person.id], moment, "found")
    return desk_page(
        "desk/merging/choose.html",
        _("Merge with another person"),
        person=shown,
        person_url=person_url(public_id),
        words=words,
        found=reading.found(db.session, the_settings(), person.id, words, moment),
        suggested=reading.suggested(db.session, person, moment),
        reasons=reasons(),
    )


@localized(bp, "/desk/people/<public_id>/merge/<other_id>/")
@access("membership", fresh=True)
def look(public_id: str, other_id: str) -> ResponseReturnValue:
    """Show all that would follow, before anything does."""
    stays, gone = _person(public_id), _person(other_id)
    return _preview(stays, gone, now(db.session))


@localized(bp, "/desk/people/<public_id>/merge/<other_id>/", methods=POST)
@access("membership", fresh=True)
def act(public_id: str, other_id: str) -> ResponseReturnValue:
    """Merge, if all is still as it was seen."""
    stays, gone = _person(public_id), _person(other_id)
    moment = now(db.session)
    pair = Pair(gone.id, stays.id, moment)
    try:
        if _seal(merging.preview(db.session, the_registers(), pair)) != request.form.get(SEEN):
            return _preview(stays, gone, moment, changed=True)
        merged = merging.merge(db.session, the_registers(), pair, the_actor().who)
        _refuse_into_colleague(stays.id)  # once both are held, so that nobody is invited meanwhile
    except merging.NotMergedError as error:
        db.session.rollback()
        return _refused(error, stays, gone)
    if merged.is_new:
        record(db.session, the_actor(), merging.merged(merged.id, pair), moment)
    db.commit()
    answer = _to_merge(merged.id)
    return tell(answer, _("They are one person now."))


@localized(bp, "/desk/merges/")
@access("membership")
def index() -> ResponseReturnValue:
    """List every merge, each with its way back as long as there is one."""
    table = merges_table(now(db.session))
    return list_page("desk/merging/index.html", _("Merged people"), table)


@localized(bp, "/desk/merges/<int:merge_id>/")
@access("membership")
def done(merge_id: int) -> ResponseReturnValue:
    """Show a merge, and the way back as long as there is one."""
    found = _merge(merge_id)
    why = ""
    try:
        merging.undoing(db.session, the_registers(), merge_id, now(db.session))
    except merging.NotMergedError as error:
        why = str(error)
    return desk_page(
        "desk/merging/done.html",
        _("Merged people"),
        found=found,
        day=Voice(request_language(), the_settings().time_zone).day,
        until=found.merge.merged_at + merging.UNDO_FOR,
        why=why,
        stays_url=person_url(found.stays.public_id),
        gone_url=person_url(found.gone.public_id),
    )


@localized(bp, "/desk/merges/<int:merge_id>/undo/")
@access("membership", fresh=True)
def ask_undo(merge_id: int) -> ResponseReturnValue:
    """Say what undoing gives back, and what stays."""
    return _undo_question(_merge(merge_id))


@localized(bp, "/desk/merges/<int:merge_id>/undo/", methods=POST)
@access("membership", fresh=True)
def undo(merge_id: int) -> ResponseReturnValue:
    """Part two people again."""
    found, moment = _merge(merge_id), now(db.session)
    pair = Pair(found.merge.from_id, found.merge.into_id, moment)
    try:
        stays = merging.undo(db.session, the_registers(), merge_id, the_actor().who, moment)
    except merging.NotMergedError as error:
        db.session.rollback()
        return _undo_question(_merge(merge_id), str(error))
    record(db.session, the_actor(), merging.parted(merge_id, pair), moment)
    db.commit()
    answer = _to_merge(merge_id)
    return tell(answer, " ".join([_("They are two people again."), *stays]))


def _person(public_id: str) -> Person:
    """Return a person; of nobody, and of whoever was erased, there is no page."""
    found = reading.person_with(db.session, public_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _refuse_into_colleague(person_id: int) -> None:
    """Leave it to administrators who works here under which addresses: each of them signs in.

    Raises:
        NotMergedError: Whoever stays works here, and whoever is at the desk is no administrator.
    """
    if at_the_desk().role != ADMIN and works_here(db.session, person_id):
        sentence = _("One of them works here: an administrator can merge the other into them.")
        raise merging.NotMergedError("refused", sentence)


def _merge(merge_id: int) -> reading.Stood:
    found = reading.merge_with(db.session, merge_id, now(db.session))
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _to_merge(merge_id: int) -> Response:
    url = url_for("desk_merging.done", merge_id=merge_id)
    return make_response(redirect(url, HTTPStatus.SEE_OTHER))


def _preview(stays: Person, gone: Person, moment: datetime, *, changed: bool = False) -> Response:
    """Return the page that says all that would follow."""
    pair = Pair(gone.id, stays.id, moment)
    try:
        _refuse_into_colleague(stays.id)
        told = merging.preview(db.session, the_registers(), pair)
    except merging.NotMergedError as error:
        return _refused(error, stays, gone)
    one, other = reading.shown(db.session, [stays.id, gone.id], moment, "found")
    return desk_page(
        "desk/merging/preview.html",
        _("Merge two people"),
        HTTPStatus.CONFLICT if changed else HTTPStatus.OK,
        stays=one,
        gone=other,
        told=sentences(told),
        topics=topics(),
        seen=_seal(told),
        changed=changed,
    )


def _refused(error: merging.NotMergedError, stays: Person, gone: Person) -> Response:
    """Say why two people are not merged, and what to do instead."""
    one, other = reading.shown(db.session, [stays.id, gone.id], now(db.session), "found")
    standing = reading.standing_merge(db.session, gone.id)
    return desk_page(
        "desk/merging/refused.html",
        _("They are not merged"),
        HTTPStatus.CONFLICT,
        stays=one,
        gone=other,
        why=str(error),
        standing=standing,
    )


def _undo_question(found: reading.Stood, error: str = "") -> Response:
    back = url_for("desk_merging.done", merge_id=found.merge.id)
    more: Sequence[str] = ()
    status = HTTPStatus.CONFLICT if error else HTTPStatus.OK
    try:
        moment = now(db.session)
        more = merging.undoing(db.session, the_registers(), found.merge.id, moment)
    except merging.NotMergedError as refused:
        error, status = error or str(refused), HTTPStatus.CONFLICT
    sentence = _("Make two people again of %(stays)s and %(gone)s. Each has again what was theirs.")
    question = Question(
        title=_("Undo a merge"),
        sentence=sentence % {"stays": found.stays.described, "gone": found.gone.described},
        action=url_for("desk_merging.undo", merge_id=found.merge.id),
        button=_("Undo the merge"),
        back=back,
        more=tuple(more),
    )
    return confirm_page(question, error, status)


def _seal(told: Sequence[Told]) -> str:
    """Return by what a preview is known again: should anything be otherwise, it is shown anew."""
    text = "\n".join(f"{one.topic}\t{one.sentence}" for one in told)
    return hashlib.sha256(text.encode()).hexdigest()


def person_url(public_id: str) -> str:
    """Return the address of a person's own page."""
    return url_for("desk_people.person", public_id=public_id)
