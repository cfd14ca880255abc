"""The pages for joining, bound to an application."""

from flask import Flask

from app.core.settings import Settings
from app.memberships.joining import thanks_views, views


def register(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - as every feature's
    """Add the pages for joining; a second time changes nothing."""
    for blueprint in (views.bp, thanks_views.bp):
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
