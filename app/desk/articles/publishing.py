"""Publishing and its undoing: each asked in words first, with what stands in the way of it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.articles import catalogue, checking, drafting, publishing
from app.articles.addresses import Place
from app.articles.checking import Fault, Surroundings
from app.articles.comparing import compared
from app.articles.drafting import HeldError, StaleDraftError, Words
from app.articles.models import Article, Edition
from app.articles.publishing import CORRECTION, Going
from app.articles.service import WrongStateError, is_visible
from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.articles.moments import moment_form, typed_moment
from app.desk.articles.saving import FIELDS, field_names
from app.desk.articles.sentences import fault_sentence, language_name, state_sentence
from app.desk.articles.web import (
    bp,
    editor_url,
    moment_text,
    the_edition,
    write_down,
)
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.notices import tell
from app.extensions import db
from app.people.staff_sessions import at_the_desk

IN_AROUND = frozenset({"authors", "hero"})


@localized(bp, "/desk/articles/<int:edition_id>/publish/")
@access("editor")
def ask_to_publish(edition_id: int) -> ResponseReturnValue:
    """Say what publishing would do, and what stands in its way."""
    return _page(the_edition(edition_id))


def _page(
    edition: Edition, errors: dict[str, str] | None = None, status: int = HTTPStatus.OK
) -> Response:
    moment = now(db.session)
    draft = drafting.draft_of(db.session, edition)
    shown = drafting.words_shown(db.session, edition)
    is_shown = is_visible(edition, moment)
    embargo = db.session.get_one(Article, edition.article_id).embargo_until
    waits = embargo is not None and embargo > moment
    kept = edition.published_at if not is_shown else None
    found = checking.faults(db.session, edition, draft.words, surroundings())
    return desk_page(
        "desk/articles/publish.html",
        _("Publish the changes") if is_shown else _("Publish"),
        status,
        edition=edition,
        version=draft.version,
        headline=draft.words.headline,
        sentence=state_sentence(edition, moment),
        becomes=_becomes(edition, draft.words, moment),
        language_name=language_name(edition.language),
        musts=[_shown_fault(edition, one) for one in found if one.must],
        doubts=[_shown_fault(edition, one) for one in found if not one.must],
        is_shown=is_shown,
        is_gone=edition.state == "withdrawn",
        is_waiting=edition.state == "scheduled" and not is_shown,
        embargo=moment_text(embargo) if embargo is not None and waits else "",
        typed={
            "kind": request.form.get("kind", ""),
            "note": request.form.get("note", ""),
        },
        errors=errors or {},
        when=moment_form("at", embargo if waits else kept, errors or {}),
        zone=str(the_settings().time_zone),
        changes=_changes(shown, draft.words) if edition.published_at is not None else [],
        names=field_names(),
    )


def _becomes(edition: Edition, words: Words, moment: datetime) -> str:
    """Return the address that the edition would have."""
    place = Place(edition.language, words.slug or edition.slug, edition.published_at or moment)
    return the_settings().site_url + place.path(the_settings().time_zone)


def _changes(shown: Words, draft: Words) -> list[tuple[str, object]]:
    before, after = asdict(shown), asdict(draft)
    return [
        (name, compared(before[name], after[name]))
        for name in FIELDS
        if before[name] != after[name]
    ]


def _shown_fault(edition: Edition, fault: Fault) -> tuple[str, str]:
    """Return a sentence, and the address of the field where it is put right."""
    if fault.field in IN_AROUND:
        place = url_for(".around", edition_id=edition.id)
    else:
        place = editor_url(edition.id)
    return fault_sentence(fault), f"{place}#{fault.field}"


def surroundings() -> Surroundings:
    """Return what the site has beside articles."""
    known = {
        one.slug
        for read in (catalogue.sections, catalogue.authors, catalogue.tags)
        for one in read(db.session)
    }
    adapter = current_app.url_map.bind("localhost")

    def opens(path: str) -> bool:
        try:
            endpoint, values = adapter.match(path, method="GET")
        except RequestRedirect:
            return True
        except HTTPException:
            return False
        return not endpoint.startswith("browsing.") or values.get("slug", "") in known | {""}

    return Surroundings(the_settings().site_url, opens)


def _going(moment: datetime) -> Going:
    number = request.form.get("builds_on", "")
    return Going(
        builds_on=int(number) if number.isdecimal() and len(number) < 10 else -1,  # noqa: PLR2004 - a row's count of saves
        staff_id=at_the_desk().staff_id,
        now=moment,
        kind=request.form.get("kind", ""),
        note=request.form.get("note", ""),
    )


def _act(edition_id: int, act: Callable[[], Edition]) -> Edition | Response:
    """Return the edition after `act`, or the page that says why nothing was done."""
    edition = the_edition(edition_id)
    words = drafting.draft_of(db.session, edition).words
    if any(one.must for one in checking.faults(db.session, edition, words, surroundings())):
        return _page(edition, {"form": _("Put right first what is named.")}, 422)
    try:
        return act()
    except FieldError as error:
        return _not_done({error.field: error.message}, edition_id, HTTPStatus.UNPROCESSABLE_ENTITY)
    except WrongStateError as error:
        return _not_done({"form": str(error)}, edition_id, HTTPStatus.CONFLICT)
    except (StaleDraftError, HeldError):
        said = _(
            "Somebody has changed the draft since you looked. Look again at what would appear."
        )
        return _not_done({"form": said}, edition_id, HTTPStatus.CONFLICT)


def _not_done(errors: dict[str, str], edition_id: int, status: int) -> Response:
    db.only_read()
    return _page(the_edition(edition_id), errors, status)


@localized(bp, "/desk/articles/<int:edition_id>/publish/", methods=("POST",))
@access("editor")
def publish(edition_id: int) -> ResponseReturnValue:
    """Show the draft to readers."""
    moment = now(db.session)
    edition = the_edition(edition_id)
    was_shown, before = is_visible(edition, moment), {"state": edition.state, "slug": edition.slug}
    going = _going(moment)
    done = _act(edition_id, lambda: publishing.publish(db.session, edition_id, going))
    if isinstance(done, Response):
        return done
    kind = going.kind if was_shown else "first"
    after: dict[str, object] = {"state": done.state, "slug": done.slug, "kind": kind}
    write_down("article.published", edition_id, moment, after, dict(before))
    said = _said(kind) if was_shown else _("Readers see it now.")
    answer = make_response(redirect(editor_url(edition_id), 303))
    db.commit()
    return tell(answer, said)


def _said(kind: str) -> str:
    if kind == CORRECTION:
        return _("Readers see the change now, with the note under the text.")
    return _("Readers see the change now.")


@localized(bp, "/desk/articles/<int:edition_id>/schedule", methods=("POST",))
@access("editor")
def schedule(edition_id: int) -> ResponseReturnValue:
    """Have the draft appear at a moment."""
    moment = now(db.session)

    def act() -> Edition:
        at = typed_moment("at")
        return publishing.schedule(db.session, edition_id, at, _going(moment))

    done = _act(edition_id, act)
    if isinstance(done, Response):
        return done
    at = done.published_at or moment
    write_down("article.scheduled", edition_id, moment, {"at": at.isoformat(), "slug": done.slug})
    answer = make_response(redirect(editor_url(edition_id), 303))
    db.commit()
    undo = url_for(".unschedule", edition_id=edition_id)
    return tell(answer, _("It appears on %(moment)s.", moment=moment_text(at)), undo)


@localized(bp, "/desk/articles/<int:edition_id>/unschedule", methods=("POST",))
@access("editor")
def unschedule(edition_id: int) -> ResponseReturnValue:
    """Make a draft again of what was to appear."""
    edition, moment = the_edition(edition_id), now(db.session)
    before = {"at": edition.published_at.isoformat() if edition.published_at else None}
    answer = make_response(redirect(editor_url(edition_id), 303))
    try:
        publishing.unschedule(db.session, edition_id, moment)
    except WrongStateError as error:
        return tell(answer, str(error))
    write_down("article.unscheduled", edition_id, moment, before=dict(before))
    db.commit()
    return tell(answer, _("It is a draft again and does not appear."))


@localized(bp, "/desk/articles/<int:edition_id>/withdraw/")
@access("editor")
def ask_to_withdraw(edition_id: int) -> ResponseReturnValue:
    """Ask for the sentence that will stand at the article's address."""
    return _withdraw_page(the_edition(edition_id))


def _withdraw_page(
    edition: Edition, error: str = "", typed: str = "", status: int = HTTPStatus.OK
) -> Response:
    return desk_page(
        "desk/articles/withdraw.html",
        _("Withdraw"),
        status,
        edition=edition,
        sentence=state_sentence(edition, now(db.session)),
        error=error,
        typed=typed,
    )


@localized(bp, "/desk/articles/<int:edition_id>/withdraw/", methods=("POST",))
@access("editor")
def withdraw(edition_id: int) -> ResponseReturnValue:
    """Take away what readers see; a sentence says so at its address."""
    edition, moment, note = the_edition(edition_id), now(db.session), request.form.get("note", "")
    before: dict[str, object] = {"state": edition.state}
    try:
        publishing.withdraw(db.session, edition_id, note, moment)
    except FieldError as error:
        return _withdraw_page(edition, error.message, note, HTTPStatus.UNPROCESSABLE_ENTITY)
    except WrongStateError as error:
        return _withdraw_page(edition, str(error), note, HTTPStatus.CONFLICT)
    write_down("article.withdrawn", edition_id, moment, {"state": edition.state}, before)
    answer = make_response(redirect(editor_url(edition_id), 303))
    db.commit()
    undo = url_for(".bring_back", edition_id=edition_id)
    return tell(answer, _("It is withdrawn. Its address says so in your sentence."), undo)


@localized(bp, "/desk/articles/<int:edition_id>/bring-back/")
@access("editor")
def ask_to_bring_back(edition_id: int) -> ResponseReturnValue:
    """Ask before what was withdrawn is shown again."""
    edition = the_edition(edition_id)
    question = Question(
        title=_("Bring it back"),
        sentence=_("Show “%(headline)s” to readers again.", headline=edition.headline),
        action=url_for(".bring_back", edition_id=edition_id),
        button=_("Bring it back"),
        back=editor_url(edition_id),
        more=(_("Its address and its date are what they were; so is its text."),),
        ends=False,
    )
    return confirm_page(question)


@localized(bp, "/desk/articles/<int:edition_id>/bring-back/", methods=("POST",))
@access("editor")
def bring_back(edition_id: int) -> ResponseReturnValue:
    """Show again what was withdrawn."""
    the_edition(edition_id)
    moment = now(db.session)
    answer = make_response(redirect(editor_url(edition_id), 303))
    try:
        edition = publishing.bring_back(db.session, edition_id, moment)
    except WrongStateError as error:
        return tell(answer, str(error))
    write_down("article.brought-back", edition_id, moment, {"state": edition.state})
    db.commit()
    return tell(answer, _("Readers see it again, as it was."))
