"""Editors' picks: put into order by buttons or by dragging, both through one order sent whole."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.articles import arranging
from app.articles.models import Article
from app.articles.searching import FoundArticle, articles_with, find_articles
from app.articles.service import UnknownReferenceError
from app.core.answering import page_language
from app.core.clock import now
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.seen import ChangedMeanwhileError, mark_of
from app.desk.list_pages import list_page
from app.desk.newsroom.pick_table import picks_table
from app.desk.notices import tell
from app.desk.ordering import moved, readable
from app.desk.previewing import a_look, framed, framing, the_previews
from app.desk.recording import note
from app.desk.typing_in import sent
from app.extensions import db

bp = Blueprint("desk_picks", __name__)


@localized(bp, "/desk/picks/")
@access("editor")
def index() -> ResponseReturnValue:
    """Show the picks in their order, and what could be added; or the picks as CSV."""
    return _page()


@localized(bp, "/desk/picks/", methods=("POST",))
@access("editor")
def order() -> ResponseReturnValue:
    """Set the whole order: as it was dragged, or with one article moved, added or removed."""
    values = sent()
    before = readable(values.get("order", ""))
    after = _after(before, values)
    try:
        _set(after, values.get("seen", ""))
    except ChangedMeanwhileError:
        db.only_read()
        sentence = _(
            "Somebody else has changed the picks meanwhile. This is how they stand; "
            "what you did last was not done."
        )
        return _page(HTTPStatus.CONFLICT, sentence)
    except UnknownReferenceError:
        abort(404)
    return _done(values, before)


@localized(bp, "/desk/picks/put-back/<key>/<int:place>/", methods=("POST",))
@access("editor")
def put_back(key: str, place: int) -> ResponseReturnValue:
    """Put a pick that was removed back into its place."""
    present = arranging.picked_keys(db.session)
    if key not in present:
        try:
            _set([*present[:place], key, *present[place:]], mark_of(present))
        except (ChangedMeanwhileError, UnknownReferenceError):
            abort(404)
    return _back(_("It is among the picks again."))


@localized(bp, "/desk/picks/preview/")
@access("editor")
def preview() -> ResponseReturnValue:
    """Show the front page as readers have it."""
    return framed(the_previews().front(a_look(request.args.get("look", ""))))


def _after(before: Sequence[str], values: dict[str, str]) -> list[str]:
    """Return the order that a form asks for."""
    if "add" in values:
        return [*before, values["add"]]
    if "remove" in values:
        return [key for key in before if key != values["remove"]]
    return moved(before, values.get("move", ""))


def _set(after: Sequence[str], seen: str) -> None:
    moment, present = now(db.session), arranging.picked_keys(db.session)
    arranging.set_picks(db.session, after, seen)
    note("picks.ordered", "picks", moment, {"order": present}, {"order": list(after)})
    db.commit()


def _done(values: dict[str, str], before: Sequence[str]) -> Response:
    if "remove" in values:
        key = values["remove"]
        place = before.index(key) if key in before else len(before)
        undo = url_for(".put_back", key=key, place=place)
        return _back(_("It is no longer among the picks."), undo)
    if "add" in values:
        return _back(_("It is among the picks, after the others."))
    way, _colon, key = values.get("move", "").partition(":")
    address = url_for(".index", at=key or None, way=way or None)
    return tell(_to(address), _("The order is changed."))


def _back(sentence: str, undo_url: str = "") -> Response:
    return tell(_to(url_for(".index")), sentence, undo_url)


def _to(address: str) -> Response:
    return make_response(redirect(address, HTTPStatus.SEE_OTHER))


def _page(status: int = HTTPStatus.OK, trouble: str = "") -> ResponseReturnValue:
    keys = arranging.picked_keys(db.session)
    picked = _articles(keys)
    words = request.args.get("find", "")
    found = find_articles(db.session, words, [one.id for one in picked])
    answer = list_page(
        "desk/newsroom/picks.html",
        _("Editors’ picks"),
        picks_table(page_language()),
        status,
        picked=picked,
        order=",".join(keys),
        seen=mark_of(keys),
        words=words,
        found=found,
        at=request.args.get("at", ""),
        way=request.args.get("way", ""),
        trouble=trouble,
        page_language=page_language(),
        reading_languages=LANGUAGES,
        preview_url=url_for(".preview"),
    )
    return framing(answer) if isinstance(answer, Response) else answer


def _articles(keys: Sequence[str]) -> list[FoundArticle]:
    rows = db.session.execute(select(Article.key, Article.id).where(Article.key.in_(keys)))
    ids = {row.key: row.id for row in rows}
    return articles_with(db.session, [ids[key] for key in keys])
