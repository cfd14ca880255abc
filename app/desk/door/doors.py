"""What is answered at the desk to whoever is not let in."""

from http import HTTPStatus

from flask import abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.languages import gettext as _
from app.desk.chrome import desk_page
from app.desk.door.leading import this_way
from app.people.staff_guarding import Doors

SIGN_IN, PROVE = "desk_sign_in.form", "desk_prove.form"


def nobody() -> ResponseReturnValue:
    """Lead to the sign-in, and from there to the page that was asked for."""
    return _lead_to(SIGN_IN, HTTPStatus.NOT_FOUND)


def not_fresh() -> ResponseReturnValue:
    """Ask for the proof once more, and lead on to the page that was asked for."""
    return _lead_to(PROVE, HTTPStatus.FORBIDDEN)


def not_theirs() -> ResponseReturnValue:
    """Say that the role does not open this page, and who can change that."""
    return desk_page("desk/door/not_yours.html", _("This is not open to you"), HTTPStatus.FORBIDDEN)


def _lead_to(endpoint: str, otherwise: HTTPStatus) -> ResponseReturnValue:
    if endpoint not in current_app.view_functions:
        abort(otherwise)
    return redirect(url_for(endpoint, next=this_way() or None), HTTPStatus.SEE_OTHER)


DOORS = Doors(nobody, not_theirs, not_fresh)
