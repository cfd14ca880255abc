"""The pages of newsletters, bound to an application."""

from flask import Flask

from app.core.guards import use_sites
from app.core.settings import Settings
from app.extensions import db
from app.newsletters import (
    api_views,
    confirm_views,
    embed_views,
    leave_views,
    views,
    waiting_views,
)
from app.newsletters.answering import MAILBOXES
from app.newsletters.embeds import embed_at
from app.newsletters.mailboxes import mailboxes_for


def register(app: Flask, settings: Settings) -> None:
    """Add every page of newsletters."""
    app.extensions[MAILBOXES] = mailboxes_for(settings)
    use_sites(app, lambda origin: embed_at(db.database, origin))
    for part in (views, waiting_views, confirm_views, leave_views, embed_views, api_views):
        app.register_blueprint(part.bp)
