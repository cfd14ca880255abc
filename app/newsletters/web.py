"""The pages of newsletters, bound to an application."""

from flask import Flask

from app.core.guards import use_sites
from app.core.settings import Settings
from app.extensions import db
from app.newsletters import confirm_views, leave_views, views, waiting_views
from app.newsletters.answering import MAILBOXES
from app.newsletters.api import views as api_views
from app.newsletters.embeds import views as embed_views
from app.newsletters.embeds.embeds import embed_at
from app.newsletters.funnel import seen_views
from app.newsletters.funnel.seeing import SIGHTINGS, Sightings
from app.newsletters.mailboxes import mailboxes_for
from app.newsletters.outside import OUTSIDE, Outside
from app.newsletters.preferences import address_views, link_views
from app.newsletters.preferences import views as preference_views

PAGES = (
    views.bp,
    waiting_views.bp,
    confirm_views.bp,
    leave_views.bp,
    link_views.bp,
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
