"""The desk, bound to an application."""

from flask import Flask

from app.core.answering import started_with
from app.desk import look_views, order_views, views
from app.desk.articles import routes as articles
from app.desk.campaigns import web as campaigns
from app.desk.door import rehearsal_views
from app.desk.door import web as door
from app.desk.exports import web as exports
from app.desk.house import web as house
from app.desk.imports import web as imports
from app.desk.lists import web as lists
from app.desk.merging import web as merging
from app.desk.morning import web as morning
from app.desk.newsroom import web as newsroom
from app.desk.people import web as people
from app.desk.previewing import Previews, use_previews
from app.desk.team import web as team

ROOMS = (
    morning, people, merging, campaigns, newsroom, lists, imports, exports, house, door, team,
)  # fmt: skip
BLUEPRINTS = (
    views.bp, look_views.bp, order_views.bp, articles.bp,
    *(bp for room in ROOMS for bp in room.BLUEPRINTS),
)  # fmt: skip


def register(app: Flask, previews: Previews) -> None:
    """Add the pages of the desk, and what the site shows inside them."""
    use_previews(app, previews)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    with app.app_context():
        is_rehearsal = started_with().mode != "production"
    if is_rehearsal:
        app.register_blueprint(rehearsal_views.bp)
