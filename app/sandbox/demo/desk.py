"""Somebody who works at the demo's desk, and the way in for whoever rehearses."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.people import staff_entries
from app.people.audit import Actor, Deed, record
from app.people.models import Person
from app.people.service import Newcomer, find_or_create
from app.people.staff_entries import REHEARSAL, Begun
from app.people.staff_models import ADMIN, Staff

ADDRESS, NAME = "editor@newsroom.example", "Olena Editor"


def way_in(database: Database, settings: Settings) -> str:
    """Return a link that lets whoever opens it first sit down as the demo's administrator, once.

    Raises:
        OperatorError: This is a production server.
    """
    if settings.mode == "production":
        raise OperatorError(
            "A way into the desk without a proof is for rehearsals alone; "
            "`flask --app wsgi staff invite ADDRESS --role admin` lets the first one in."
        )
    with database.write() as session:
        staff_id = _administrator(session)
        moment = now(session)
        staff_entries.end_all(session, staff_id, moment)
        token = staff_entries.begin(session, Begun(staff_id, REHEARSAL), moment)
        session.commit()
    return f"{settings.site_url}/desk/rehearsal/{token}/"


def _administrator(session: Session) -> int:
    """Return the id of the demo's administrator, who is made if there is none; or back again."""
    moment = now(session)
    newcomer = Newcomer(ADDRESS, ADDRESS, "en", NAME)
    person_id = find_or_create(session, [newcomer], moment)[ADDRESS]
    session.get_one(Person, person_id, with_for_update=True)
    row = session.scalar(select(Staff).where(Staff.person_id == person_id))
    if row is not None and row.ended_at is None and row.role == ADMIN:
        return row.id
    if row is None:
        row = Staff(person_id=person_id, role=ADMIN, invited_at=moment)
        session.add(row)
    row.role, row.joined_at, row.ended_at = ADMIN, moment, None
    session.flush()
    deed = Deed("staff.invited", f"staff:{row.id}", person_id, {}, {"role": ADMIN})
    record(session, Actor.command("rehearsal"), deed, moment)
    return row.id
