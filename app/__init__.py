"""Unwalled: the backend of a newsroom without a paywall."""

import os

from flask import Flask

from app.core.database import Database
from app.core.settings import Settings, kept


def create_app(settings: Settings | None = None) -> Flask:
    """Put the web together. Starts nothing: no engine, no thread, no connection.

    Args:
        settings: From the environment, and from this clone's `instance/settings.env`, if None.

    Raises:
        SettingsError: A setting is missing, malformed or unsafe.
    """
    from app import composing  # noqa: PLC0415 - so that one module of ours can be read alone

    if settings is None:
        settings = Settings.from_environment({**kept(), **os.environ})
    return composing.compose(settings, Database(settings.database_url))
