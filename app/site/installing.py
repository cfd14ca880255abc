"""The site put into an application: pages, files, chrome, cache, error pages."""

from flask import Flask
from markupsafe import Markup

from app.core.database import Database
from app.core.guards import allowed_hosts, security_headers
from app.core.languages import translations
from app.core.settings import Settings
from app.memberships.joining import web as joining
from app.memberships.joining.opening import use_opening
from app.newsletters.funnel.seeing import use_form_pages
from app.newsletters.pages import use_form_page
from app.site import (
    api_page,
    archive,
    browsing,
    feeds,
    files,
    goal_page,
    previewing,
    signing,
    supporters_page,
    views,
)
from app.site.chrome import NAME, Site, page_language, put_around_pages
from app.site.failures import use_error_pages
from app.site.form_pages import forms_at
from app.site.page_cache import PageCache
from app.site.watching import Watch


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Serve the site."""
    watch = Watch(database)
    pages = PageCache(watch, allowed_hosts(settings), security_headers(settings))
    app.extensions[NAME] = Site(settings, watch, pages)
    app.url_map.converters["slug"] = browsing.SlugConverter
    parts = (
        views, browsing, signing, archive, goal_page, supporters_page, api_page, feeds, files,
        previewing,
    )  # fmt: skip
    for blueprint in (part.bp for part in parts):
        app.register_blueprint(blueprint)
    put_around_pages(app)
    say = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined] # Jinja's i18n adds it
    say(said, said_of_many, newstyle=True)
    app.jinja_env.globals["_"] = shown_word
    use_error_pages(app)
    use_form_page(app, signing.refused_page)
    use_form_pages(app, forms_at)
    use_opening(app, signing.OPENING)
    joining.register(app, settings)
    app.wsgi_app = pages.in_front_of(app.wsgi_app)  # type: ignore[assignment, method-assign] # Flask's documented way


def said(text: str) -> str:
    """Return one of our words in the language of the page, straight from its catalogue."""
    return translations(page_language()).gettext(text)


def shown_word(text: str, **values: object) -> Markup:
    """Return `said` for a template: its blanks filled, what fills them escaped.

    Jinja's own does the same by way of the template's context, at five times the cost.
    """
    word = Markup(said(text))  # noqa: S704 - our own words, from our own catalogue
    return word % values if "%" in word else word


def said_of_many(one: str, many: str, number: int) -> str:
    """Return the form of our words that a number asks for."""
    return translations(page_language()).ngettext(one, many, number)
