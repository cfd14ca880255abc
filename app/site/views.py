"""The front page and the article."""

from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.articles import listings, markdown, queries, surroundings
from app.articles.addresses import Place
from app.articles.listings import CardRead, Scope
from app.articles.queries import EditionRead, Gone
from app.articles.surroundings import Around
from app.core.routes import access, localized
from app.extensions import db
from app.newsletters.lists import forms_of_article
from app.newsletters.pages import RefusedForm
from app.site import asking, formats, metadata, presenting
from app.site.chrome import everywhere, places, set_translations, showing, the_site
from app.site.keeping import cacheable
from app.site.pages import ArticleView, Card, FeedLine, Link, Meta, PickView, RelatedCard
from app.site.presenting import Showing

bp = Blueprint("site", __name__)

ON_FRONT = 60
PER_SECTION = 4


@localized(bp, "/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<slug>/")
@access("public")
@cacheable
def article(year: int, month: int, slug: str) -> ResponseReturnValue:
    """Show an article; an earlier address of it leads to the present one."""
    shown = showing()
    found = queries.find_edition(db.session, shown.language, slug, shown.present.now)
    if found is None:
        abort(404)
    if isinstance(found, Gone):
        abort(410)
    place = found if isinstance(found, Place) else found.place
    path = shown.address(place)
    if isinstance(found, Place) or not path.startswith(shown.path(f"/{year:04}/{month:02}/")):
        return redirect(path, 301)
    return article_page(shown, found)


def article_page(shown: Showing, edition: EditionRead, refused: RefusedForm | None = None) -> str:
    """Return the page of an edition, its forms idle or with what was wrong."""
    keys = markdown.linked_keys(edition.body_html)
    around = surroundings.around(db.session, edition, keys, shown.present.now)
    set_translations(places(shown, around.translations))
    lists = shown.newsroom.lists
    slugs = forms_of_article(db.session, edition.article_id, shown.language)
    view = _article(shown, edition, around)
    site = metadata.identity(the_site().settings, shown.language)
    return render_template(
        "site/article.html",
        article=view,
        related=_related(shown, edition),
        ask=asking.ask(shown, view.path) if edition.asks else None,
        **_rail(shown),
        forms=[presenting.form(shown, lists[slug], view.path, refused) for slug in slugs],
        meta=metadata.article_meta(site, view, edition.dek or edition.excerpt, shown.language),
    )


def _article(shown: Showing, edition: EditionRead, around: Around) -> ArticleView:
    def address_of(key: str) -> str | None:
        place = around.links.get(key)
        return shown.address(place) if place is not None else None

    updated = edition.updated_at
    return ArticleView(
        headline=edition.headline,
        dek=edition.dek,
        section=shown.sections[edition.section],
        bylines=shown.authors(around.authors),
        published=formats.moment(edition.place.published_at, shown.language, shown.zone),
        updated=formats.moment(updated, shown.language, shown.zone) if updated else None,
        hero=presenting.picture(shown, edition.hero),
        narration=presenting.narration(edition.narration),
        body=Markup(markdown.for_page(edition.body_html, address_of)),  # noqa: S704 - cleaned there
        tags=shown.names("tag", shown.newsroom.tags, around.tags),
        path=shown.address(edition.place),
    )


def _related(shown: Showing, edition: EditionRead) -> RelatedCard | None:
    related = edition.related
    if related is None:
        return None
    return RelatedCard(shown.address(related.place), related.headline, related.excerpt)


def _rail(shown: Showing) -> dict[str, str | list[FeedLine] | list[PickView]]:
    picks = shown.newsroom.picks.get(shown.language, ())
    return {
        "feed": [presenting.feed_line(shown, line) for line in shown.newsroom.feed],
        "more_news_url": shown.path("/news/"),
        "picks": [presenting.pick(shown, read) for read in picks],
    }


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
    offered = presenting.open_lists(shown)[:1]
    return render_template(
        "site/home.html",
        lead=presenting.card(shown, newest[0]) if newest else None,
        sections=_by_section(shown, newest[1:]),
        ask=asking.ask(shown, shown.path("/")),
        **_rail(shown),
        forms=[presenting.form(shown, one, shown.path("/"), refused) for one in offered],
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
