"""The pages of merging, for the desk to bind."""

from app.desk.merging import views

BLUEPRINTS = (views.bp,)
