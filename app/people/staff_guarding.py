"""The desk's doors: a view that declares a role lets in nobody else."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from app.core.guards import UNSAFE
from app.people.csrf import is_ours
from app.people.staff_sessions import MAY, StaffHere, put_off, staff_here

Answer = Callable[[], ResponseReturnValue]

NOTHING = "\0"
"""A sign that no text in a database has: nobody looks for it, and it is taken out of forms."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What is answered to whoever is not let in.

    Attributes:
        nobody: To whoever has not signed in: the way there.
        not_theirs: To staff whose role does not open the view.
        not_fresh: To staff who signed in too long ago for what they want: the way to prove anew.
    """

    nobody: Answer
    not_theirs: Answer
    not_fresh: Answer


def guard(app: Flask, doors: Doors) -> None:
    """Let nobody into the views that declare a role, but staff who have it."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        who = getattr(view, "access", None)
        if who not in MAY:
            return None
        found = staff_here()
        if found is None:
            return doors.nobody()
        if found.may(who):
            largest = getattr(view, "largest_body", 0)
            request.max_content_length = largest or request.max_content_length
        _refuse_what_is_not_ours(found)
        if not found.may(who):
            return doors.not_theirs()
        put_off(found)
        if getattr(view, "fresh", False) and not found.is_fresh:
            return doors.not_fresh()
        return None


def _refuse_what_is_not_ours(found: StaffHere) -> None:
    """Refuse a form of another page than ours, and an address that no page of ours leads to."""
    if request.method in UNSAFE and not is_ours(found):
        abort(HTTPStatus.FORBIDDEN)
    if b"%00" in request.query_string:
        abort(HTTPStatus.BAD_REQUEST)
    if NOTHING in request.path:
        abort(HTTPStatus.NOT_FOUND)
    if request.method in UNSAFE:
        _take_nothing_out()


def _take_nothing_out() -> None:
    """Have the view read a form without zero bytes, and files by names without them."""
    said = list(request.form.items(multi=True))
    if any(NOTHING in word for pair in said for word in pair):
        plain = [(name.replace(NOTHING, ""), word.replace(NOTHING, "")) for name, word in said]
        request.form = ImmutableMultiDict(plain)
    for file in request.files.values():
        file.filename = (file.filename or "").replace(NOTHING, "")
