"""What the pages of articles share: their blueprint, the edition asked for, times and names."""

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint, abort, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Edition
from app.core.answering import the_settings
from app.core.languages import gettext as _
from app.desk.moments import shown_moment
from app.extensions import db
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.models import Person
from app.people.staff_models import Staff

bp = Blueprint("desk_articles", __name__)


def the_edition(edition_id: int) -> Edition:
    """Return the edition that an address names, or answer that there is none."""
    edition = db.session.get(Edition, edition_id)
    if edition is None:
        abort(404)
    return edition


def sent_file(name: str) -> tuple[bytes, str]:
    """Return the bytes of a file that was sent, and what it was called; nothing where none was."""
    sent = request.files.get(name)
    if sent is None:
        return b"", ""
    with sent.stream:
        return sent.stream.read(), sent.filename or ""


def editor_url(edition_id: int) -> str:
    """Return where an edition is written."""
    return url_for("desk_articles.edit", edition_id=edition_id)


def write_down(
    what: str,
    edition_id: int,
    now: datetime,
    after: dict[str, object] | None = None,
    before: dict[str, object] | None = None,
) -> None:
    """Put what was done to an edition into the audit log; the last thing before the commit."""
    deed = Deed(what, f"edition:{edition_id}", before=before or {}, after=after or {})
    record(db.session, the_actor(), deed, now)


def names_of(session: Session, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """Return what members of staff are called, by id."""
    wanted = {one for one in staff_ids if one is not None}
    rows = session.execute(
        select(Staff.id, Person.name)
        .join(Person, Person.id == Staff.person_id)
        .where(Staff.id.in_(wanted))
    )
    return {row.id: row.name or _("Staff %(number)d", number=row.id) for row in rows}


def name_of(session: Session, staff_id: int | None) -> str:
    """Return what a member of staff is called; the program itself has no name."""
    return names_of(session, [staff_id]).get(staff_id or 0, "") if staff_id else ""


def clock_text(at: datetime) -> str:
    """Return the time of day in the newsroom's zone: `14:02`."""
    return f"{at.astimezone(the_settings().time_zone):%H:%M}"


def since_text(at: datetime, now: datetime) -> str:
    """Return a time of today as a clock shows it, any other with its day."""
    zone = the_settings().time_zone
    same_day = at.astimezone(zone).date() == now.astimezone(zone).date()
    return clock_text(at) if same_day else moment_text(at)


def moment_text(at: datetime) -> str:
    """Return a moment in the newsroom's zone: `27 Nov 2026, 14:02 EET`."""
    name = at.astimezone(the_settings().time_zone).tzname() or "UTC"
    return f"{shown_moment(at)} {f'UTC{name}' if name[0] in '+-' else name}"
