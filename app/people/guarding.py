"""Pages for whoever is signed in: everybody else is asked to, and taken there afterwards.

Of the page that was asked for only the name is remembered, never an address, so that no link of
somebody else's can choose where a reader goes after signing in.
"""

from http import HTTPStatus

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.guards import UNSAFE
from app.people.csrf import is_ours
from app.people.sessions import put_off, signed_in
from app.people.signing_in import PERSON, remembered


def guard(app: Flask) -> None:
    """Let nobody else into the views that declare `@access("person")`."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "access", None) != PERSON:
            return None
        found = signed_in()
        if found is None:
            is_read = request.method not in UNSAFE
            return sign_in_first(request.endpoint if is_read else None)
        if request.method in UNSAFE and not is_ours(found):
            abort(HTTPStatus.FORBIDDEN)
        put_off(found)
        return None


def sign_in_first(endpoint: str | None = None) -> ResponseReturnValue:
    """Return the way to the sign-in form and from there to a page of the account, by its name.

    Also for whoever is signed in, but not lately enough for what they want (`sessions.is_fresh`).
    """
    return redirect(url_for("sign_in.form", next=remembered(endpoint) or None), 303)
