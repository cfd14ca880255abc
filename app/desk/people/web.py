"""The pages about people, for the desk to bind."""

from app.desk.people import data_views, details_views, giving_views, money_views, notes_views, views

BLUEPRINTS = (
    views.bp,
    money_views.bp,
    notes_views.bp,
    details_views.bp,
    giving_views.bp,
    data_views.bp,
)
