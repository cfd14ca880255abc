"""Who gets in, and what is said to whoever does not."""

from datetime import timedelta

import pytest
from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import update

from app.core.clock import now
from app.core.database import Database
from app.core.routes import access, localized
from app.people import staff_sessions
from app.people.csrf import FIELD
from app.people.staff_models import Staff, StaffSession
from tests.desk.conftest import SitDown
from tests.desk.making import KEYS, OURS, Desk, make_staff, words_of

rooms = Blueprint("rooms", __name__)


@localized(rooms, "/desk/room/<who>/", methods=("GET", "POST"))
@access("membership", fresh=True)
def room(who: str) -> ResponseReturnValue:
    return f"room of {who}"


@pytest.fixture
def app(app: Flask) -> Flask:
    app.register_blueprint(rooms)
    return app


def is_in(desk: Desk) -> bool:
    return desk.get(KEYS).status_code == 200


def changed(database: Database, **values: object) -> None:
    with database.write() as session:
        session.execute(update(StaffSession).values(**values))
        session.commit()


def test_whoever_is_signed_in_sees_the_desk_in_both_languages(desk: SitDown) -> None:
    at = desk("editor")

    assert "Keys of the desk" in words_of(at.get(KEYS))
    assert "Клавіші редакційного столу" in words_of(at.get(f"/uk{KEYS}"))


def test_nobody_else_does_and_is_led_to_the_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/desk/room/ann/?page=2")

    assert answer.status_code == 303
    assert answer.location == "/desk/sign-in/?next=/desk/room/ann/?page%3D2"


def test_a_post_of_nobody_remembers_nothing(app: Flask) -> None:
    answer = app.test_client().post("/desk/room/ann/", headers=OURS)

    assert (answer.status_code, answer.location) == (303, "/desk/sign-in/")


def test_a_role_that_does_not_open_a_page_is_told_who_can_change_it(desk: SitDown) -> None:
    answer = desk("editor").get("/desk/room/ann/")

    assert answer.status_code == 403
    assert "Ask an administrator" in words_of(answer)


@pytest.mark.parametrize("role", ["membership", "admin"])
def test_a_role_that_opens_it_does(desk: SitDown, role: str) -> None:
    assert desk(role).get("/desk/room/ann/").text == "room of ann"


def test_a_form_wants_the_token_of_its_session(desk: SitDown) -> None:
    at = desk("admin")

    assert at.post("/desk/room/ann/").text == "room of ann"
    assert at.post("/desk/room/ann/", **{FIELD: "x"}).status_code == 403
    assert at.client.post("/desk/room/ann/", data={FIELD: at.csrf()}).status_code == 403


def test_what_cannot_be_taken_back_wants_a_fresh_proof(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    with database.read() as session:
        long_ago = now(session) - staff_sessions.FRESH
    changed(database, signed_in_at=long_ago)

    assert at.get("/desk/room/ann/").location == "/desk/prove/?next=/desk/room/ann/"
    assert at.post("/desk/room/ann/").location == "/desk/prove/"
    assert is_in(at)


def test_a_session_that_has_ended_opens_nothing(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    with database.write() as session:
        staff_sessions.end_all(session, at.staff_id, now(session))
        session.commit()

    assert not is_in(at)


def test_ending_all_but_one_leaves_that_one(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    with database.write() as session:
        staff_sessions.end_all(session, at.staff_id, now(session), but=1)
        session.commit()

    assert is_in(at)


def test_whoever_has_left_is_out_at_once(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    with database.write() as session:
        session.execute(update(Staff).values(ended_at=now(session)))
        session.commit()

    assert not is_in(at)


def test_a_session_is_put_off_while_it_is_used_but_not_for_ever(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    with database.read() as session:
        moment = now(session)
    begun = moment - staff_sessions.LASTS + timedelta(hours=1)
    changed(database, created_at=begun, seen_at=moment - timedelta(hours=1))

    assert is_in(at)
    with database.read() as session:
        row = session.get_one(StaffSession, 1)
        assert (row.seen_at >= moment, row.expires_at) == (True, begun + staff_sessions.LASTS)


def test_an_idle_session_ends(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    changed(database, expires_at=StaffSession.created_at)

    assert not is_in(at)


def test_a_planted_secret_opens_nothing(app: Flask, database: Database) -> None:
    make_staff(database, "admin")
    client = app.test_client()
    client.set_cookie("desk", "planted")

    assert client.get(KEYS).status_code == 303


def test_a_reader_s_cookie_opens_no_desk(desk: SitDown, app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("session", desk("admin").token)

    assert client.get(KEYS).status_code == 303


@pytest.mark.parametrize(("query", "status"), [("q=a%00b", 400), ("q=a%2500b", 200), ("q=a", 200)])
def test_a_sign_that_no_text_has_is_not_looked_for(desk: SitDown, query: str, status: int) -> None:
    assert desk("admin").get(f"/desk/audit/?{query}").status_code == status
