"""Where Stripe says that something happened. It is authenticated by its signature alone."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.failpoints import failpoint
from app.core.routes import access
from app.extensions import db
from app.payments.gateway import EventSeen, UnreadableEventError
from app.payments.inbox import receive

LARGEST_EVENT = 256 * 1024
SIGNATURE = "Stripe-Signature"
UNREADABLE = "This is not an event that we can take.\n"
TOO_LARGE = "This is larger than any event that we take.\n"

log = structlog.get_logger(__name__)


def make_webhook(read: Callable[[bytes, str], EventSeen], *, live: bool) -> Blueprint:
    """Return the route that takes events.

    Args:
        read: Checks a body against its signature and reads it; raises `UnreadableEventError`.
        live: Whether events are to be about real money; those of the other kind are refused.
    """
    bp = Blueprint("payments", __name__)

    @bp.post("/webhooks/stripe")
    @access("public", cross_site=True)
    def webhook() -> ResponseReturnValue:
        """Take one event; what was taken before is answered the same."""
        request.max_content_length = LARGEST_EVENT
        try:
            event = read(request.get_data(), request.headers.get(SIGNATURE, ""))
        except RequestEntityTooLarge:
            return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE, "too large")
        except UnreadableEventError:
            return _refused(HTTPStatus.BAD_REQUEST, UNREADABLE, "unreadable")
        if event.live is not live:
            return _refused(HTTPStatus.BAD_REQUEST, UNREADABLE, "of the wrong mode")
        receive(db.database, event)
        failpoint("webhook.received")
        return Response(status=HTTPStatus.OK, mimetype="text/plain")

    return bp


def _refused(status: HTTPStatus, sentence: str, why: str) -> Response:
    """Refuse in a sentence that tells a stranger nothing; our log holds why, and nothing sent."""
    log.warning("an event was refused", why=why)
    return Response(sentence, status, mimetype="text/plain")
