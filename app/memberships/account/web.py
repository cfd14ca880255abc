"""The pages of the account, bound to an application."""

from flask import Flask

from app.core.settings import Settings
from app.memberships.account import changes_views, data_views, views
from app.memberships.account.answering import HANDLERS
from app.payments.looking import Handlers


def register(app: Flask, settings: Settings, handlers: Handlers) -> None:  # noqa: ARG001 - as every feature's
    """Add every page of the account; `handlers` write down what changes make Stripe show."""
    app.extensions[HANDLERS] = handlers
    for blueprint in (views.bp, changes_views.bp, data_views.bp):
        app.register_blueprint(blueprint)
