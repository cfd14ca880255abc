"""Lists of articles by section, author and tag, and the news feed: backwards, page by page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.routing import BaseConverter

from app.articles import listings
from app.articles.catalogue import Named
from app.articles.listings import Before, CardRead, FeedRead, Scope
from app.core.routes import access, localized
from app.extensions import db
from app.site import formats, metadata, presenting
from app.site.chrome import (
    ask_nothing_here,
    everywhere,
    set_translations,
    showing,
    the_site,
)
from app.site.keeping import cacheable
from app.site.pages import FeedLine, Meta
from app.site.presenting import Showing

bp = Blueprint("browsing", __name__)

PER_PAGE = 12
NEWS_PER_PAGE = 20
MICROSECONDS = 1_000_000
LONGEST_PLACE = 40


class SlugConverter(BaseConverter):
    """A slug; tried after everything that has an address of its own."""

    regex = r"[a-z0-9]+(?:-[a-z0-9]+)*"
    weight = 300


@dataclass(frozen=True, slots=True)
class Subject:
    """What a list is about, and where it is found."""

    named: Named
    scope: Scope
    rule: str
    feed: bool = False


def read_before(text: str) -> Before | None:
    """Read the place in a list out of an address, None for its beginning.

    It is `<microseconds since 1970>-<id>`; anything else is not an address of ours.
    """
    if not text:
        return None
    moment, _, item = text.partition("-")
    digits = moment.isascii() and item.isascii() and moment.isdigit() and item.isdigit()
    if not digits or len(text) > LONGEST_PLACE:
        abort(404)
    try:
        at = datetime.fromtimestamp(int(moment) / MICROSECONDS, UTC)
        at = at.replace(microsecond=int(moment) % MICROSECONDS)
    except (OverflowError, ValueError, OSError):
        abort(404)
    return Before(at, min(int(item), 2**62))


def write_before(at: datetime, item: int) -> str:
    """Return the place in a list after an item, for an address."""
    return f"{int(at.timestamp()) * MICROSECONDS + at.microsecond}-{item}"


@localized(bp, "/<slug:slug>/")
@access("public")
@cacheable
def section(slug: str) -> ResponseReturnValue:
    """Show a section."""
    shown = showing()
    found = shown.newsroom.sections.get(slug) or abort(404)
    scope = Scope(shown.language, section=slug)
    if not found.asks:
        ask_nothing_here()
    return _listing(shown, Subject(found, scope, f"/{slug}/", feed=True))


@localized(bp, "/author/<slug>/")
@access("public")
@cacheable
def author(slug: str) -> ResponseReturnValue:
    """Show what somebody wrote."""
    shown = showing()
    found = shown.newsroom.authors.get(slug) or abort(404)
    return _listing(shown, Subject(found, Scope(shown.language, author=slug), f"/author/{slug}/"))


@localized(bp, "/tag/<slug>/")
@access("public")
@cacheable
def tag(slug: str) -> ResponseReturnValue:
    """Show what is filed under a tag."""
    shown = showing()
    found = shown.newsroom.tags.get(slug) or abort(404)
    return _listing(shown, Subject(found, Scope(shown.language, tag=slug), f"/tag/{slug}/"))


def _listing(shown: Showing, subject: Subject) -> str:
    before = read_before(request.args.get("before", ""))
    now = shown.present.now
    reads = listings.latest(db.session, subject.scope, now, PER_PAGE + 1, before)
    existing = listings.languages_with(db.session, subject.scope, now)
    if before is None:
        set_translations(everywhere(subject.rule, existing))
    heading, about = shown.text(subject.named.name), shown.text(subject.named.about)
    site = metadata.identity(the_site().settings, shown.language)
    path = shown.path(subject.rule)
    return render_template(
        "site/listing.html",
        heading=heading,
        description=about,
        picture=None,
        cards=[presenting.card(shown, read) for read in reads[:PER_PAGE]],
        older_url=_older(path, reads),
        meta=Meta(
            title=heading,
            description=about,
            canonical=site.url + path,
            noindex=before is not None,
            feed_url=f"{path}feed.xml" if subject.feed else None,
        ),
    )


def _older(path: str, reads: list[CardRead]) -> str | None:
    if len(reads) <= PER_PAGE:
        return None
    last = reads[PER_PAGE - 1]
    return f"{path}?before={write_before(last.place.published_at, last.edition_id)}"


@localized(bp, "/news/")
@access("public")
@cacheable
def news() -> ResponseReturnValue:
    """Show the news feed, day by day."""
    shown = showing()
    before = read_before(request.args.get("before", ""))
    now = shown.present.now
    lines = listings.feed(db.session, shown.language, now, NEWS_PER_PAGE + 1, before)
    if before is None:
        set_translations(everywhere("/news/", shown.newsroom.languages))
    site = metadata.identity(the_site().settings, shown.language)
    path = shown.path("/news/")
    older = None
    if len(lines) > NEWS_PER_PAGE:
        last = lines[NEWS_PER_PAGE - 1]
        older = f"{path}?before={write_before(last.published_at, last.id)}"
    return render_template(
        "site/news.html",
        days=_by_day(shown, lines[:NEWS_PER_PAGE]),
        older_url=older,
        meta=Meta(
            title=gettext("News feed"),
            description="",
            canonical=site.url + path,
            noindex=before is not None,
        ),
    )


def _by_day(shown: Showing, lines: list[FeedRead]) -> list[tuple[str, list[FeedLine]]]:
    def day_of(line: FeedRead) -> str:
        return formats.day(line.published_at, shown.language, shown.zone)

    return [
        (day, [presenting.feed_line(shown, line) for line in group])
        for day, group in groupby(lines, day_of)
    ]
