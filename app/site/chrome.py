"""What stands around every page: strip, masthead, language switch, footer."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from flask import Flask, current_app, g
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from app.articles.addresses import Place
from app.articles.reads import EditionRead
from app.core.chosen import in_force
from app.core.languages import DEFAULT, LANGUAGES, direction, prefix
from app.core.settings import Settings
from app.extensions import db
from app.memberships.queries import Count
from app.site import asking, metadata
from app.site.files import static_url
from app.site.fragments import kept
from app.site.newsroom import Keeper, Newsroom
from app.site.page_cache import PageCache
from app.site.pages import Alternate, Chrome
from app.site.presenting import Showing
from app.site.watching import Present, Watch

NAME = "unwalled_site"
MOST_READINGS = 8
MOST_EDITIONS = 512
Key = tuple[int, datetime, Count | None, str]
Found = TypeVar("Found")


class Site:
    """What the site keeps for the life of an application."""

    def __init__(self, settings: Settings, watch: Watch, pages: PageCache) -> None:
        self._settings = settings
        self.watch = watch
        self.pages = pages
        self.keeper = Keeper()
        self._kept: dict[Key, dict[str, Any]] = {}
        self._editions: dict[tuple[int, datetime, str, str], EditionRead] = {}

    @property
    def settings(self) -> Settings:
        """The settings, with what staff have chosen since."""
        return in_force(self.watch.database, self._settings)

    def kept(self, newsroom: Newsroom, present: Present, language: str) -> dict[str, Any]:
        """Return what is the same on every page of a reading in one language."""
        key = newsroom.content, newsroom.read_at, present.count, language
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= MOST_READINGS:
                self._kept = {}
            kept = self._kept.setdefault(key, {})
        return kept

    def edition(self, shown: Showing, slug: str, find: Callable[[], Found]) -> Found | EditionRead:
        """Return what `find` finds at a slug; an edition is read once per content version.

        The count moves far more often than the content, and every page with it.
        """
        newsroom = shown.newsroom
        key = newsroom.content, newsroom.read_at, shown.language, slug
        kept = self._editions.get(key)
        if kept is not None:
            return kept
        found = find()
        if isinstance(found, EditionRead):
            if len(self._editions) >= MOST_EDITIONS:
                self._editions = {}
            self._editions[key] = found
        return found


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
        language = page_language()
        kept = site.kept(newsroom, present, language)
        g.showing = Showing(present, newsroom, language, site.settings.time_zone, kept)
    found: Showing = g.showing
    return found


def ask_nothing_here() -> None:
    """Leave the campaign's line off the very page that is being made."""
    g.asks_nothing = True


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
    around = shown.once("chrome", lambda: _around_every_page(shown))
    return replace(
        around,
        strip=None if g.get("asks_nothing", False) else around.strip,
        alternates=tuple(
            _alternate(language, translations[language])
            for language in LANGUAGES
            if language in translations
        ),
        languages=tuple(_alternate(language, url) for language, url in switch.items()),
    )


def _around_every_page(shown: Showing) -> Chrome:
    return Chrome(
        strip=asking.strip(shown),
        sections=tuple(shown.sections.values()),
        alternates=(),
        languages=(),
        home_url=shown.path("/"),
        newsletters_url=shown.path("/newsletters/"),
        news_url=shown.path("/news/"),
        join_url=asking.join_url(shown.language),
        supporters_url=shown.path("/supporters/"),
        account_url=shown.path("/account/"),
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
        # Pages that show none of the chrome, as those of the desk, do not wait for it.
        return {
            "language": language,
            "direction": direction(language),
            "site": metadata.identity(the_site().settings, language),
            "chrome": LocalProxy(cache(chrome_or_none)),
            "static_url": static_url,
            "kept": kept,
        }
