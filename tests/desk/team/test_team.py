"""The team's page: what administrators do there, in words first, and whom it never locks out."""

import pytest
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.database import Database
from app.mail.models import OutgoingMail
from app.people.audit import AuditEntry
from app.people.staff_credentials_models import StaffInvitation
from app.people.staff_models import Staff, StaffSession
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, make_staff, sit_down, words_of

TEAM = "/desk/team/"
BOB = "bob@post.example"


def invites(at: Desk, address: str = BOB, role: str = "editor", **fields: str) -> int:
    return at.post(f"{TEAM}invite/", email=address, role=role, **fields).status_code


def row(database: Database, staff_id: int) -> Staff:
    with database.read() as session:
        return session.get_one(Staff, staff_id)


def count(database: Database, model: type, *where: object) -> int:
    with database.read() as session:
        asked = select(func.count()).select_from(model).where(*where)  # type: ignore[arg-type]
        return session.scalar(asked) or 0


def test_somebody_is_invited_by_mail_and_stands_in_the_list(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    assert invites(at, name="Bob") == 303
    page = words_of(at.get(TEAM))
    assert "Bob bob@post.example editor invited until" in page
    assert count(database, OutgoingMail, OutgoingMail.template == "staff_invitation") == 1
    assert count(database, AuditEntry, AuditEntry.what == "staff.invited") == 1


@pytest.mark.parametrize(
    ("address", "role", "said"),
    [
        ("nobody", "editor", "field-error"),
        ("admin@post.example", "editor", "works here already"),
        (BOB, "owner", "Choose what they will do"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(
    desk: SitDown, database: Database, address: str, role: str, said: str
) -> None:
    at = desk("admin")
    answer = at.post(f"{TEAM}invite/", email=address, name="Bob", role=role)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert f'value="{address}"' in answer.text
    assert 'value="Bob"' in answer.text
    assert count(database, Staff) == 1


def test_the_list_is_searched_by_name_and_address(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    make_staff(database, "editor")
    assert "editor@post.example" not in words_of(at.get(f"{TEAM}?q=ADMIN@post"))
    assert "admin@post.example" in words_of(at.get(f"{TEAM}?q=the+admin"))


def test_a_role_is_changed_after_a_question_and_ends_sessions(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    other = sit_down(at.app, database, "editor")
    way = f"{TEAM}{other.staff_id}/role/"
    asked = words_of(at.get(f"{way}?role=membership"))
    assert "The editor, editor@post.example, from editor to membership" in asked
    assert at.post(way, role="membership").status_code == 303
    assert row(database, other.staff_id).role == "membership"
    assert other.get("/desk/keys/").status_code == 303
    assert at.post(way, role="owner").status_code == 404


def test_somebody_leaves_and_is_out_at_once(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    other = sit_down(at.app, database, "editor")
    assert at.post(f"{TEAM}{other.staff_id}/end/").status_code == 303
    assert other.get("/desk/keys/").status_code == 303
    assert "has left" in words_of(at.get(f"{TEAM}{other.staff_id}/"))
    assert at.post(f"{TEAM}{other.staff_id}/end/").status_code == 409


@pytest.mark.parametrize(("does", "fields"), [("end", {}), ("role", {"role": "editor"})])
def test_the_last_administrator_stays(
    desk: SitDown, database: Database, does: str, fields: dict[str, str]
) -> None:
    at = desk("admin")
    answer = at.post(f"{TEAM}{at.staff_id}/{does}/", **fields)
    assert (answer.status_code, "last administrator" in words_of(answer)) == (409, True)
    found = row(database, at.staff_id)
    assert (found.role, found.ended_at, at.get(TEAM).status_code) == ("admin", None, 200)


def test_an_administrator_may_leave_while_there_is_another(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    make_staff(database, "admin", "second@post.example")
    assert at.post(f"{TEAM}{at.staff_id}/end/").location == "/desk/sign-in/"
    assert at.get(TEAM).status_code == 303


def test_somebody_is_signed_out_everywhere(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    other = sit_down(at.app, database, "editor")
    assert at.post(f"{TEAM}{other.staff_id}/sign-out/").status_code == 303
    assert other.get("/desk/keys/").status_code == 303
    assert count(database, StaffSession, StaffSession.ended_at.is_(None)) == 1


def test_an_invitation_is_sent_again_and_a_lost_sign_in_set_up_anew(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    invites(at)
    other = sit_down(at.app, database, "editor")
    bob = next(one for one in (1, 2, 3) if row(database, one).joined_at is None)
    assert at.post(f"{TEAM}{bob}/again/").status_code == 303
    assert at.post(f"{TEAM}{other.staff_id}/again/").status_code == 409
    assert at.post(f"{TEAM}{other.staff_id}/reset/").status_code == 303
    assert other.get("/desk/keys/").status_code == 303
    assert count(database, OutgoingMail, OutgoingMail.template == "staff_invitation") == 3


def test_roles_and_invitations_want_a_fresh_proof(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    with database.write() as session:
        session.execute(update(StaffSession).values(signed_in_at=now(session).replace(year=2020)))
        session.commit()
    for way in ("invite/", f"{at.staff_id}/role/?role=editor", f"{at.staff_id}/end/"):
        assert at.get(f"{TEAM}{way}").location.startswith("/desk/prove/?next=/desk/team/")
    assert invites(at) == 303
    assert count(database, Staff) == 1


def test_whoever_has_left_is_sent_no_link(desk: SitDown, database: Database) -> None:
    staff_id, boss = make_staff(database, "editor"), desk("admin")
    boss.post(f"/desk/team/{staff_id}/end/")

    assert boss.post(f"/desk/team/{staff_id}/reset/").status_code == 409
    with database.read() as session:
        assert session.scalars(select(StaffInvitation)).all() == []
