"""What load balancers and people ask: is the process there, and can it do its work."""

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.core import heartbeat, jobs, schema
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.routes import access
from app.core.settings import Settings

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access("public", any_host=True)
def healthz() -> ResponseReturnValue:
    """Say that this process answers; nothing else is asked."""
    return jsonify(ready=True)


@bp.get("/readyz")
@access("public", any_host=True)
def readyz() -> ResponseReturnValue:
    """Say whether the database, its migrations and an engine are there, each by itself."""
    parts = _parts(
        current_app.extensions["unwalled_database"], current_app.extensions["unwalled_settings"]
    )
    is_ready = all(found == "ok" for found in parts.values())
    return jsonify(ready=is_ready, **parts), 200 if is_ready else 503


def _parts(database: Database, settings: Settings) -> dict[str, str]:
    try:
        found = schema.state(database)
    except (OperatorError, SQLAlchemyError):
        return {"database": "does not answer", "migrations": "unknown", "engine": "unknown"}
    migrations = "ok" if found is schema.State.CURRENT else found.value
    return {"database": "ok", "migrations": migrations, "engine": _engine(database, settings)}


def _engine(database: Database, settings: Settings) -> str:
    """Tell about the engine in this process, or about any worker seen within a minute."""
    if settings.engine == "embedded":
        return "ok" if jobs.is_running() else "not running in this process"
    try:
        with database.read() as session:
            return "ok" if heartbeat.is_any_alive(session) else "no worker was seen for a minute"
    except SQLAlchemyError:
        return "unknown"
