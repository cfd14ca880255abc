"""The pages of newsletters, bound to an application."""

from flask import Flask

from app.core.guards import use_sites
from app.core.settings import Settings
from app.extensions import db
from app.newsletters import (
    address_views,
    api_views,
    confirm_views,
    embed_views,
    leave_views,
    preference_views,
    seen_views,
    settings_link_views,
    views,
    waiting_views,
)
from app.newsletters.answering import MAILBOXES
from app.newsletters.embeds import embed_at
from app.newsletters.mailboxes import mailboxes_for
from app.newsletters.outside import OUTSIDE, Outside
from app.newsletters.seeing import SIGHTINGS, Sightings

PAGES = (
    views.bp,
    waiting_views.bp,
    confirm_views.bp,
    leave_views.bp,
    settings_link_views.bp,
    preference_views.bp,
    address_views.bp,
    embed_views.bp,
    seen_views.bp,
    api_views.bp,
)


def register(app: Flask, settings: Settings, outside: Outside) -> None:
    """Add every page of newsletters; `outside` is what features above do for them."""
    app.extensions[MAILBOXES] = mailboxes_for(settings)
    app.extensions[OUTSIDE] = outside
    app.extensions[SIGHTINGS] = Sightings(app.extensions["unwalled_database"])
    use_sites(app, lambda origin: embed_at(db.database, origin))
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
