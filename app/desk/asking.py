"""What pages need to know of whoever asks for work that goes on without them."""

from flask import request

from app.core.guards import UNSAFE
from app.people.staff_sessions import at_the_desk


def is_posted() -> bool:
    """Tell whether the request changes something: then its row is held until that is committed."""
    return request.method in UNSAFE


def who() -> str:
    """Return how whoever is here is named beside what they asked for."""
    here = at_the_desk()
    return here.name or f"staff {here.staff_id}"
