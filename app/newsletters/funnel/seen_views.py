"""Where our pages' script says that a form came into view."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, request

from app.core.answering import the_network, the_settings
from app.core.clock import now
from app.core.days import day_of
from app.core.routes import access
from app.extensions import db
from app.newsletters.forms import MOST_LISTS, internal_path
from app.newsletters.funnel.seeing import SIGHTINGS, Sightings, forms_there
from app.newsletters.queries import lists_by_slug

bp = Blueprint("seen", __name__)

LARGEST_BODY = 2048


@bp.post("/newsletters/seen")
@access("public")
def seen() -> Response:
    """Count the forms that were seen, if they are where it says; the answer is always the same."""
    answer = Response(status=HTTPStatus.NO_CONTENT)
    sightings: Sightings = current_app.extensions[SIGHTINGS]
    network = the_network()
    if _wants_to_be_left_out() or not _is_small() or not sightings.admits(network):
        return answer
    db.only_read()
    path = internal_path(request.form.get("path", ""))
    there = forms_there(path) if path else None
    named = set(request.form.getlist("list")[:MOST_LISTS])
    if there is None or named.isdisjoint(there.slugs):
        return answer
    known = lists_by_slug(db.database)
    day = day_of(now(db.session), the_settings().time_zone)
    ids = [known[slug].id for slug in there.slugs if slug in named and slug in known]
    sightings.note([(one, day, there.from_path, there.form) for one in ids], network)
    return answer


def _wants_to_be_left_out() -> bool:
    """Tell whether the browser says so (https://www.w3.org/TR/gpc/, and its older sister DNT)."""
    return "1" in {request.headers.get("Sec-GPC"), request.headers.get("DNT")}


def _is_small() -> bool:
    return request.content_length is not None and request.content_length <= LARGEST_BODY
