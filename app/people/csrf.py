"""The token in every form of whoever is signed in: derived from their session, stored nowhere."""

from typing import Protocol

from flask import current_app, request
from markupsafe import Markup

from app.core.tokens import equal, keyed_hash
from app.people.sessions import signed_in
from app.people.staff_sessions import MAY, staff_here

FIELD = "csrf_token"


class Opened(Protocol):
    """A session of a reader or of staff: its row, and what guards its forms."""

    @property
    def session_id(self) -> int:
        """Of the row."""

    @property
    def form_secret(self) -> str:
        """What nobody else knows, and stays as it is for as long as the session lasts."""


def csrf_token(found: Opened) -> str:
    """Return the token of one session: of no use to whoever does not hold its cookie."""
    return keyed_hash(found.form_secret, "csrf", str(found.session_id))


def csrf_field() -> Markup:
    """Return the hidden field for a form; nothing where nobody is signed in.

    A page of the desk is guarded by the desk's session, any other by the reader's.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    found = staff_here() if getattr(view, "access", None) in MAY else signed_in()
    if found is None:
        return Markup("")
    field = Markup('<input type="hidden" name="{}" value="{}">')
    return field.format(FIELD, csrf_token(found))


def is_ours(found: Opened) -> bool:
    """Tell whether a form came from a page that this session was shown.

    A browser that says neither where a request comes from nor which site made it is not believed.
    """
    told = "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
    return told and equal(csrf_token(found), request.form.get(FIELD, ""))
