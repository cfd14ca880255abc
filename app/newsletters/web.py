"""The pages of newsletters, bound to an application."""

from flask import Flask

from app.core.settings import Settings
from app.newsletters import confirm_views, leave_views, views, waiting_views
from app.newsletters.answering import MAILBOXES
from app.newsletters.mailboxes import mailboxes_for


def register(app: Flask, settings: Settings) -> None:
    """Add every page of newsletters."""
    app.extensions[MAILBOXES] = mailboxes_for(settings)
    for blueprint in (views.bp, waiting_views.bp, confirm_views.bp, leave_views.bp):
        app.register_blueprint(blueprint)
