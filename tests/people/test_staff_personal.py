"""What is known of somebody as staff: in their file, and gone when they are erased."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.people import staff_personal, staff_sessions
from app.people.staff_credentials_models import StaffCodeApp
from app.people.staff_models import Staff, StaffSession
from tests.people.staff_making import NOW, make_app, make_staff


def test_their_file_says_what_they_sign_in_with_and_where_but_no_secret(
    session: Session, settings: Settings
) -> None:
    ann = make_staff(session)
    secret = make_app(session, settings, ann)
    staff_sessions.start(session, ann, "Firefox, Linux", NOW)
    told = staff_personal.export(session, session.get_one(Staff, ann).person_id)
    assert "Firefox, Linux" in str(told)
    assert "admin" in str(told["staff"])
    assert secret not in str(told)


def test_whoever_never_worked_here_has_nothing_of_it(session: Session) -> None:
    assert staff_personal.export(session, 1) == {}


def test_erased_they_work_here_no_longer_and_nothing_opens(
    session: Session, settings: Settings
) -> None:
    ann = make_staff(session)
    make_app(session, settings, ann)
    staff_sessions.start(session, ann, "", NOW)
    staff_personal.erase(session, session.get_one(Staff, ann).person_id, NOW)
    assert session.get_one(Staff, ann).ended_at == NOW
    assert session.scalars(select(StaffCodeApp)).all() == []
    assert session.scalars(select(StaffSession.ended_at)).all() == [NOW]
