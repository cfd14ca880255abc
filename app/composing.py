"""The web, put together: settings, extensions, guards, features, error pages, commands."""

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.core import health, jobs, logs
from app.core.database import Database
from app.core.guards import guard
from app.core.languages import request_language
from app.core.routes import use_languages
from app.core.settings import Settings
from app.desk import web as desk
from app.desk.door.doors import DOORS
from app.desk.previewing import Previews
from app.extensions import NoSessions, babel, db
from app.goal import views as goal
from app.mail import hook_views as mail_hooks
from app.memberships.account import web as account
from app.memberships.gifts import web as gifts
from app.memberships.handling import handlers
from app.newsletters import web as newsletters
from app.payments.gateway import EventSeen
from app.payments.stripe_gateway import read_event
from app.payments.views import make_webhook
from app.people import web as people
from app.site import staging_pages
from app.site.installing import install
from app.wiring import outside_newsletters, registers

ROOT = Path(__file__).parent.parent
PREVIEWS = Previews(staging_pages.front_page, staging_pages.asking_page, staging_pages.joining_page)


def compose(settings: Settings, database: Database) -> Flask:
    """Return the application over one database."""
    logs.configure(settings)
    app = Flask(
        "app", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "app" / "static")
    )
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["SECRET_KEY_FALLBACKS"] = list(settings.secret_key_fallbacks)
    app.extensions["unwalled_settings"] = settings
    app.session_interface = NoSessions()
    db.init_app(app, database)
    babel.init_app(app, locale_selector=request_language)
    use_languages(app)
    guard(app, settings)
    app.register_blueprint(health.bp)
    if settings.engine == "workers":
        jobs.ring_from_afar(database)
    install(app, settings, database)
    newsletters.register(app, settings, outside_newsletters(settings))
    people.register(app, settings, registers(settings), DOORS)
    account.register(app, settings, handlers(settings))
    gifts.register(app, settings)
    desk.register(app, PREVIEWS)
    for blueprint in (goal.bp, webhook(settings), mail_hooks.bp):
        app.register_blueprint(blueprint)
    cli.register(app)
    if (
        settings.proxy_hops
    ):  # outermost, so that the cache of pages sees the host that was asked for
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign] # Flask's documented way
    return app


def webhook(settings: Settings) -> Blueprint:
    """Return the route that takes Stripe's events; what signs them goes by the world's own time."""

    def read(body: bytes, signature: str) -> EventSeen:
        return read_event(body, signature, settings.stripe_webhook_secrets, datetime.now(UTC))

    return make_webhook(read, live=settings.stripe_is_live)
