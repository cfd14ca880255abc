"""The way in that a rehearsal prints at its start; in production there is no such page.

The link is good once. It asks for no second proof, for nobody on a laptop has set one up yet.
"""

from http import HTTPStatus

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.door.entering import let_in
from app.desk.door.pages import must_say_where_from, secret_page
from app.extensions import db
from app.people import staff_arrivals, staff_entries
from app.people.staff_entries import REHEARSAL

bp = Blueprint("desk_rehearsal", __name__)


@bp.before_request
def refuse_in_production() -> None:
    """Refuse, should these pages ever be put into a newsroom that is no rehearsal."""
    if the_settings().mode == "production":
        abort(HTTPStatus.NOT_FOUND)


@localized(bp, "/desk/rehearsal/<token>/")
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Show the button, if the link is good still."""
    entry = staff_entries.found(db.session, token, (REHEARSAL,), now(db.session))
    return secret_page(
        "desk/door/rehearsal.html",
        _("The desk of a rehearsal"),
        HTTPStatus.GONE if entry is None else HTTPStatus.OK,
        is_open=entry is not None,
        action=url_for("desk_rehearsal.press", token=token),
    )


@localized(bp, "/desk/rehearsal/<token>/", methods=("POST",))
@access("public")
def press(token: str) -> ResponseReturnValue:
    """Let in whoever has the link, once."""
    must_say_where_from()
    moment = now(db.session)
    entry = staff_entries.found(db.session, token, (REHEARSAL,), moment)
    if entry is None or not staff_entries.take(db.session, entry, moment):
        db.commit()
        return show(token)
    return let_in(entry.staff_id, staff_arrivals.REHEARSAL, "", moment)
