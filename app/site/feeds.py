"""What machines fetch: Atom feeds, sitemaps, robots.txt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from app.articles import catalogue, listings
from app.articles.catalogue import SitemapRead
from app.articles.listings import CardRead, Scope
from app.core.languages import DEFAULT, LANGUAGES, prefix
from app.core.routes import access, localized
from app.extensions import db
from app.newsletters import issue_queries
from app.newsletters.issue_queries import IssueRead
from app.site import metadata, presenting
from app.site.chrome import showing, the_site
from app.site.keeping import cacheable, until
from app.site.presenting import Showing

bp = Blueprint("feeds", __name__)

IN_FEED = 20
NEWS_HOURS = timedelta(hours=48)
MOST_NEWS = 1000
ATOM = "application/atom+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


def _xml(lines: Iterable[str], kind: str) -> Response:
    return Response(DECLARATION + "\n".join(lines) + "\n", content_type=kind)


@localized(bp, "/feed.xml")
@access("public")
@cacheable
def feed() -> ResponseReturnValue:
    """Return the newest articles of a language as Atom (RFC 4287)."""
    shown = showing()
    title = metadata.identity(the_site().settings, shown.language).name
    return _atom(shown, title, Scope(shown.language), "/")


@localized(bp, "/<slug:slug>/feed.xml")
@access("public")
@cacheable
def section_feed(slug: str) -> ResponseReturnValue:
    """Return the newest articles of a section as Atom."""
    shown = showing()
    section = shown.newsroom.sections.get(slug) or abort(404)
    scope = Scope(shown.language, section=slug)
    return _atom(shown, shown.text(section.name), scope, f"/{slug}/")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; `name` is what it is called for good (RFC 4151)."""

    title: str
    name: str
    address: str
    published: datetime
    updated: datetime
    authors: Sequence[str]
    summary: str


def _atom(shown: Showing, title: str, scope: Scope, rule: str) -> Response:
    reads = listings.latest(db.session, scope, shown.present.now, IN_FEED)
    url = the_site().settings.site_url
    return atom(shown, title, url + shown.path(rule), [_card(shown, read, url) for read in reads])


def atom(shown: Showing, title: str, page: str, entries: Sequence[Entry]) -> Response:
    """Return a feed of what stands on a page, given by its whole address."""
    updated = max((one.updated for one in entries), default=shown.newsroom.read_at)
    site = metadata.identity(the_site().settings, shown.language).name
    lines = [
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{shown.language}">',
        f"<title>{escape(title)}</title>",
        f"<id>{escape(page)}</id>",
        f'<link rel="alternate" type="text/html" href={quoteattr(page)}/>',
        f'<link rel="self" type="application/atom+xml" href={quoteattr(page + "feed.xml")}/>',
        f"<updated>{updated.isoformat(timespec='seconds')}</updated>",
    ]
    for one in entries:
        lines.extend(_entry(one, site))
    return _xml([*lines, "</feed>"], ATOM)


def _card(shown: Showing, read: CardRead, url: str) -> Entry:
    return Entry(
        title=read.headline,
        name=article_id(url, read),
        address=url + shown.address(read.place),
        published=read.place.published_at,
        updated=read.updated_at or read.place.published_at,
        authors=[link.name for link in shown.authors(read.authors)],
        summary=read.dek or read.excerpt,
    )


def _entry(one: Entry, site: str) -> list[str]:
    return [
        "<entry>",
        f"<title>{escape(one.title)}</title>",
        f"<id>{escape(one.name)}</id>",
        f'<link rel="alternate" type="text/html" href={quoteattr(one.address)}/>',
        f"<published>{one.published.isoformat(timespec='seconds')}</published>",
        f"<updated>{one.updated.isoformat(timespec='seconds')}</updated>",
        *(f"<author><name>{escape(name)}</name></author>" for name in one.authors or [site]),
        f"<summary>{escape(one.summary)}</summary>",
        "</entry>",
    ]


def article_id(url: str, read: CardRead) -> str:
    """Return what names an edition for good, whatever becomes of its slug."""
    return tag(url, read.place.published_at, f"{read.key}:{read.place.language}")


def tag(url: str, published: datetime, name: str) -> str:
    """Return the name of something of this site, begun on a day (RFC 4151)."""
    host = url.partition("://")[2].partition(":")[0]
    return f"tag:{host},{published:%Y-%m-%d}:{name}"


@bp.get("/sitemap.xml")
@access("public")
@cacheable
def sitemap() -> ResponseReturnValue:
    """Return every page that search engines may show, with its translations."""
    shown = showing()
    url = the_site().settings.site_url
    lines = [f'<urlset xmlns="{SITEMAP}" xmlns:xhtml="{XHTML}">']
    lines.extend(f"<url><loc>{escape(url + path)}</loc></url>" for path in _fixed(shown))
    reads = catalogue.for_sitemap(db.session, shown.present.now)
    together: dict[int, list[SitemapRead]] = {}
    for read in reads:
        together.setdefault(read.article_id, []).append(read)
    lines.extend(_location(shown, url, read, together[read.article_id]) for read in reads)
    issues = issue_queries.all_issues(db.session, shown.present.now)
    lines.extend(_issue(url + presenting.issue_path(shown, one), one) for one in issues)
    return _xml([*lines, "</urlset>"], XML)


def _fixed(shown: Showing) -> list[str]:
    rules = ["/", "/news/", "/newsletters/", "/goal/", "/supporters/"]
    lists = (*presenting.open_lists(shown), *presenting.closed_lists(shown))
    rules += [f"/newsletters/{read.slug}/" for read in lists]
    rules += [f"/{slug}/" for slug in shown.newsroom.sections]
    rules += [f"/author/{slug}/" for slug in shown.newsroom.authors]
    rules += [f"/tag/{slug}/" for slug in shown.newsroom.tags]
    languages = [one for one in LANGUAGES if one in {DEFAULT, *shown.newsroom.languages}]
    return [prefix(language) + rule for language in languages for rule in rules]


def _location(shown: Showing, url: str, read: SitemapRead, all_of_it: list[SitemapRead]) -> str:
    links = [
        f'<xhtml:link rel="alternate" hreflang="{one.place.language}" '
        f"href={quoteattr(url + shown.address(one.place))}/>"
        for one in all_of_it
        if len(all_of_it) > 1
    ]
    changed = read.changed_at.isoformat(timespec="seconds")
    address = escape(url + shown.address(read.place))
    return f"<url><loc>{address}</loc><lastmod>{changed}</lastmod>{''.join(links)}</url>"


def _issue(address: str, read: IssueRead) -> str:
    changed = (read.updated_at or read.published_at).isoformat(timespec="seconds")
    return f"<url><loc>{escape(address)}</loc><lastmod>{changed}</lastmod></url>"


@bp.get("/news-sitemap.xml")
@access("public")
@cacheable
def news_sitemap() -> ResponseReturnValue:
    """Return what was published in the last 48 hours, as news search wants it."""
    shown = showing()
    now = shown.present.now
    reads = catalogue.for_sitemap(db.session, now, now - NEWS_HOURS, MOST_NEWS)
    if reads:
        until(min(read.place.published_at for read in reads) + NEWS_HOURS)
    lines = [f'<urlset xmlns="{SITEMAP}" xmlns:news="{NEWS}">']
    for read in reads:
        lines.extend(_news(shown, read))
    return _xml([*lines, "</urlset>"], XML)


def _news(shown: Showing, read: SitemapRead) -> list[str]:
    settings = the_site().settings
    name = escape(metadata.identity(settings, read.place.language).name)
    published = read.place.published_at.isoformat(timespec="seconds")
    return [
        f"<url><loc>{escape(settings.site_url + shown.address(read.place))}</loc>",
        f"<news:news><news:publication><news:name>{name}</news:name>",
        f"<news:language>{read.place.language}</news:language></news:publication>",
        f"<news:publication_date>{published}</news:publication_date>",
        f"<news:title>{escape(read.headline)}</news:title></news:news></url>",
    ]


@bp.get("/robots.txt")
@access("public")
def robots() -> ResponseReturnValue:
    """Let everything public be found."""
    url = the_site().settings.site_url
    text = (
        "User-agent: *\n"
        "Disallow: /join/\n"
        "Disallow: /uk/join/\n\n"
        f"Sitemap: {url}/sitemap.xml\n"
        f"Sitemap: {url}/news-sitemap.xml\n"
    )
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
