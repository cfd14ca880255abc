"""Pages for whoever is signed in, and forms that only our own pages can send."""

import pytest

from app.people.guarding import sign_in_first
from tests.people.making import ANN, FORM, OURS, Door, code_in

ROOM = "/private/"


def test_whoever_is_not_signed_in_is_asked_to(door: Door) -> None:
    answer = door.get(ROOM)
    assert (answer.status_code, answer.location) == (303, f"{FORM}?next=private.room")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_page_in_ukrainian_leads_to_the_form_in_ukrainian(door: Door) -> None:
    assert door.get("/uk/private/").location == f"/uk{FORM}?next=private.room"


def test_after_signing_in_they_are_where_they_wanted_to_be(door: Door) -> None:
    form = door.get(door.get(ROOM).location)
    assert '<input type="hidden" name="next" value="private.room">' in form.text
    assert door.signs_in(next="private.room").location == ROOM


def test_what_was_sent_without_a_session_is_not_remembered(door: Door) -> None:
    answer = door.post(ROOM, csrf_token="x")
    assert (answer.status_code, answer.location) == (303, FORM)


def test_a_page_that_its_name_alone_does_not_open_is_not_remembered(door: Door) -> None:
    assert door.get("/private/secret-name/").location == FORM


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.test",
        "https://evil.test/",
        "/\\evil.test",
        "\x00",
        "javascript:alert(1)",
        "private.named",
        "sign_in.leave",
        "sign_in.form",
        "static",
        "private.hall",
        "nobody.knows",
        "x" * 5000,
        "%0d%0aLocation:%20//evil.test",
    ],
)
def test_nobody_else_chooses_where_signing_in_leads(door: Door, hostile: str) -> None:
    form = door.client.get(FORM, query_string={"next": hostile})
    assert 'name="next"' not in form.text
    assert door.signs_in(next=hostile).location == "/account/"


def test_a_form_of_ours_is_taken(door: Door) -> None:
    door.signs_in()
    assert door.post(ROOM, csrf_token=door.token()).text == "changed"


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_a_form_without_the_token_is_refused(door: Door, token: str) -> None:
    door.signs_in()
    assert door.post(ROOM, csrf_token=token).status_code == 403
    assert door.post(ROOM).status_code == 403


def test_the_token_of_another_session_is_refused(door: Door) -> None:
    door.signs_in()
    other = door.another_browser()
    other.signs_in()
    assert other.post(ROOM, csrf_token=door.token()).status_code == 403


def test_the_token_of_an_earlier_session_is_refused(door: Door) -> None:
    door.signs_in()
    before = door.token()
    door.signs_in()
    assert door.post(ROOM, csrf_token=before).status_code == 403
    assert door.token() != before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_browser_must_say_where_a_form_comes_from(
    door: Door, headers: dict[str, str], status: int
) -> None:
    door.signs_in()
    answer = door.client.post(ROOM, data={"csrf_token": door.token()}, headers=headers)
    assert answer.status_code == status


def test_the_token_stands_in_no_page_for_nobody(door: Door) -> None:
    assert "csrf_token" not in door.get(FORM).text


def test_the_token_is_in_no_row(door: Door) -> None:
    door.signs_in()
    (row,) = door.sessions()
    assert door.token() not in str(vars(row))


def test_a_page_needs_no_more_than_a_session_to_be_read(door: Door) -> None:
    door.signs_in()
    assert door.client.get(ROOM).status_code == 200
    assert door.client.head(ROOM).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_ways_to_change_something_are_not_let_past(door: Door, method: str) -> None:
    assert door.client.open(ROOM, method=method, headers=OURS).status_code in {303, 405}


def test_whoever_is_signed_in_needs_no_form(door: Door) -> None:
    door.signs_in()
    for prefix in ("", "/uk"):
        answer = door.get(f"{prefix}{FORM}")
        assert (answer.status_code, answer.location) == (303, f"{prefix}/account/")


def test_the_way_to_a_fresh_sign_in_leads_back(door: Door) -> None:
    door.signs_in()
    with door.app.test_request_context("/private/"):
        answer = door.app.make_response(sign_in_first("private.room"))
    assert answer.location == f"{FORM}?next=private.room"

    page = door.get(answer.location)
    assert "show once more that the mailbox is yours" in page.text
    door.asks(ANN, next="private.room")
    assert door.types(code_in(door.mails[-1])).location == ROOM
