"""The pages of imports, for the desk to bind."""

from app.desk.imports import act_views, member_views, views

BLUEPRINTS = (
    views.bp,
    act_views.bp,
    member_views.bp,
)
