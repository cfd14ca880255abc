"""The pages about the team, for the desk to bind."""

from app.desk.team import changing_views, views

BLUEPRINTS = (
    views.bp,
    changing_views.bp,
)
