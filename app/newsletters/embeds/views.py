"""The script for other sites' pages, at the address that they have pasted."""

from flask import Blueprint, Response, request

from app.core.routes import access
from app.newsletters.embeds.script import embed_script

bp = Blueprint("embedding", __name__)

AN_HOUR = "public, max-age=3600"


@bp.get("/embed.js")
@access("public")
def script() -> Response:
    """Serve the script to any page: those that isolate themselves ask for leave twice over."""
    made = embed_script()
    answer = Response(made.body, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = AN_HOUR
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.set_etag(made.etag)
    answer.make_conditional(request)
    return answer
