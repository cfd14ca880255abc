"""What a web process makes ready before it answers: the page that staff open first each day.

Templates are compiled, catalogues read, and the statements of the page asked once, so that the
first to open it waits no longer than the second. No answer is kept.
"""

import structlog
from flask import Flask

from app.core.clock import now
from app.core.database import Database
from app.core.languages import LANGUAGES, translations
from app.core.settings import Settings
from app.desk.morning.reading import Asked, morning

TEMPLATES = ("desk/layout", "desk/_keys", "desk/morning/", "_macros/meter")

log = structlog.get_logger(__name__)


def make_ready(app: Flask) -> None:
    """Make the morning page ready in this process; readers are served though it cannot be."""
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith(TEMPLATES)):
        app.jinja_env.get_template(name)
    for language in LANGUAGES:
        translations(language)
    database: Database = app.extensions["unwalled_database"]
    settings: Settings = app.extensions["unwalled_settings"]
    try:
        with database.read() as session:
            morning(session, Asked(now(session), settings.time_zone))
    except Exception as error:  # noqa: BLE001 - whatever it is, the desk says it once it is asked
        log.warning("the morning page could not be made ready", why=repr(error))
