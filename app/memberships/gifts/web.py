"""The pages of gift memberships, bound to an application."""

from flask import Flask

from app.core.settings import Settings
from app.memberships.gifts import given_views
from app.memberships.gifts import views as gift_views
from app.people.signing_in import PURPOSES, Purpose


def register(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - as every feature's
    """Add the pages, and what somebody may sign in for on them; a second time changes nothing.

    Whoever is given a membership need not be known yet: they become a person once they have
    answered the mail.
    """
    for views in (gift_views, given_views):
        PURPOSES[views.PURPOSE] = Purpose(creates_person=True, landing=views.landing)
        if views.bp.name not in app.blueprints:
            app.register_blueprint(views.bp)
