"""The commands: `flask --app wsgi ...`."""

from flask import Flask


def register(app: Flask) -> None:
    """Add every command of ours to the application's."""
