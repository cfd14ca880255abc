"""Views whose pages are kept: rendered once per version, by one thread, for every reader."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.site.chrome import showing, the_site
from app.site.page_cache import POLICY, Page, reply

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
OK = 200


def cacheable(view: View) -> View:
    """Keep what a view makes, if it is a page (200) at a plain address."""

    @wraps(view)
    def kept(*args: Any, **values: Any) -> ResponseReturnValue:  # noqa: ANN401 - as the view's
        if request.query_string:
            response = make_response(view(*args, **values))
            if response.status_code == OK:
                response.headers["Cache-Control"] = POLICY
            return response
        pages, path = the_site().pages, request.environ["PATH_INFO"]
        with pages.flight(path):
            page = pages.fresh(path)
            if page is None:
                made = _made(path, lambda: view(*args, **values))
                if isinstance(made, Response):
                    return made
                page = made
        return _answer(page)

    return kept  # type: ignore[return-value] # the same arguments, the same kinds of answer


def until(moment: datetime) -> None:
    """Say that time alone changes the page being made at `moment`, if not earlier."""
    known: datetime | None = g.get("page_until")
    g.page_until = moment if known is None else min(known, moment)


def _made(path: str, make: Callable[[], ResponseReturnValue]) -> Page | Response:
    pages = the_site().pages
    try:
        response = make_response(make())
    except SQLAlchemyError:
        before = pages.any(path)
        if before is None:
            raise
        return before
    if response.status_code != OK:
        return response
    shown = showing()
    count = shown.present.count
    for boundary in (shown.newsroom.changes_at, count.valid_until if count else None):
        if boundary is not None:
            until(boundary)
    kind = response.headers["Content-Type"]
    return pages.keep(path, response.get_data(), kind, shown.present, g.get("page_until"))


def _answer(page: Page) -> Response:
    """Return a kept page as the framework's response."""
    status, headers, body = reply(page, request.environ)
    response = Response(body, status=status, headers=headers)
    if request.method == "HEAD":
        response.headers["Content-Length"] = dict(headers).get("Content-Length", "0")
    return response
