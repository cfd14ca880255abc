"""The web, put together: settings, extensions, guards, features, error pages, commands."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.core import logs
from app.core.database import Database
from app.core.guards import guard
from app.core.languages import Catalogues, request_language
from app.core.routes import use_languages
from app.core.settings import Settings
from app.extensions import babel, db

ROOT = Path(__file__).parent.parent


def compose(settings: Settings, database: Database) -> Flask:
    """Return the application over one database."""
    logs.configure(settings)
    app = Flask(
        "app", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "app" / "static")
    )
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["SECRET_KEY_FALLBACKS"] = list(settings.secret_key_fallbacks)
    app.extensions["unwalled_settings"] = settings
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign] # Flask's documented way
    db.init_app(app, database)
    babel.init_app(app, locale_selector=request_language, default_domain=Catalogues())
    use_languages(app)
    guard(app, settings)
    cli.register(app)
    return app
