"""A change to how somebody signs in: written down, told of by mail, said on the next page."""

from datetime import datetime
from http import HTTPStatus

from flask import Response, make_response, redirect, url_for

from app.core.bell import ring
from app.desk.notices import tell as notice
from app.extensions import db
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.staff_letters import News, tell
from app.people.staff_sessions import at_the_desk


def changed(
    what: str, said: str, moment: datetime, about: int, news: News | None = None
) -> Response:
    """Write a change down, commit, and lead back to the person's own page.

    Args:
        what: Word of the audit log, after `staff.`.
        said: What the next page says.
        moment: The domain's present one.
        about: Id of what was changed.
        news: What a mail tells of it, if one does.
    """
    write_down(what, moment, about, news)
    answer = make_response(redirect(url_for("desk_you.show"), HTTPStatus.SEE_OTHER))
    return notice(answer, said)


def write_down(what: str, moment: datetime, about: int, news: News | None = None) -> None:
    """Write a change down, queue the mail that tells of it, and commit."""
    here = at_the_desk()
    if news is not None:
        tell(db.session, here.staff_id, news, moment)
        ring(db.session, "mail")
    thing = what.partition(".")[0]
    deed = Deed(f"staff.{what}", f"{thing}:{about}", here.person_id)
    record(db.session, the_actor(), deed, moment)
    db.commit()
