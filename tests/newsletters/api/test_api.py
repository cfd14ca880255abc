"""What other systems may ask of newsletters, and what they hear."""

from typing import Any

import pytest
from sqlalchemy import event

from app.mail import suppression
from app.newsletters.models import Consent
from app.people.erasing import erase
from app.people.models import Person
from app.people.registers import Registers
from tests.newsletters.api.calls import SIGNUP, Api, json_of, make_token, pointers, problem_of
from tests.newsletters.making import ANN, Newsroom, moment


@pytest.fixture
def api(newsroom: Newsroom) -> Api:
    return Api(newsroom, make_token(newsroom))


def test_every_list_is_read_the_closed_one_too(api: Api) -> None:
    found = json_of(api.get("/newsletters"))["newsletters"]

    assert [(one["slug"], one["open"]) for one in found] == [
        ("daily", True),
        ("weekly", True),
        ("closed", False),
    ]
    assert found[0]["name"] == {"en": "Daily", "uk": "Daily українською"}


def test_one_list_is_read_by_its_name(api: Api) -> None:
    assert json_of(api.get("/newsletters/weekly"))["cadence"]["en"] == "Every day"
    problem_of(api.get("/newsletters/none"), 404)


def test_a_sign_up_is_confirmed_by_mail_as_after_a_form(api: Api) -> None:
    answer = api.signs_up(language="uk", from_path="/2026/11/the-bridge/")

    assert answer.json == {"state": "accepted"}
    assert api.newsroom.states() == {"daily": "pending"}
    [asked] = api.newsroom.consents()
    assert (asked.what, asked.form, asked.language) == ("asked", "api", "uk")
    assert asked.from_path == "/2026/11/the-bridge/"
    api.newsroom.confirms()
    assert api.newsroom.states() == {"daily": "confirmed"}


def test_the_answer_is_the_same_whether_an_address_is_known(api: Api) -> None:
    unknown = said(api, "bob@post.example")  # and the token's last use is written down for a minute
    api.signs_up()
    pending = said(api, ANN)
    api.newsroom.work()
    api.newsroom.confirms()
    known = said(api, ANN)

    assert pending == known
    assert unknown[:3] == known[:3]
    assert set(known[3]) <= set(unknown[3])


def said(api: Api, address: str) -> tuple[int, str, dict[str, str], list[str]]:
    """Return the answer to a sign-up and the statements that it took, but for the kept lists."""
    statements: list[str] = []

    def listen(*given: Any) -> None:  # noqa: ANN401 - SQLAlchemy's hook
        if "FROM newsletter" not in given[2]:
            statements.append(given[2])

    engine = api.newsroom.database.engine
    event.listen(engine, "before_cursor_execute", listen)
    answer = api.post("/subscriptions", {**SIGNUP, "email": address})
    event.remove(engine, "before_cursor_execute", listen)
    headers = {name: value for name, value in answer.headers if name != "X-Request-ID"}
    return answer.status_code, answer.text, headers, statements


def test_the_same_sign_up_sent_twice_sends_one_mail(api: Api) -> None:
    api.signs_up()
    api.signs_up()

    assert len(api.newsroom.mails_to(ANN)) == 1


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"email": "no address"}, "#/email"),
    ({"email": "a\u0000b@post.example"}, "#/email"),
    ({"email": "ann@gmial.com"}, "#/email"),
    ({"email": "x" * 250 + "@post.example"}, "#/email"),
    ({"newsletters": []}, "#/newsletters"),
    ({"newsletters": ["daily", "none"]}, "#/newsletters/1"),
    ({"newsletters": ["daily", "daily"]}, "#/newsletters"),
    ({"newsletters": ["daily\udc80"]}, "#/newsletters/0"),
    ({"language": "de"}, "#/language"),
    ({"from_path": "//elsewhere.example/"}, "#/from_path"),
    ({"as_typed": 1}, "#/as_typed"),
    ({"form": "staff"}, "#/form"),
]


def test_what_cannot_be_taken_is_named_by_its_field(api: Api) -> None:
    for fields, pointer in REFUSED:
        assert pointers(api.post("/subscriptions", {**SIGNUP, **fields})) == [pointer], fields
    assert api.newsroom.requests() == []


def test_a_likely_slip_is_named_and_taken_by_who_insists(api: Api) -> None:
    slip = {**SIGNUP, "email": "ann@gmial.com"}
    [error] = problem_of(api.post("/subscriptions", slip), 422)["errors"]

    assert error["suggestion"] == "ann@gmail.com"
    assert api.post("/subscriptions", {**slip, "as_typed": True}).status_code == 202


def test_a_closed_list_takes_nobody(api: Api) -> None:
    answer = api.post("/subscriptions", {**SIGNUP, "newsletters": ["daily", "closed"]})

    assert "closed" in problem_of(answer, 409)["detail"]
    assert api.newsroom.requests() == []


def test_unsubscribing_ends_one_list_and_keeps_who_did_it(api: Api) -> None:
    api.signs_up(newsletters=["daily", "weekly"])
    api.newsroom.confirms()
    leaving = {"email": ANN.upper(), "newsletter": "daily"}

    answers = [api.post("/unsubscriptions", leaving).status_code for _ in range(2)]

    assert answers == [204, 204]
    assert api.newsroom.states() == {"daily": "unsubscribed", "weekly": "confirmed"}
    ended = [one for one in api.newsroom.consents() if one.what == "unsubscribed"]
    assert [one.form for one in ended] == ["api"]


def test_unsubscribing_a_stranger_says_the_same_and_does_nothing(api: Api) -> None:
    answer = api.post("/unsubscriptions", {"email": ANN, "newsletter": "daily"})

    assert (answer.status_code, answer.data) == (204, b"")
    assert api.newsroom.count(Consent) == 0
    nowhere = {"email": ANN, "newsletter": "none"}
    assert pointers(api.post("/unsubscriptions", nowhere)) == ["#/newsletter"]


def test_a_person_is_found_by_address_and_by_id(api: Api) -> None:
    api.signs_up(newsletters=["daily", "weekly"])
    api.newsroom.confirms()
    api.post("/unsubscriptions", {"email": ANN, "newsletter": "weekly"})

    found = api.state(ANN.upper())

    assert {one["newsletter"]: one["state"] for one in found["subscriptions"]} == {
        "daily": "confirmed",
        "weekly": "unsubscribed",
    }
    assert (found["email"], found["mailable"]) == (ANN, True)
    assert api.get(f"/people/{found['id']}").json == found


def test_nobody_is_found_by_an_unknown_address_or_id(api: Api) -> None:
    problem_of(api.post("/lookups", {"email": "who@post.example"}), 404)
    for unknown in ("0" * 36, "%00" * 36, "x", "' OR 1=1 --"):
        problem_of(api.get(f"/people/{unknown}"), 404)
    assert pointers(api.post("/lookups", {"email": "a@b@c"})) == ["#/email"]


def test_a_person_who_complained_is_not_mailable(api: Api) -> None:
    api.signs_up()
    with api.newsroom.database.write() as session:
        moment_now = moment(api.newsroom.database)
        suppression.suppress(session, api.newsroom.settings, ANN, suppression.COMPLAINT, moment_now)
        session.commit()

    assert api.state()["mailable"] is False


def test_an_erased_person_is_nobody(api: Api) -> None:
    api.signs_up()
    person = api.state()["id"]
    with api.newsroom.database.write() as session:
        whom = session.query(Person.id).scalar()
        erase(session, Registers(), whom, moment(api.newsroom.database))
        session.commit()

    problem_of(api.get(f"/people/{person}"), 404)
    problem_of(api.post("/lookups", {"email": ANN}), 404)


def test_one_token_signs_up_so_many_in_an_hour(api: Api) -> None:
    object.__setattr__(api.newsroom.settings, "api_signups_per_token", 2)
    api.newsroom.client.application.extensions["unwalled_settings"] = api.newsroom.settings
    answers = [
        api.post("/subscriptions", {**SIGNUP, "email": f"reader{one}@post.example"})
        for one in range(3)
    ]

    assert [one.status_code for one in answers] == [202, 202, 429]
    assert answers[2].headers["Retry-After"] == "3600"
    assert len(api.newsroom.requests()) == 2
    other = Api(api.newsroom, make_token(api.newsroom, name="shop"))
    assert other.post("/subscriptions", SIGNUP).status_code == 202
