"""The desk, bound to an application."""

from flask import Flask

from app.core.answering import started_with
from app.desk import (
    export_views,
    house_web,
    import_act_views,
    import_views,
    list_act_views,
    list_place_views,
    list_views,
    member_import_views,
    merging_views,
    morning_rows_views,
    morning_views,
    newsroom_web,
    prove_views,
    rehearsal_views,
    second_views,
    session_views,
    set_up_views,
    sign_in_views,
    team_changing_views,
    team_views,
    views,
    you_views,
)
from app.desk.articles.routes import bp as articles
from app.desk.people_web import PEOPLE
from app.desk.previewing import Previews, use_previews

BLUEPRINTS = (
    views.bp,
    morning_views.bp,
    morning_rows_views.bp,
    *newsroom_web.BLUEPRINTS,
    *house_web.BLUEPRINTS,
    sign_in_views.bp,
    second_views.bp,
    set_up_views.bp,
    prove_views.bp,
    you_views.bp,
    session_views.bp,
    team_views.bp,
    team_changing_views.bp,
    import_views.bp,
    import_act_views.bp,
    member_import_views.bp,
    export_views.bp,
    list_views.bp,
    list_act_views.bp,
    list_place_views.bp,
    *PEOPLE,
    articles,
    merging_views.bp,
)


def register(app: Flask, previews: Previews) -> None:
    """Add the pages of the desk, and what the site shows inside them."""
    use_previews(app, previews)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    with app.app_context():
        is_rehearsal = started_with().mode != "production"
    if is_rehearsal:
        app.register_blueprint(rehearsal_views.bp)
