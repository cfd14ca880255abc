"""The site's own style in one look, whatever the browser prefers: for previews alone."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app
from flask.typing import ResponseReturnValue

from app.core.routes import access
from app.desk.previewing import DARK, LIGHT

bp = Blueprint("desk_look", __name__)

PREFERS = "(prefers-color-scheme:dark)"
SCHEME = "color-scheme:light dark"


@bp.get(f"/desk/look/<any({LIGHT},{DARK}):look>/<name>")
@access("staff")
def sheet(look: str, name: str) -> ResponseReturnValue:
    """Serve a style sheet of the site in one look."""
    folder = Path(current_app.static_folder or "") / "css"
    if name not in {one.name for one in folder.glob("*.css")}:
        abort(404)
    text = (folder / name).read_text(encoding="utf-8")
    text = text.replace(PREFERS, "all" if look == DARK else "not all")
    answer = Response(text.replace(SCHEME, f"color-scheme:{look}"), mimetype="text/css")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
