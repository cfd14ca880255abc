"""The news feed at the desk: a key opens the new line, Enter sends it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.articles import feeding
from app.articles.models import FeedItem
from app.articles.searching import articles_with, find_articles
from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import DEFAULT, LANGUAGES
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.seen import ChangedMeanwhileError
from app.desk.chrome import desk_page
from app.desk.list_pages import list_page
from app.desk.newsroom.feed_fields import NOW, in_the_log, line_fields, read_line, wants_articles
from app.desk.newsroom.feed_table import feed_table
from app.desk.notices import tell
from app.desk.recording import note
from app.desk.typing_in import Typed, filled, refused, sent
from app.extensions import db

bp = Blueprint("desk_feed", __name__)


@localized(bp, "/desk/feed/")
@access("editor")
def index() -> ResponseReturnValue:
    """List the lines of the feed, with an empty one above them."""
    table = feed_table(page_language(), now(db.session))
    return list_page("desk/newsroom/feed.html", _("News feed"), table, **_empty())


@localized(bp, "/desk/feed/new/")
@access("editor")
def new() -> ResponseReturnValue:
    """Show an empty line with its field focused."""
    return desk_page("desk/newsroom/feed_line.html", _("New line of the feed"), **_empty())


@localized(bp, "/desk/feed/new/", methods=("POST",))
@access("editor")
def send() -> ResponseReturnValue:
    """Put a line into the feed; or show the articles that were looked for."""
    values = sent()
    if wants_articles(values):
        db.only_read()
        return _again(None, Typed(_looked(values)))
    try:
        moment = now(db.session)
        facts = read_line(values, the_settings().time_zone, moment)
        line = feeding.add_line(db.session, facts)
    except FieldError as error:
        db.only_read()
        return _again(None, refused(values, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    note("feed.added", f"feed:{line.id}", moment, after=in_the_log(line))
    said = _("The line is in the feed.")
    if line.published_at > moment:
        said = _("The line waits for its time.")
    answer = _back(said, url_for(".withdraw", line_id=line.id))
    db.commit()
    return answer


@localized(bp, "/desk/feed/<int:line_id>/")
@access("editor")
def show(line_id: int) -> ResponseReturnValue:
    """Show a line to be changed."""
    line = db.session.get(FeedItem, line_id) or abort(404)
    return _again(line, filled(line_fields(line, the_settings().time_zone)))


@localized(bp, "/desk/feed/<int:line_id>/", methods=("POST",))
@access("editor")
def change(line_id: int) -> ResponseReturnValue:
    """Change a line, unless somebody else has meanwhile."""
    values = sent()
    if wants_articles(values):
        return _again(_anew(line_id), Typed(_looked(values)))
    try:
        moment = now(db.session)
        before = in_the_log(feeding.line_to_change(db.session, line_id))
        facts = read_line(values, the_settings().time_zone, moment)
        line = feeding.change_line(db.session, line_id, facts, values.get("seen", ""))
    except feeding.NoSuchLineError:
        abort(404)
    except FieldError as error:
        return _again(_anew(line_id), refused(values, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except ChangedMeanwhileError:
        return _overtaken(line_id, values)
    note("feed.changed", f"feed:{line_id}", moment, before, in_the_log(line))
    db.commit()
    return _back(_("The line is changed."))


@localized(bp, "/desk/feed/<int:line_id>/withdraw/", methods=("POST",))
@access("editor")
def withdraw(line_id: int) -> ResponseReturnValue:
    """Take a line out of the feed."""
    _set_withdrawn(line_id, is_so=True)
    return _back(_("The line is withdrawn."), url_for(".restore", line_id=line_id))


@localized(bp, "/desk/feed/<int:line_id>/restore/", methods=("POST",))
@access("editor")
def restore(line_id: int) -> ResponseReturnValue:
    """Put a withdrawn line back."""
    _set_withdrawn(line_id, is_so=False)
    return _back(_("The line is back in the feed."), url_for(".withdraw", line_id=line_id))


@localized(bp, "/desk/feed/articles/")
@access("editor")
def articles() -> ResponseReturnValue:
    """Return the articles that some words find, for the form that is being filled in."""
    form = Typed({name: value.strip() for name, value in request.args.items()})
    return render_template("desk/newsroom/_article_choice.html", form=form, **_choices(form))


def _set_withdrawn(line_id: int, *, is_so: bool) -> None:
    moment = now(db.session)
    try:
        before = in_the_log(feeding.line_to_change(db.session, line_id))
        if is_so:
            line = feeding.withdraw_line(db.session, line_id, moment)
        else:
            line = feeding.restore_line(db.session, line_id)
    except feeding.NoSuchLineError:
        abort(404)
    what = "feed.withdrawn" if is_so else "feed.restored"
    note(what, f"feed:{line_id}", moment, before, in_the_log(line))
    db.commit()


def _empty() -> dict[str, Any]:
    form = Typed({"when": NOW})
    return {"form": form, "line": None, **_around(form)}


def _again(line: FeedItem | None, form: Typed, status: int = HTTPStatus.OK) -> Response:
    title = _("New line of the feed") if line is None else _("A line of the feed")
    around = _around(form)
    return desk_page("desk/newsroom/feed_line.html", title, status, form=form, line=line, **around)


def _anew(line_id: int) -> FeedItem:
    """Return a line as it is written down, with nothing of what was refused."""
    db.only_read()
    return db.session.get(FeedItem, line_id) or abort(404)


def _overtaken(line_id: int, values: Mapping[str, str]) -> Response:
    line = _anew(line_id)
    sentence = _(
        "Somebody else has changed this line meanwhile. Below is what you typed; "
        "what stands in the feed is beside it. Send once more to have yours."
    )
    form = Typed({**values, "seen": feeding.line_mark(line)})
    around = {**_around(form), "theirs": line, "trouble": sentence}
    title = _("A line of the feed")
    return desk_page(
        "desk/newsroom/feed_line.html", title, HTTPStatus.CONFLICT, form=form, line=line, **around
    )


def _looked(values: Mapping[str, str]) -> dict[str, str]:
    return {**values, "found_for": values.get("find", "")}


def _around(form: Typed) -> dict[str, Any]:
    """Return what the form of a line needs beside itself: the page's language comes first."""
    languages = dict.fromkeys((page_language(), DEFAULT, *LANGUAGES))
    return {
        "in_languages": [(one, LANGUAGES[one]) for one in languages],
        "zone": the_settings().time_zone.key,
        **_choices(form),
    }


def _choices(form: Typed) -> dict[str, Any]:
    """Return the article that is chosen, and those that the words find."""
    chosen = form.value("article")
    kept = articles_with(db.session, [int(chosen)] if chosen.isdecimal() else [])
    words = form.value("find")
    found = find_articles(db.session, words, [one.id for one in kept]) if words else []
    return {"chosen": kept, "found": found, "page_language": page_language()}


def _back(sentence: str, undo_url: str = "") -> Response:
    answer = make_response(redirect(url_for(".index"), HTTPStatus.SEE_OTHER))
    return tell(answer, sentence, undo_url)
