"""The pages of exports, for the desk to bind."""

from app.desk.exports import views

BLUEPRINTS = (views.bp,)
