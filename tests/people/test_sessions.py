"""Sessions: a new secret at each sign-in, thirty days from the last use, over once signed out."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.core.database import Database
from app.core.tokens import token_hash
from app.people import sessions
from app.people.models import Person
from app.people.sign_in_models import PersonSession
from tests.conftest import make_settings
from tests.mail.relays import Mailbox
from tests.people.making import ANN, Door, code_in, open_door


def cookie(door: Door, name: str = "session") -> str:
    found = door.client.get_cookie(name)
    return found.value if found is not None else ""


def test_the_database_holds_the_hash_of_the_cookie(door: Door) -> None:
    door.signs_in()
    (row,) = door.sessions()
    assert row.token_hash == token_hash(cookie(door)) != cookie(door)


def test_a_planted_secret_is_dead_after_signing_in(door: Door) -> None:
    door.client.set_cookie("session", "planted")
    assert not door.is_in()
    door.signs_in()

    assert cookie(door) != "planted"
    thief = door.another_browser()
    thief.client.set_cookie("session", "planted")
    assert not thief.is_in()


def test_signing_in_anew_ends_what_the_browser_had(door: Door) -> None:
    door.signs_in()
    first = cookie(door)
    door.signs_in()

    assert cookie(door) != first
    old = door.another_browser()
    old.client.set_cookie("session", first)
    assert (old.is_in(), door.is_in()) == (False, True)


def test_the_wish_leaves_no_cookie_behind(door: Door) -> None:
    door.asks()
    assert cookie(door, "sign-in")
    door.types(code_in(door.mails[0]))
    assert not cookie(door, "sign-in")


def test_the_cookie_is_for_us_alone(door: Door) -> None:
    door.asks()
    answer = door.types(code_in(door.mails[0]))
    (put,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("session=")]
    parts = {part.strip() for part in put.split(";")[1:]}

    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"} <= parts
    assert not any(part.startswith(("Domain", "Secure")) for part in parts)


def test_over_https_no_other_host_can_set_it(database: Database, tmp_path: Path) -> None:
    settings = make_settings(
        str(database.engine.url), tmp_path, SITE_URL="https://post.example", LOG_LEVEL="error"
    )
    door = open_door(database, settings, Mailbox(1))
    answer = door.client.post(
        "/account/sign-in/", data={"email": ANN}, base_url="https://post.example"
    )

    (put,) = answer.headers.getlist("Set-Cookie")
    assert put.startswith("__Host-sign-in=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in put.split(";")}
    assert "Domain" not in put


def test_signing_out_ends_it_wherever_the_cookie_went(door: Door) -> None:
    door.signs_in()
    stolen = cookie(door)
    answer = door.post("/account/sign-out", csrf_token=door.token())

    assert (answer.status_code, answer.location) == (303, "/account/signed-out/")
    assert "You are signed out" in door.get(answer.location).text
    assert not cookie(door)
    thief = door.another_browser()
    thief.client.set_cookie("session", stolen)
    assert not thief.is_in()


def test_signing_out_leaves_other_browsers_in(door: Door) -> None:
    other = door.another_browser()
    other.signs_in()
    door.signs_in()
    door.post("/account/sign-out", csrf_token=door.token())
    assert other.is_in()


def test_signing_out_everywhere_ends_every_browser(door: Door) -> None:
    other = door.another_browser()
    other.signs_in()
    door.signs_in()
    door.post("/account/sign-out-everywhere", csrf_token=door.token())

    assert not other.is_in()
    assert not door.is_in()
    assert all(row.ended_at for row in door.sessions())


def test_a_session_ends_thirty_days_after_its_last_use(door: Door) -> None:
    door.signs_in()
    door.advance(days=29)
    assert door.is_in()
    door.advance(days=29)
    assert door.is_in()
    door.advance(days=30)
    assert not door.is_in()


def test_use_moves_the_end_and_the_cookies_at_most_once_an_hour(door: Door) -> None:
    door.signs_in()
    first = door.sessions()[0].expires_at
    assert door.get("/private/").headers.getlist("Set-Cookie") == []
    assert door.sessions()[0].expires_at == first

    door.advance(hours=2)
    (put,) = door.get("/private/").headers.getlist("Set-Cookie")

    assert put.startswith(f"session={cookie(door)};")
    assert door.sessions()[0].expires_at >= first + timedelta(hours=2)
    assert door.get("/private/").headers.getlist("Set-Cookie") == []


def test_a_public_page_asks_who_is_there_and_sets_no_cookie(door: Door) -> None:
    assert door.get("/hall/").text == "seen False"
    door.signs_in()
    door.advance(hours=2)
    page = door.get("/hall/")
    assert page.text == "seen True"
    assert page.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (899, True), (900, False)])
def test_a_session_is_fresh_for_fifteen_minutes(door: Door, seconds: int, fresh: bool) -> None:
    door.signs_in()
    moment = door.sessions()[0].signed_in_at + timedelta(seconds=seconds)
    with door.app.test_request_context(headers={"Cookie": f"session={cookie(door)}"}):
        assert sessions.is_fresh(moment) is fresh


def test_nobody_is_never_fresh_and_has_no_id(door: Door) -> None:
    with door.app.test_request_context():
        assert sessions.signed_in() is None
        assert not sessions.is_fresh(door.now())
        with pytest.raises(LookupError):
            sessions.person_id()


def test_a_session_does_not_show_its_secret(door: Door) -> None:
    door.signs_in()
    with door.app.test_request_context(headers={"Cookie": f"session={cookie(door)}"}):
        found = sessions.signed_in()
    assert found is not None
    assert found.token == cookie(door)
    assert cookie(door) not in repr(found)


def test_whoever_is_erased_is_signed_in_nowhere(door: Door) -> None:
    door.signs_in()
    with door.database.write() as session:
        session.execute(update(Person).values(erased_at=door.now()))
        session.commit()
    assert not door.is_in()
    assert door.count(PersonSession) == 1
