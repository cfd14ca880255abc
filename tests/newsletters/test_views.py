"""The form's address: what it takes, how it refuses, and that all it does is one row."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.mail.suppression import COMPLAINT, suppress
from app.newsletters.models import Confirmation, Newsletter
from app.newsletters.pages import RefusedForm, use_form_page
from app.newsletters.queries import forget_lists
from app.people.models import Person
from tests.newsletters.making import ANN, Newsroom, link_in, moment

JSON = {"Accept": "application/json"}
OURS = "http://localhost"


def test_a_sign_up_is_one_row_and_a_way_on(newsroom: Newsroom) -> None:
    answer = newsroom.sign_up(**{"from": "/2026/11/bread/"})

    assert answer.status_code == 303
    assert answer.location.startswith("/newsletters/waiting/")
    (row,) = newsroom.requests()
    assert (row.kind, row.address, row.lists) == ("signup", ANN, [newsroom.lists["daily"]])
    assert (row.from_path, row.form, row.language) == ("/2026/11/bread/", "article", "en")
    assert (row.done_at, row.attempts, row.confirmation_id) == (None, 0, None)
    assert newsroom.count(Person) == newsroom.count(Confirmation) == 0


def test_a_script_gets_the_same_in_json(newsroom: Newsroom) -> None:
    answer = newsroom.sign_up(headers=JSON)
    assert answer.status_code == 200
    assert answer.get_json()["state"] == "sent"
    assert newsroom.client.get(answer.get_json()["waiting"]).status_code == 200


@pytest.mark.parametrize("slug", ["nothing", "waiting", "Daily"])
def test_a_list_that_is_not_there_is_not_found(newsroom: Newsroom, slug: str) -> None:
    assert newsroom.sign_up(slug=slug).status_code == 404
    assert newsroom.requests() == []


@pytest.mark.parametrize(
    ("lists", "sentence"),
    [
        ([], "tick at least one"),
        (["nothing"], "not ours"),
        (["daily", "closed"], "takes no sign-ups"),
    ],
)
def test_lists_that_cannot_be_had_are_refused(
    newsroom: Newsroom, lists: list[str], sentence: str
) -> None:
    path, data = "/newsletters/subscribe", {"email": ANN, "list": lists}
    page = newsroom.client.post(path, data=data)
    told = newsroom.client.post(path, data=data, headers=JSON)

    assert (page.status_code, told.status_code) == (422, 422)
    assert sentence in page.text
    assert sentence in told.get_json()["errors"]["list"]
    assert newsroom.requests() == []


def test_a_wrong_address_comes_back_with_its_error_and_value(newsroom: Newsroom) -> None:
    page = newsroom.sign_up('ann@"<post>', **{"from": "/2026/11/bread/"})

    assert page.status_code == 422
    assert 'value="ann@&#34;&lt;post&gt;"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "not a whole email address" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert newsroom.requests() == []


def test_a_script_is_told_the_error_of_the_field(newsroom: Newsroom) -> None:
    answer = newsroom.sign_up("ann@post", headers=JSON)
    assert answer.status_code == 422
    assert list(answer.get_json()) == ["errors"]
    assert "not a whole email address" in answer.get_json()["errors"]["email"]


def test_a_likely_slip_is_asked_about_and_can_be_kept(newsroom: Newsroom) -> None:
    page = newsroom.sign_up("ann@gmial.com")
    told = newsroom.sign_up("ann@gmial.com", headers=JSON)

    assert (page.status_code, told.status_code) == (422, 422)
    assert "ann@gmail.com" in page.text
    assert told.get_json()["suggestion"] == {"email": "ann@gmail.com"}
    assert newsroom.sign_up("ann@gmaill.com").status_code == 422
    assert newsroom.sign_up("ann@gmaill.com", as_typed="1").status_code == 303
    assert newsroom.requests()[0].address == "ann@gmaill.com"


def test_errors_are_in_the_readers_language(newsroom: Newsroom) -> None:
    assert "не повна адреса" in newsroom.sign_up("ann@", prefix="/uk").text
    told = newsroom.sign_up("ann@", prefix="/uk", headers=JSON)
    assert "не повна адреса" in told.get_json()["errors"]["email"]


def test_the_form_for_several_keeps_what_was_ticked(newsroom: Newsroom) -> None:
    use_form_page(newsroom.client.application, lambda _refused: None)
    page = newsroom.client.post(
        "/newsletters/subscribe", data={"email": "ann@", "list": ["daily", "weekly"]}
    )
    assert 'action="/newsletters/subscribe?list=daily&amp;list=weekly"' in page.text
    again = newsroom.client.post(
        "/newsletters/subscribe?list=daily&list=weekly", data={"email": ANN}
    )
    assert again.status_code == 303
    assert len(newsroom.requests()[0].lists) == 2


def test_what_is_refused_is_shown_on_the_page_it_came_from(newsroom: Newsroom) -> None:
    seen: list[RefusedForm] = []

    def show(refused: RefusedForm) -> str:
        seen.append(refused)
        return "a page"

    use_form_page(newsroom.client.application, show)
    page = newsroom.sign_up("ann@gmial.com", prefix="/uk", **{"from": "/uk/2026/11/bread/"})

    assert (page.status_code, page.text) == (422, "a page")
    (refused,) = seen
    assert (refused.slugs, refused.several) == (("daily",), False)
    assert (refused.value, refused.suggestion) == ("ann@gmial.com", "ann@gmail.com")
    assert (refused.from_path, refused.language) == ("/uk/2026/11/bread/", "uk")


@pytest.mark.parametrize(
    "path",
    ["//evil.test/", "https://evil.test/", "/a\\b", "/a\r\nb", "/%2F/evil", "x", "/../etc"],
)
def test_a_page_that_is_none_of_ours_is_dropped(newsroom: Newsroom, path: str) -> None:
    assert newsroom.sign_up(**{"from": path}).status_code == 303
    assert (newsroom.requests()[0].from_path, newsroom.requests()[0].form) == (None, "list")


def test_who_fills_the_hidden_field_is_answered_alike_and_gets_nothing(
    newsroom: Newsroom,
) -> None:
    trapped = newsroom.sign_up(website="https://spam.test")
    human = newsroom.sign_up("bob@post.example")
    newsroom.work()

    assert trapped.status_code == human.status_code == 303
    assert set(trapped.headers.keys()) == set(human.headers.keys())
    assert newsroom.client.get(trapped.location).status_code == 200
    newsroom.post(f"{trapped.location}/again")
    newsroom.post(f"{trapped.location}/address", email="eve@post.example")
    newsroom.work()
    assert {mail.recipient for mail in newsroom.mails} == {"bob@post.example"}
    assert newsroom.count(Person) == 1


@contextmanager
def statements(newsroom: Newsroom) -> Iterator[list[str]]:
    engine = newsroom.client.application.extensions["unwalled_database"].engine
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("known", ["nobody", "pending", "confirmed", "suppressed"])
def test_the_same_happens_whatever_is_known_of_the_address(newsroom: Newsroom, known: str) -> None:
    newsroom.sign_up("stranger@post.example")
    if known in {"pending", "confirmed"}:
        newsroom.asks()
    if known == "confirmed":
        newsroom.post(link_in(newsroom.mails_to(ANN)[0]))
    if known == "suppressed":
        with newsroom.database.write() as session:
            suppress(session, newsroom.settings, ANN, COMPLAINT, moment(newsroom.database))
            session.commit()

    with statements(newsroom) as ours:
        mine = newsroom.sign_up(ANN)
    with statements(newsroom) as theirs:
        other = newsroom.sign_up("somebody@post.example")

    inserts = [one for one in ours if "signup_request" in one]
    assert len(inserts) == 1
    assert inserts == [one for one in theirs if "signup_request" in one]
    assert not [one for one in ours if "person" in one or "suppression" in one]
    changing = {"Location", "X-Request-ID"}
    assert {name: value for name, value in mine.headers if name not in changing} == {
        name: value for name, value in other.headers if name not in changing
    }
    assert (mine.status_code, mine.data) == (other.status_code, other.data)


HEADERS = [
    ({}, 303),
    ({"Sec-Fetch-Site": "same-origin"}, 303),
    ({"Sec-Fetch-Site": "none"}, 303),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site", "Origin": OURS}, 403),
    ({"Sec-Fetch-Site": "same-origin", "Origin": OURS}, 303),
    ({"Origin": OURS}, 303),
    ({"Origin": "https://evil.test"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
    ({"Origin": "https://partner.test"}, 303),
    ({"Origin": "https://partner.test", "Sec-Fetch-Site": "cross-site"}, 303),
    ({"Origin": "https://partner.test.evil.test"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), HEADERS)
def test_another_sites_form_is_refused(
    newsroom: Newsroom, headers: dict[str, str], status: int
) -> None:
    assert newsroom.sign_up(headers=headers).status_code == status
    assert len(newsroom.requests()) == (status == 303)


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "null"}, True),
    ],
)
def test_a_secret_page_takes_the_null_origin_that_its_policy_causes(
    newsroom: Newsroom,
    headers: dict[str, str],
    refused: bool,
) -> None:
    waiting = newsroom.asks()
    for path in ("/code", "/again"):
        answer = newsroom.client.post(f"{waiting}{path}", headers=headers)
        assert (answer.status_code == 403) == refused
    assert (
        newsroom.client.post(link_in(newsroom.mails_to(ANN)[0]), headers=headers).status_code == 403
    ) == (refused)


def test_a_trusted_site_may_ask_and_read(newsroom: Newsroom) -> None:
    origin = {"Origin": "https://partner.test"}
    asked = newsroom.client.options(
        "/newsletters/daily/subscribe",
        headers={**origin, "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "https://partner.test"
    assert asked.headers["Access-Control-Allow-Methods"] == "POST"
    assert "Accept" in asked.headers["Access-Control-Allow-Headers"]
    for email in (ANN, "ann@"):
        answer = newsroom.sign_up(email, headers={**JSON, **origin})
        assert answer.headers["Access-Control-Allow-Origin"] == "https://partner.test"
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.test", "null", OURS, "*", ""])
def test_no_other_site_may(newsroom: Newsroom, origin: str) -> None:
    asked = newsroom.client.options("/newsletters/subscribe", headers={"Origin": origin})
    assert not [name for name, _ in asked.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("path", ["/newsletters/daily/subscribe", "/newsletters/subscribe"])
def test_reading_signs_nobody_up(newsroom: Newsroom, path: str) -> None:
    answer = newsroom.client.get(f"{path}?email={ANN}&list=daily", follow_redirects=True)
    assert answer.status_code in {404, 405}
    assert newsroom.requests() == []


def test_a_list_that_is_closed_takes_nobody_within_a_second(newsroom: Newsroom) -> None:
    newsroom.change(Newsletter, open=False)
    forget_lists(newsroom.client.application.extensions["unwalled_database"])
    assert newsroom.sign_up().status_code == 422
