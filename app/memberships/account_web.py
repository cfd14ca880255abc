"""The pages of the account, bound to an application."""

from flask import Flask

from app.core.settings import Settings
from app.memberships import account_changes_views, account_data_views, account_views
from app.memberships.account_answering import HANDLERS
from app.payments.looking import Handlers


def register(app: Flask, settings: Settings, handlers: Handlers) -> None:  # noqa: ARG001 - as every feature's
    """Add every page of the account; `handlers` write down what changes make Stripe show."""
    app.extensions[HANDLERS] = handlers
    for blueprint in (account_views.bp, account_changes_views.bp, account_data_views.bp):
        app.register_blueprint(blueprint)
