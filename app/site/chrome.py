"""What stands around every page: strip, masthead, language switch, footer."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy.exc import SQLAlchemyError

from app.articles.addresses import Place, prefix
from app.core.languages import DEFAULT, LANGUAGES, direction
from app.core.settings import Settings
from app.extensions import db
from app.site import asking, metadata
from app.site.files import static_url
from app.site.newsroom import Keeper
from app.site.page_cache import PageCache
from app.site.pages import Alternate, Chrome
from app.site.presenting import Showing
from app.site.watching import Watch

NAME = "unwalled_site"


class Site:
    """What the site keeps for the life of an application."""

    def __init__(self, settings: Settings, watch: Watch, pages: PageCache) -> None:
        self.settings = settings
        self.watch = watch
        self.pages = pages
        self.keeper = Keeper()


def the_site() -> Site:
    """Return the present application's site."""
    found: Site = current_app.extensions[NAME]
    return found


def page_language() -> str:
    """Return the language of the page being made."""
    language: str = g.get("language", DEFAULT)
    return language


def showing() -> Showing:
    """Return what the present page is made from, read once per request."""
    if "showing" not in g:
        site = the_site()
        present = site.watch.present()
        newsroom = site.keeper.newsroom(db.session, present)
        g.showing = Showing(present, newsroom, page_language(), site.settings.time_zone)
    found: Showing = g.showing
    return found


def set_translations(paths: dict[str, str]) -> None:
    """Say where this very page is found in each language that it really exists in."""
    g.translations = paths


def places(shown: Showing, found: Iterable[Place]) -> dict[str, str]:
    """Return the paths of editions by language."""
    return {place.language: shown.address(place) for place in found}


def everywhere(rule: str, languages: Iterable[str]) -> dict[str, str]:
    """Return the paths of a page that exists in each of `languages`."""
    return {language: prefix(language) + rule for language in languages}


def _alternate(language: str, url: str) -> Alternate:
    return Alternate(language, url, LANGUAGES[language], language == page_language())


def _chrome(shown: Showing) -> Chrome:
    translations: dict[str, str] = g.get("translations", {})
    open_languages = shown.newsroom.languages | {shown.language}
    switch = {
        language: translations.get(language, f"{prefix(language)}/")
        for language in LANGUAGES
        if language in open_languages
    }
    return Chrome(
        strip=asking.strip(shown),
        sections=tuple(shown.sections.values()),
        alternates=tuple(
            _alternate(language, translations[language])
            for language in LANGUAGES
            if language in translations
        ),
        languages=tuple(_alternate(language, url) for language, url in switch.items()),
        home_url=shown.path("/"),
        newsletters_url=shown.path("/newsletters/"),
        news_url=shown.path("/news/"),
        join_url=asking.join_url(shown.language),
    )


def chrome_or_none() -> Chrome | None:
    """Return the chrome, or None while the database is away."""
    try:
        return _chrome(showing())
    except SQLAlchemyError:
        return None


def put_around_pages(app: Flask) -> None:
    """Give every template what its surroundings need."""

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        language = page_language()
        return {
            "language": language,
            "direction": direction(language),
            "site": metadata.identity(the_site().settings, language),
            "chrome": chrome_or_none(),
            "static_url": static_url,
        }
