"""What a list has sent: its archive page by page, each issue, and the feed."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.articles.listings import Before
from app.core.languages import prefix
from app.core.routes import access, localized
from app.extensions import db
from app.newsletters import issue_queries
from app.newsletters.issue_queries import IssueRead
from app.newsletters.lists import ListRead
from app.site import feeds, formats, metadata, presenting
from app.site.browsing import read_before, write_before
from app.site.chrome import set_translations, showing, the_site
from app.site.keeping import cacheable
from app.site.pages import Meta, Moment
from app.site.presenting import Showing
from app.site.views import body_of

bp = Blueprint("archive", __name__)

PER_PAGE = 12
IN_FEED = 20
GONE = "withdrawn"


@dataclass(frozen=True, slots=True)
class IssueLine:
    """An issue in its archive; `language` is that of its words."""

    url: str
    subject: str
    preheader: str
    published: Moment
    language: str


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue on its own page."""

    subject: str
    preheader: str
    published: Moment
    updated: Moment | None
    body: Markup
    list_name: str
    list_url: str


def archive_of(shown: Showing, read: ListRead) -> tuple[list[IssueLine], str | None]:
    """Return a page of a list's archive, and the address of the one before it."""
    before = read_before(request.args.get("before", ""))
    found = issues_of(shown, read.slug, PER_PAGE + 1, before)
    older = None
    if len(found) > PER_PAGE:
        last = found[PER_PAGE - 1]
        place = write_before(last.published_at, last.id)
        older = f"{shown.path(f'/newsletters/{read.slug}/')}?before={place}"
    return [line(shown, one) for one in found[:PER_PAGE]], older


def issues_of(
    shown: Showing, slug: str, limit: int, before: Before | None = None
) -> list[IssueRead]:
    """Return the newest issues of a list."""
    return issue_queries.archive(db.session, slug, shown.present.now, limit, before)


def line(shown: Showing, read: IssueRead) -> IssueLine:
    """Return an issue as its archive shows it."""
    published = formats.moment(read.published_at, shown.language, shown.zone)
    return IssueLine(
        presenting.issue_path(shown, read), read.subject, read.preheader, published, read.language
    )


@localized(
    bp, "/newsletters/<slug:slug>/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<issue>/"
)
@access("public")
@cacheable
def issue(slug: str, year: int, month: int, issue: str) -> ResponseReturnValue:
    """Show an issue; asked for elsewhere, it leads to its one place."""
    shown = showing()
    newsletter = shown.newsroom.lists.get(slug) or abort(404)
    read = issue_queries.find_issue(db.session, newsletter.slug, issue, shown.present.now)
    if read is None:
        abort(404)
    if read.state == GONE:
        abort(410)
    path = presenting.issue_path(shown, read)
    if path != shown.path(f"/newsletters/{slug}/{year:04}/{month:02}/{issue}/"):
        return redirect(path, 301)
    set_translations({read.language: path})
    return _page(shown, read, path)


def _page(shown: Showing, read: IssueRead, path: str) -> str:
    newsletter = shown.newsroom.lists[read.newsletter]
    site = metadata.identity(the_site().settings, shown.language)
    older, newer = issue_queries.neighbours(db.session, read, shown.present.now)
    about = _moments(shown, read.published_at, read.updated_at)
    view = IssueView(
        subject=read.subject,
        preheader=read.preheader,
        published=about[0],
        updated=about[1],
        body=body_of(shown, read.body_html),
        list_name=shown.text(newsletter.name),
        list_url=shown.path(f"/newsletters/{read.newsletter}/"),
    )
    home = shown.path(f"/newsletters/{read.newsletter}/")
    return render_template(
        "site/issue.html",
        issue=view,
        older=line(shown, older) if older else None,
        newer=line(shown, newer) if newer else None,
        form=presenting.form(shown, newsletter, home) if newsletter.open else None,
        meta=Meta(
            title=read.subject,
            description=read.preheader,
            canonical=site.url + path,
            kind="article",
            feed_url=f"{home}feed.xml",
        ),
    )


def _moments(
    shown: Showing, published: datetime, updated: datetime | None
) -> tuple[Moment, Moment | None]:
    said = formats.moment(published, shown.language, shown.zone)
    return said, formats.moment(updated, shown.language, shown.zone) if updated else None


@localized(bp, "/newsletters/<slug:slug>/feed.xml")
@access("public")
@cacheable
def feed(slug: str) -> ResponseReturnValue:
    """Return the newest issues of a list as Atom (RFC 4287), in its language."""
    shown = showing()
    read = shown.newsroom.lists.get(slug)
    if read is None or not has_page(read) or read.members_only:
        abort(404)
    if read.language != shown.language or read.slug != slug:
        return redirect(f"{prefix(read.language)}/newsletters/{read.slug}/feed.xml", 301)
    site = the_site().settings
    entries = [
        feeds.Entry(
            title=one.subject,
            name=feeds.tag(site.site_url, one.published_at, f"newsletter:{slug}:{one.slug}"),
            address=site.site_url + presenting.issue_path(shown, one),
            published=one.published_at,
            updated=one.updated_at or one.published_at,
            authors=[name] if (name := presenting.author_name(shown, read.author)) else [],
            summary=one.preheader,
        )
        for one in issues_of(shown, slug, IN_FEED)
    ]
    page = f"{site.site_url}{shown.path(f'/newsletters/{slug}/')}"
    return feeds.atom(shown, shown.text(read.name), page, entries)


def has_page(read: ListRead) -> bool:
    """Tell whether a list has a page: it is listed, be it open or closed by now."""
    return read.listed
