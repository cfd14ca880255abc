"""The desk, bound to an application."""

from flask import Flask

from app.desk import views

BLUEPRINTS = (views.bp,)


def register(app: Flask) -> None:
    """Add the pages of the desk."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
