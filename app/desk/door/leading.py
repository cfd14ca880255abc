"""Where somebody is led on to after a sign-in: pages of the desk, and nothing else.

What an address asks for is matched against our own routes and built anew from what was found, so
that no link of somebody else's can choose where staff go.
"""

from urllib.parse import parse_qsl, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from app.core.guards import UNSAFE
from app.people.staff_sessions import MAY

LONGEST = 500
MOST_WORDS = 20
PROVING = "desk_prove"


def way_to(text: str | None) -> str:
    """Return the address of the page of the desk that a text names, or an empty text."""
    path, _mark, query = (text or "").partition("?")
    if not path.startswith("/") or len(text or "") > LONGEST:
        return ""
    try:
        found, values = current_app.url_map.bind("").match(path, method="GET")
        asked = dict(parse_qsl(query, max_num_fields=MOST_WORDS))
    except (HTTPException, ValueError):
        return ""
    endpoint = str(found)
    view = current_app.view_functions.get(endpoint)
    if getattr(view, "access", None) not in MAY or endpoint.startswith(f"{PROVING}."):
        return ""
    ours = {name: one for name, one in asked.items() if name.isidentifier() and name[0] != "_"}
    return url_for(endpoint, **{**ours, **values})


def this_way() -> str:
    """Return the page that was asked for, or on which the form stood that was sent."""
    if request.method not in UNSAFE:
        return way_to(request.full_path.rstrip("?"))
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return ""
    return way_to(f"{came_from.path}?{came_from.query}")
