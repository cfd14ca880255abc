"""The token in every form of whoever is signed in: derived from their session, stored nowhere."""

from flask import request
from markupsafe import Markup

from app.core.tokens import equal, keyed_hash
from app.people.sessions import SignedIn, signed_in

FIELD = "csrf_token"


def csrf_token(found: SignedIn) -> str:
    """Return the token of one session: of no use to whoever does not hold its cookie."""
    return keyed_hash(found.token, "csrf", str(found.session_id))


def csrf_field() -> Markup:
    """Return the hidden field for a form; nothing where nobody is signed in."""
    found = signed_in()
    if found is None:
        return Markup("")
    field = Markup('<input type="hidden" name="{}" value="{}">')
    return field.format(FIELD, csrf_token(found))


def is_ours(found: SignedIn) -> bool:
    """Tell whether a form came from a page that this session was shown.

    A browser that says neither where a request comes from nor which site made it is not believed.
    """
    told = "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
    return told and equal(csrf_token(found), request.form.get(FIELD, ""))
