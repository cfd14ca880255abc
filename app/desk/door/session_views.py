"""The browsers in which one is signed in, ended one by one or all others at once."""

from http import HTTPStatus

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.confirming import Question, confirm_page
from app.desk.door.changing import changed
from app.desk.moments import shown_moment
from app.extensions import db
from app.people import staff_sessions
from app.people.staff_models import StaffSession
from app.people.staff_queries import open_sessions
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_sessions", __name__)


@localized(bp, "/desk/you/sessions/<int:session_id>/end/")
@access("staff")
def ask(session_id: int) -> ResponseReturnValue:
    """Ask whether a session is to end."""
    row = _session(session_id)
    return confirm_page(
        Question(
            _("End a session"),
            _("Sign out the browser “%(device)s”, signed in since %(moment)s.")
            % {"device": row.device or _("unknown"), "moment": shown_moment(row.created_at)},
            action=url_for("desk_sessions.end", session_id=session_id),
            button=_("Sign it out"),
            back=url_for("desk_you.show"),
        )
    )


@localized(bp, "/desk/you/sessions/<int:session_id>/end/", methods=("POST",))
@access("staff")
def end(session_id: int) -> ResponseReturnValue:
    """End a session of one's own."""
    row, moment = _session(session_id), now(db.session)
    staff_sessions.end(db.session, row.id, moment)
    is_this_one = row.id == at_the_desk().session_id
    answer = changed("session.ended", _("The browser is signed out."), moment, row.id)
    if is_this_one:
        return redirect(url_for("desk_sign_in.left"), HTTPStatus.SEE_OTHER)
    return answer


@localized(bp, "/desk/you/sessions/others/end/")
@access("staff")
def ask_others() -> ResponseReturnValue:
    """Ask whether all other sessions are to end."""
    return confirm_page(
        Question(
            _("End all other sessions"),
            _("Sign out every browser of yours but this one."),
            action=url_for("desk_sessions.end_others"),
            button=_("Sign them all out"),
            back=url_for("desk_you.show"),
        )
    )


@localized(bp, "/desk/you/sessions/others/end/", methods=("POST",))
@access("staff")
def end_others() -> ResponseReturnValue:
    """End all other sessions of one's own."""
    here, moment = at_the_desk(), now(db.session)
    staff_sessions.end_all(db.session, here.staff_id, moment, but=here.session_id)
    said = _("All other browsers are signed out.")
    return changed("sessions.ended", said, moment, here.staff_id)


def _session(session_id: int) -> StaffSession:
    here = at_the_desk()
    theirs = open_sessions(db.session, here.staff_id, here.now)
    row = next((one for one in theirs if one.id == session_id), None)
    return row if row is not None else abort(HTTPStatus.NOT_FOUND)
