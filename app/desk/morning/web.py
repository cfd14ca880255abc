"""The morning and the rows behind it, for the desk to bind."""

from app.desk.morning import rows_views, views

BLUEPRINTS = (
    views.bp,
    rows_views.bp,
)
