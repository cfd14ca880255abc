"""The pages of newsletters, for the desk to bind."""

from app.desk.lists import act_views, place_views, views

BLUEPRINTS = (
    views.bp,
    act_views.bp,
    place_views.bp,
)
