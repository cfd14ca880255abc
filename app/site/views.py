"""The front page and the article."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.articles import catalogue, listings, markdown, queries
from app.articles.addresses import Place
from app.articles.listings import CardRead, Scope
from app.articles.reads import EditionRead, Gone, PictureRead
from app.core.routes import access, localized
from app.extensions import db
from app.goal.models import ARTICLE, HOME
from app.newsletters.lists import FORMS
from app.newsletters.pages import NewsletterForm, RefusedForm
from app.site import asking, formats, metadata, presenting
from app.site.chrome import (
    ask_nothing_here,
    everywhere,
    places,
    set_translations,
    showing,
    the_site,
)
from app.site.failures import Withdrawn
from app.site.keeping import cacheable
from app.site.pages import (
    ArticleView,
    Card,
    FeedLine,
    Link,
    Meta,
    Note,
    PickView,
    RelatedCard,
)
from app.site.presenting import Showing

bp = Blueprint("site", __name__)

FIND = queries.finding(FORMS)
ON_FRONT = 60
PER_SECTION = 4


@localized(bp, "/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<slug>/")
@access("public")
@cacheable
def article(year: int, month: int, slug: str) -> ResponseReturnValue:
    """Show an article; an earlier address of it leads to the present one."""
    shown = showing()
    found = find(shown, slug)
    if found is None:
        abort(404)
    if isinstance(found, Gone):
        raise Withdrawn(found.note)
    place = found if isinstance(found, Place) else found.place
    path = shown.address(place)
    if isinstance(found, Place) or not path.startswith(shown.path(f"/{year:04}/{month:02}/")):
        return redirect(path, 301)
    return article_page(shown, found)


def find(shown: Showing, slug: str) -> EditionRead | Place | Gone | None:
    """Return what stands at a slug, the slugs of its forms beside it."""
    return the_site().edition(
        shown,
        slug,
        lambda: queries.find_edition(db.connection, shown.language, slug, shown.present.now, FIND),
    )


def forms_of(edition: EditionRead) -> tuple[str, ...]:
    """Return the slugs of the lists that an edition's page has forms for."""
    return queries.in_order(edition.beside[0])


def article_page(
    shown: Showing,
    edition: EditionRead,
    refused: RefusedForm | None = None,
    preview: str = "",
) -> str:
    """Return the page of an edition, its forms idle or with what was wrong.

    Args:
        shown: What pages are made from.
        edition: The edition.
        refused: A form that was sent from here and refused.
        preview: What stands above an article that is not public, for whoever may read it.
    """
    set_translations(places(shown, edition.translations))
    if not edition.asks:
        ask_nothing_here()
    view = _article(shown, edition)
    site = metadata.identity(the_site().settings, shown.language)
    meta = metadata.article_meta(site, view, edition.dek or edition.excerpt, shown.language)
    return render_template(
        "site/article.html",
        preview=preview,
        article=view,
        related=_related(shown, edition),
        ask=asking.kept_ask(shown, ARTICLE) if edition.asks else None,
        here=view.path,
        **_rail(shown),
        forms=_forms(shown, forms_of(edition), refused),
        meta=replace(meta, noindex=True, canonical="") if preview else meta,
    )


def _article(shown: Showing, edition: EditionRead) -> ArticleView:
    updated = edition.updated_at
    return ArticleView(
        headline=edition.headline,
        dek=edition.dek,
        section=shown.sections[edition.section],
        bylines=shown.authors(edition.authors),
        published=formats.moment(edition.place.published_at, shown.language, shown.zone),
        updated=formats.moment(updated, shown.language, shown.zone) if updated else None,
        hero=presenting.picture(shown, edition.hero),
        narration=presenting.narration(edition.narration),
        body=body_of(shown, edition.body_html),
        tags=shown.names("tag", shown.newsroom.tags, edition.tags),
        path=shown.address(edition.place),
        corrections=tuple(
            Note(formats.moment(one.noted_at, shown.language, shown.zone), one.note)
            for one in edition.corrections
        ),
    )


def body_of(shown: Showing, html: str) -> Markup:
    """Return the body with its links resolved and its pictures captioned.

    Where an article is, and what stands with a picture, holds for all pages.
    """
    links: dict[str, Place | None] = shown.once("links", dict)
    missing = [key for key in markdown.linked_keys(html) if key not in links]
    if missing:
        found = catalogue.find_linked(db.session, shown.language, missing, shown.present.now)
        links.update({key: found.get(key) for key in missing})

    def address_of(key: str) -> str | None:
        place = links[key]
        return shown.address(place) if place is not None else None

    pictures: dict[str, PictureRead] = shown.once("pictures", dict)
    unread = [file for file in markdown.pictured_files(html) if file not in pictures]
    pictures.update(catalogue.find_pictured(db.session, unread))

    def figure_of(file: str, alt: str) -> str | None:
        picture = presenting.picture(shown, pictures.get(file))
        return presenting.figure(replace(picture, alt=alt)) if picture is not None else None

    return Markup(markdown.for_page(html, address_of, figure_of))  # noqa: S704 - it is cleaned there


def _related(shown: Showing, edition: EditionRead) -> RelatedCard | None:
    related = edition.related
    if related is None:
        return None
    return RelatedCard(shown.address(related.place), related.headline, related.excerpt)


def _forms(
    shown: Showing, slugs: Sequence[str], refused: RefusedForm | None
) -> list[NewsletterForm]:
    if refused is None:
        return [presenting.kept_form(shown, slug) for slug in slugs]
    lists = shown.newsroom.lists
    return [presenting.form(shown, lists[slug], refused.from_path, refused) for slug in slugs]


def _rail(shown: Showing) -> dict[str, Any]:
    return {
        "feed": shown.once("feed", lambda: _feed(shown)),
        "more_news_url": shown.path("/news/"),
        "picks": shown.once("picks", lambda: _picks(shown)),
    }


def _feed(shown: Showing) -> list[FeedLine]:
    return [presenting.feed_line(shown, line) for line in shown.newsroom.feed[shown.language]]


def _picks(shown: Showing) -> list[PickView]:
    reads = shown.newsroom.picks.get(shown.language, ())
    return [presenting.pick(shown, read) for read in reads]


@localized(bp, "/")
@access("public")
@cacheable
def home() -> ResponseReturnValue:
    """Show the front page."""
    return home_page(showing())


def home_page(shown: Showing, refused: RefusedForm | None = None) -> str:
    """Return the front page: the newest piece, then the sections."""
    newest = listings.latest(db.session, Scope(shown.language), shown.present.now, ON_FRONT)
    set_translations(everywhere("/", shown.newsroom.languages))
    site = metadata.identity(the_site().settings, shown.language)
    offered = [one.slug for one in presenting.open_lists(shown)[:1]]
    return render_template(
        "site/home.html",
        lead=presenting.card(shown, newest[0]) if newest else None,
        sections=_by_section(shown, newest[1:]),
        ask=asking.kept_ask(shown, HOME),
        here=shown.path("/"),
        **_rail(shown),
        forms=_forms(shown, offered, refused),
        meta=Meta(
            title=site.name,
            description=site.tagline,
            canonical=site.url + shown.path("/"),
            feed_url=shown.path("/feed.xml"),
        ),
    )


def _by_section(shown: Showing, reads: list[CardRead]) -> list[tuple[Link, list[Card]]]:
    return [
        (
            link,
            [
                presenting.card(shown, read)
                for read in [one for one in reads if one.section == slug][:PER_SECTION]
            ],
        )
        for slug, link in shown.sections.items()
    ]
