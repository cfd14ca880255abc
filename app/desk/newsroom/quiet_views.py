"""Where readers are asked nothing: sections and articles, whatever campaign runs."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.articles import catalogue, cataloguing, quieting
from app.articles.cataloguing import NoSuchEntryError
from app.articles.searching import articles_with, find_articles
from app.core.answering import page_language
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.list_pages import list_page
from app.desk.newsroom.quiet_table import quiet_table
from app.desk.notices import tell
from app.desk.recording import note
from app.extensions import db

bp = Blueprint("desk_quiet", __name__)


@localized(bp, "/desk/campaigns/quiet/")
@access("staff")
def index() -> ResponseReturnValue:
    """List the sections with what they do, and the articles that ask nothing."""
    words, language = request.args.get("find", ""), page_language()
    quiet = quieting.quiet_articles(db.session)
    return list_page(
        "desk/newsroom/quiet.html",
        _("No ask here"),
        quiet_table(language),
        sections=[
            (one.slug, in_language(one.name, language), one.asks)
            for one in catalogue.sections(db.session)
        ],
        words=words,
        found=find_articles(db.session, words, quiet) if words else [],
        page_language=language,
    )


@localized(bp, "/desk/campaigns/quiet/section/<slug>/<any(ask,quiet):wanted>/", methods=("POST",))
@access("membership")
def section(slug: str, wanted: str) -> ResponseReturnValue:
    """Have the pages of a section ask readers to join, or not."""
    asks = wanted == "ask"
    try:
        was = cataloguing.set_section_asks(db.session, slug, asks=asks)
    except NoSuchEntryError:
        abort(404)
    return _done(
        f"section:{slug}", (was, asks), url_for(".section", slug=slug, wanted=_other(wanted))
    )


@localized(bp, "/desk/campaigns/quiet/article/<int:article_id>/<any(ask,quiet):wanted>/")
@access("membership")
def article_page(article_id: int, wanted: str) -> ResponseReturnValue:
    """Show the one article, with a button that changes what it does."""
    found = articles_with(db.session, [article_id]) or abort(404)
    return desk_page(
        "desk/newsroom/quiet_article.html",
        _("No ask here"),
        article=found[0],
        wanted=wanted,
        page_language=page_language(),
    )


@localized(
    bp,
    "/desk/campaigns/quiet/article/<int:article_id>/<any(ask,quiet):wanted>/",
    methods=("POST",),
)
@access("membership")
def article(article_id: int, wanted: str) -> ResponseReturnValue:
    """Have an article ask readers to join, or not."""
    asks = wanted == "ask"
    was = quieting.set_article_asks(db.session, article_id, asks=asks)
    if was is None:
        abort(404)
    undo = url_for(".article", article_id=article_id, wanted=_other(wanted))
    return _done(f"article:{article_id}", (was, asks), undo)


def _other(wanted: str) -> str:
    return "quiet" if wanted == "ask" else "ask"


def _done(about: str, asks: tuple[bool, bool], undo_url: str) -> Response:
    """Write down what was so and what is, and say it."""
    note("asks.set", about, now(db.session), {"asks": asks[0]}, {"asks": asks[1]})
    db.commit()
    sentence = _("It asks readers to join again.") if asks[1] else _("It asks readers nothing now.")
    answer = make_response(redirect(url_for(".index"), HTTPStatus.SEE_OTHER))
    return tell(answer, sentence, undo_url)
