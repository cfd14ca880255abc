"""Error pages: in the look of the site and the language of the address; JSON for programs.

They are rendered even while the database is away; then there is no strip and no masthead.
"""

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from werkzeug.exceptions import Gone, HTTPException, MethodNotAllowed

from app.core import problems
from app.core.languages import prefix, request_language

log = structlog.get_logger(__name__)

RETRY_SECONDS = "10"
SENTENCES = {
    400: (lazy_gettext("That request was not whole"), lazy_gettext("Go back and try once more.")),
    403: (
        lazy_gettext("This did not come from our own page"),
        lazy_gettext("Open the page here and send it once more."),
    ),
    404: (
        lazy_gettext("There is no page here"),
        lazy_gettext("The address may have been cut short, or the page was never published."),
    ),
    405: (
        lazy_gettext("This page cannot be used like that"),
        lazy_gettext("It can be read, and that is all it does."),
    ),
    410: (
        lazy_gettext("This article has been withdrawn"),
        lazy_gettext("It was here once. We have taken it away, and it will not come back."),
    ),
    413: (
        lazy_gettext("That was too much at once"),
        lazy_gettext("What was sent is larger than we take."),
    ),
    421: (
        lazy_gettext("We are not the site you asked for"),
        lazy_gettext("This server answers under another name."),
    ),
    429: (
        lazy_gettext("Too many at once from your network"),
        lazy_gettext("Nothing was lost. Please try again in an hour."),
    ),
    500: (
        lazy_gettext("Something broke on our side"),
        lazy_gettext("It has been noted. Please try again in a minute."),
    ),
    503: (
        lazy_gettext("We are not ready just now"),
        lazy_gettext("Our database does not answer. Please try again in a minute."),
    ),
}
SERVER_ERROR = 500
UNREADY = 503
READ_ONLY = "25006"  # of PostgreSQL: read_only_sql_transaction


class Withdrawn(Gone):
    """An article was here; `sentence` says why it is not, or is empty."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def use_error_pages(app: Flask) -> None:
    """Answer every failure with a page of ours."""
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(OperationalError, _away)
    app.register_error_handler(InterfaceError, _away)
    app.register_error_handler(InternalError, _refused_to_write)
    app.register_error_handler(NoConnectionError, _away)
    app.register_error_handler(Exception, _unknown)


def _known(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None and error.code is None:
        return error.get_response()
    code = error.code or SERVER_ERROR
    if code < 400:  # noqa: PLR2004 - a redirect of the framework's own
        return error.get_response()
    said = error.sentence if isinstance(error, Withdrawn) else ""
    response = failure(code, error.description if code not in SENTENCES else None, said)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _away(error: DBAPIError | NoConnectionError) -> ResponseReturnValue:
    log.error("The database did not answer.", error=repr(error))
    response = failure(UNREADY)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _refused_to_write(error: InternalError) -> ResponseReturnValue:
    """Ask to come again while the database only reads: a standby, or one under maintenance."""
    read_only = getattr(error.orig, "sqlstate", "") == READ_ONLY
    return _away(error) if read_only else _unknown(error)


def _unknown(error: Exception) -> ResponseReturnValue:
    log.error("A request failed.", path=request.path, exc_info=error)
    return failure(SERVER_ERROR)


def failure(code: int, text: str | None = None, said: str = "") -> Response:
    """Return the answer to a failure, as a page or for programs.

    Args:
        code: The status.
        text: What went wrong, where the status alone does not say it.
        said: A sentence of the newsroom's own in place of ours.
    """
    g.language = request_language()
    g.pop("translations", None)
    if problems.is_for_a_program():
        return problems.problem(code, text or "")
    heading, sentence = SENTENCES.get(code, (gettext("That did not work"), text or ""))
    if wants_json():
        response = jsonify({"error": {"status": code, "message": str(heading)}})
    else:
        response = make_response(
            render_template(
                "errors/error.html",
                code=code,
                heading=heading,
                text=said or sentence,
                home_url=f"{prefix(g.language)}/",
            )
        )
    response.status_code = code
    return response


def wants_json() -> bool:
    """Tell whether the client would rather have JSON than a page."""
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json" and accepted[best] > accepted["text/html"]
