"""Saving: by hand, and by itself a few seconds after the last word. Nobody is written over."""

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.articles import drafting, locking
from app.articles.comparing import compared
from app.articles.drafting import AUTOSAVED, SAVED, Draft, HeldError, Save, StaleDraftError, Words
from app.articles.models import Edition
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, large_body, localized
from app.desk.articles.editor import editor_page
from app.desk.articles.web import (
    bp,
    clock_text,
    editor_url,
    name_of,
    since_text,
    the_edition,
    write_down,
)
from app.desk.chrome import desk_page
from app.desk.notices import tell
from app.extensions import db
from app.people.staff_sessions import at_the_desk

FIELDS = ("headline", "dek", "slug", "excerpt", "related", "body")
LARGEST = 4 * 1024 * 1024
YES = "yes"


@localized(bp, "/desk/articles/<int:edition_id>/", methods=("POST",))
@access("editor")
@large_body(LARGEST)
def save(edition_id: int) -> ResponseReturnValue:
    """Save what was typed, or show it as readers would see it without saving."""
    edition, moment = the_edition(edition_id), now(db.session)
    try:
        words = drafting.typed(request.form)
    except FieldError as error:
        return _as_typed(edition, HTTPStatus.UNPROCESSABLE_ENTITY, {error.field: error.message})
    if request.form.get("do") == "show":
        return _as_typed(edition, HTTPStatus.OK, {})
    if request.form.get("take_over") == YES:
        locking.take_over(db.session, edition_id, at_the_desk().staff_id, moment)
    try:
        kept(edition_id, words, SAVED, moment)
    except (StaleDraftError, HeldError) as error:
        return _both(edition, words, error, moment)
    answer = make_response(redirect(editor_url(edition_id), 303))
    db.commit()
    return tell(answer, _("Saved at %(time)s. Readers do not see it yet.", time=clock_text(moment)))


def _builds_on() -> int:
    """Return the version that what was typed builds on; none at all is none that there is."""
    number = request.form.get("builds_on", "")
    return int(number) if number.isdecimal() and len(number) < 10 else -1  # noqa: PLR2004 - a row's count of saves


def kept(edition_id: int, words: Words, kind: str, moment: datetime) -> Draft:
    """Save words as the present editor's; a new revision is written down.

    Raises:
        HeldError: Somebody else is editing.
        StaleDraftError: Somebody saved in between.
    """
    staff_id = at_the_desk().staff_id
    before = drafting.latest(db.session, edition_id)
    number = before.number if before is not None else 0
    draft = drafting.save(db.session, edition_id, Save(words, _builds_on(), staff_id, moment, kind))
    after = drafting.latest(db.session, edition_id)
    if after is not None and after.number != number:
        facts: dict[str, object] = {"revision": after.number, "kind": after.kind}
        write_down("article.saved", edition_id, moment, facts)
    return draft


def _as_typed(edition: Edition, status: int, errors: dict[str, str]) -> Response:
    """Return the editor with what was typed, whatever is wrong with it."""
    words = Words(**{name: request.form.get(name, "") for name in FIELDS})
    present = drafting.draft_of(db.session, edition)
    builds_on = Draft(edition.id, _builds_on(), present.words)
    return editor_page(edition, words, builds_on, status, errors=errors)


def _both(
    edition: Edition, words: Words, error: StaleDraftError | HeldError, moment: datetime
) -> Response:
    """Return both texts, for the two to be brought together by hand; nothing was written."""
    db.only_read()
    present = error.present
    theirs, mine = asdict(present.words), asdict(words)
    sentence = (
        _(
            "%(name)s is editing since %(time)s.",
            name=name_of(db.session, error.lock.staff_id),
            time=since_text(error.lock.since, moment),
        )
        if isinstance(error, HeldError)
        else _("%(name)s saved another text meanwhile.", name=_last(present))
    )
    return desk_page(
        "desk/articles/both.html",
        _("Two texts"),
        HTTPStatus.CONFLICT,
        edition=edition,
        sentence=sentence,
        is_held=isinstance(error, HeldError),
        version=present.version,
        theirs=theirs,
        mine=mine,
        names=field_names(),
        differing=[
            (name, compared(theirs[name], mine[name]))
            for name in FIELDS
            if theirs[name] != mine[name]
        ],
    )


def _last(present: Draft) -> str:
    return name_of(db.session, present.staff_id) or _("Somebody")


def field_names() -> dict[str, str]:
    """Return what the fields of the editor are called."""
    return {
        "headline": _("Headline"),
        "dek": _("Line under the headline"),
        "slug": _("Address"),
        "excerpt": _("Excerpt"),
        "related": _("To read next"),
        "body": _("Text"),
    }


@localized(bp, "/desk/articles/<int:edition_id>/autosave", methods=("POST",))
@access("editor")
@large_body(LARGEST)
def autosave(edition_id: int) -> ResponseReturnValue:
    """Save what was typed a few seconds ago; for the script of the editor."""
    the_edition(edition_id)
    moment = now(db.session)
    try:
        draft = kept(edition_id, drafting.typed(request.form), AUTOSAVED, moment)
        if request.form.get("leave") == YES:  # the page closes, and its lock with it
            locking.leave(db.session, edition_id, at_the_desk().staff_id)
    except FieldError as error:
        return {"text": error.message}, HTTPStatus.UNPROCESSABLE_ENTITY
    except (StaleDraftError, HeldError) as error:
        return {"text": _refusal(error, moment)}, HTTPStatus.CONFLICT
    answer = {
        "version": draft.version,
        "text": _("Saved by itself at %(time)s.", time=clock_text(moment)),
    }
    db.commit()
    return answer


def _refusal(error: StaleDraftError | HeldError, moment: datetime) -> str:
    if isinstance(error, HeldError):
        return _(
            "%(name)s took over at %(time)s. What you typed is here, and not saved.",
            name=name_of(db.session, error.lock.staff_id),
            time=since_text(error.lock.since, moment),
        )
    name = _last(error.present)
    return _("%(name)s saved another text. What you typed is here, and not saved.", name=name)
