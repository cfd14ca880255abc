"""Files that never change under one name: static by a hashed address, media by hashed names."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request, send_from_directory

from app.core.routes import access
from app.core.settings import Settings

bp = Blueprint("files", __name__)

FOR_GOOD = "public, max-age=31536000, immutable"
DIGEST_LENGTH = 12


def static_url(name: str) -> str:
    """Return the address of a static file; it names the content, so it can be kept for good."""
    folder = current_app.static_folder or ""
    path = Path(folder) / name
    try:
        digest = _digest(str(path), path.stat().st_mtime_ns)
    except OSError:
        return f"/static/{name}"
    return f"/assets/{digest}/{name}"


@lru_cache(maxsize=256)
def _digest(path: str, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:DIGEST_LENGTH]


@bp.get("/assets/<digest>/<path:name>")
@access("public")
def asset(digest: str, name: str) -> Response:
    """Serve a static file; an old page may still ask for an earlier content, and gets the present.

    Only the right address is kept for good.
    """
    response = send_from_directory(current_app.static_folder or "", name)
    right = static_url(name) == f"/assets/{digest}/{name}"
    response.headers["Cache-Control"] = FOR_GOOD if right else "no-cache"
    return response


@bp.get("/media/<name>")
@access("public")
def media(name: str) -> Response:
    """Serve a picture or a recording, in parts if asked to."""
    settings: Settings = current_app.extensions["unwalled_settings"]
    if name.startswith("."):
        abort(404)
    response = send_from_directory(settings.media_dir.resolve(), name)
    response.headers["Cache-Control"] = FOR_GOOD
    return response


@bp.after_app_request
def keep_fonts(response: Response) -> Response:
    """Let fonts be kept for good: their names carry their hash."""
    if request.endpoint == "static" and request.path.startswith("/static/fonts/"):
        response.headers["Cache-Control"] = FOR_GOOD
    return response
