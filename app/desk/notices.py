"""What has just been done, said on the next page, with a button that takes it back.

The words travel in a cookie of the browser that acted, signed, and are shown once.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, after_this_request, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.core.answering import the_settings
from app.people.sessions import cookie_name, drop_cookie, put_cookie

COOKIE = "desk-notice"
LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence; `undo_url` takes a post that undoes what it tells of, if anything does."""

    text: str
    undo_url: str = ""


def tell(answer: Response, text: str, undo_url: str = "") -> Response:
    """Have the next page say what has been done."""
    return put_cookie(answer, COOKIE, _seal().dumps([text, undo_url]), LASTS)


def told() -> Notice | None:
    """Return what the present page is to say, and forget it."""
    sealed = request.cookies.get(cookie_name(COOKIE), "")
    if not sealed:
        return None

    @after_this_request
    def forget(answer: Response) -> Response:
        return drop_cookie(answer, COOKIE)

    try:
        text, undo_url = _seal().loads(sealed)
    except (BadSignature, ValueError):
        return None
    return Notice(text, undo_url)


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(the_settings().secret_key, salt=COOKIE)
