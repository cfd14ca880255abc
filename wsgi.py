"""The application for any WSGI server: `wsgi:app`."""

from app import create_app
from app.cli.words import spoken

with spoken():
    app = create_app()
