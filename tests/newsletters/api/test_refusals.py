"""Whatever is wrong with a call is said in JSON, and changes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.core.operations import Operation
from app.newsletters.api import views
from app.newsletters.api.schemas import SCOPES
from app.newsletters.api.views import API
from app.people import tokens
from tests.newsletters.api.calls import SIGNUP, Api, make_token, problem_of
from tests.newsletters.making import Newsroom, moment

BODIES = {
    "subscribe": SIGNUP,
    "unsubscribe": {"email": "ann@post.example", "newsletter": "daily"},
    "look_up_person": {"email": "ann@post.example"},
}


@pytest.fixture
def api(newsroom: Newsroom) -> Api:
    return Api(newsroom, make_token(newsroom))


def ask(api: Api, operation: Operation) -> int:
    """Do what an operation is for; return the status."""
    path = operation.path.removeprefix("/api/v1")
    path = path.replace("{slug}", "daily").replace("{id}", "0" * 36)
    return api.call(operation.method, path, json=BODIES.get(operation.name)).status_code


def test_a_token_does_what_its_scope_names_and_nothing_else(newsroom: Newsroom) -> None:
    holders = {one: Api(newsroom, make_token(newsroom, [one], name=one)) for one in SCOPES}

    matrix = {(one.name, scope): ask(holders[scope], one) for one in API.all for scope in SCOPES}

    opened = {(one.name, one.scope) for one in API.all}
    assert {pair for pair, status in matrix.items() if status != 403} == opened
    assert set(matrix.values()) == {200, 202, 204, 403, 404}  # 404: nobody has that id


def test_nothing_is_done_without_a_token_that_holds(api: Api) -> None:
    others = ("", "unw_", "x" * 5000, api.token[:-1], api.token.upper())

    statuses = {ask(replace(api, token=other), one) for one in API.all for other in others}

    assert statuses == {401}
    assert api.newsroom.requests() == []


def test_every_scope_opens_something_and_every_operation_has_one_that_is_explained() -> None:
    assert API.scopes == set(SCOPES)


def test_a_token_ends_when_it_expires_and_when_it_is_revoked(newsroom: Newsroom) -> None:
    soon = moment(newsroom.database) + timedelta(minutes=5)
    short = Api(newsroom, make_token(newsroom, name="short", until=soon))
    revoked = Api(newsroom, make_token(newsroom, name="revoked"))
    assert {one.get("/newsletters").status_code for one in (short, revoked)} == {200}

    newsroom.advance(minutes=6)
    with newsroom.database.write() as session:
        assert tokens.revoke(session, "revoked", soon)
        assert not tokens.revoke(session, "revoked", soon)
        session.commit()

    for one in (short, revoked):
        answer = one.get("/newsletters")
        problem_of(answer, 401)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_refusal_says_how_to_be_let_in(newsroom: Newsroom) -> None:
    reader = Api(newsroom, make_token(newsroom, ["lists:read"]))

    bare = newsroom.client.get("/api/v1/newsletters").headers["WWW-Authenticate"]
    scope = reader.post("/subscriptions", SIGNUP).headers["WWW-Authenticate"]

    assert bare == 'Bearer realm="api"'
    assert 'error="insufficient_scope", scope="subscriptions:write"' in scope


HEADERS = ["Basic YTpi", "Bearer", "bearer  ", "Token x", "Bearer \u00e9", "Bearer a b"]


def test_a_header_that_is_none_is_no_token(newsroom: Newsroom) -> None:
    for one in HEADERS:
        answer = newsroom.client.get("/api/v1/newsletters", headers={"Authorization": one})
        problem_of(answer, 401)


BODIES_THAT_ARE_NONE: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"{", 400),
    (b"\xff\xfe{}", 400),
    (b"\xef\xbb\xbf{}", 400),
    (b'{"email": "a@b.example", "email": "c@d.example"}', 400),
    (b"[" * 60_000, 400),
    (b'{"email": ' + b"9" * 5000 + b"}", 400),
    (b'{"email": NaN}', 400),
    (b'{"email": -Infinity}', 400),
    (b'{"email": ' + b"9" * 4000 + b"}", 422),
    (b"[]", 422),
    (b"null", 422),
    (b'"text"', 422),
    (b'{"\\ud800": 1, "email": {"a": [[[]]]}, "newsletters": "daily"}', 422),
    (b'{"email": "' + b"a" * 70_000 + b'"}', 413),
]


def test_a_body_that_is_none_is_refused_in_json(api: Api) -> None:
    kind = {"Content-Type": "application/json"}
    for body, status in BODIES_THAT_ARE_NONE:
        answer = api.call("POST", "/subscriptions", data=body, headers=kind)

        assert problem_of(answer, status)["detail"]
        assert "a" * 100 not in answer.text
    assert api.newsroom.requests() == []


def test_another_kind_of_body_is_refused(api: Api) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "", "application/x+json"):
        answer = api.call("POST", "/subscriptions", data=b"{}", headers={"Content-Type": kind})

        problem_of(answer, 415)


def test_another_method_is_refused_and_the_right_one_named(api: Api) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = api.call(method, "/subscriptions")

        problem_of(answer, 405)
        assert "POST" in answer.headers["Allow"]


def test_there_is_nothing_elsewhere_and_that_is_said_in_json(newsroom: Newsroom) -> None:
    for path in ("/api/v1/none", "/api/v1/", "/api/v2/newsletters", "/api/x"):
        problem_of(newsroom.client.get(path, headers={"Accept": "text/html"}), 404)


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("secret"), 500), (OperationalError("SELECT secret", {}, Exception()), 503)],
)
def test_our_own_failures_are_said_in_json_and_tell_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(_session: object) -> None:
        raise error

    monkeypatch.setattr(views, "all_lists", fail)

    answer = api.get("/newsletters")

    problem_of(answer, status)
    assert "secret" not in answer.text
    assert status == 500 or answer.headers["Retry-After"]


def test_answers_are_kept_nowhere_and_open_to_no_other_origin(api: Api) -> None:
    origin = {"Origin": "https://partner.test", "Sec-Fetch-Site": "cross-site"}
    answers = [
        api.call("GET", "/newsletters", headers=origin),
        api.call("POST", "/subscriptions", json=SIGNUP, headers=origin),
        api.call("POST", "/subscriptions", json={}, headers=origin),
    ]

    assert [one.status_code for one in answers] == [200, 202, 422]
    for one in answers:
        assert one.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in one.headers
        assert not [name for name, _ in one.headers if name.startswith("Access-Control")]


def test_one_token_is_stopped_and_another_goes_on(api: Api) -> None:
    limit(api.newsroom.client, api_per_token=3)
    other = Api(api.newsroom, make_token(api.newsroom, name="shop"))

    statuses = [api.get("/newsletters").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    answer = api.get("/newsletters")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    problem_of(answer, 429)
    assert other.get("/newsletters").status_code == 200
    api.newsroom.advance(minutes=1)
    assert api.get("/newsletters").status_code == 200


def test_one_network_is_stopped_whatever_token_it_tries(api: Api) -> None:
    limit(api.newsroom.client, api_per_network=3)
    wrong = [replace(api, token=f"unw_{one}").get("/newsletters") for one in range(4)]

    assert [one.status_code for one in wrong] == [401, 401, 401, 429]
    elsewhere = api.call("GET", "/newsletters", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 200


def limit(client: FlaskClient, **limits: int) -> None:
    """Lower limits of a running application."""
    settings = client.application.extensions["unwalled_settings"]
    for name, value in limits.items():
        object.__setattr__(settings, name, value)
