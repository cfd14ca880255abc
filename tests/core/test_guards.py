"""Every request: its host, its origin; every answer: its headers."""

from pathlib import Path

import pytest
from flask import Blueprint, Flask, g
from flask.testing import FlaskClient

from app.core.guards import guard, use_sites
from app.core.routes import access
from tests.conftest import make_settings

OURS = "http://localhost"
PARTNER = "https://partner.test"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    app = Flask("guarded")
    guard(app, make_settings("sqlite:///none", tmp_path))
    use_sites(app, {PARTNER: "a partner"}.get)
    pages = Blueprint("pages", "guarded")

    @pages.route("/take", methods=["GET", "POST"])
    @access("public")
    def take() -> str:
        return "taken"

    @pages.post("/shared")
    @access("public", allowed_sites=True)
    def shared() -> str:
        return str(g.site_elsewhere)

    @pages.post("/hook")
    @access("public", cross_site=True)
    def hook() -> str:
        return "heard"

    app.register_blueprint(pages)
    return app.test_client()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OURS}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": OURS}, 200),
        ({"Sec-Fetch-Site": "nonsense"}, 403),
        ({"Origin": OURS}, 200),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "https://localhost.evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": PARTNER}, 403),
        ({"Origin": PARTNER, "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_post_from_another_site_is_refused(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert client.post("/take", headers=headers).status_code == status


@pytest.mark.parametrize("fetched", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_an_allowed_site_may_post_where_a_view_says_so(
    client: FlaskClient, fetched: dict[str, str]
) -> None:
    allowed = client.post("/shared", headers={"Origin": PARTNER, **fetched})
    ours = client.post("/shared", headers={"Origin": OURS})

    assert (allowed.status_code, allowed.text) == (200, "a partner")
    assert (ours.status_code, ours.text) == (200, "None")


@pytest.mark.parametrize(
    "origin",
    [
        "http://partner.test",
        "https://partner.test:8443",
        "https://partner.test:443",
        "https://partner.test.",
        "https://partner.test/",
        "https://Partner.test",
        "HTTPS://partner.test",
        "https://www.partner.test",
        "https://test",
        "https://partner.test.evil.test",
        "https://evil.test/https://partner.test",
        "https://evil.test https://partner.test",
        "https://partner.test@evil.test",
        "https://pаrtner.test",
        "https://xn--prtner-6ve.test",
        " https://partner.test.evil",
        "null",
        "",
        "*",
    ],
)
def test_what_only_resembles_an_allowed_site_is_refused(client: FlaskClient, origin: str) -> None:
    for fetched in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = client.post(
            "/shared", headers={"Origin": origin.encode().decode("latin-1"), **fetched}
        )
        assert answer.status_code == 403


def test_reading_from_another_site_is_nothing_bad(client: FlaskClient) -> None:
    assert client.get("/take", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_view_that_authenticates_posts_itself_takes_them_from_anywhere(
    client: FlaskClient,
) -> None:
    assert client.post("/hook", headers={"Origin": "https://elsewhere.test"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "localhost@evil.test", ""])
def test_another_host_is_not_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/take", headers={"Host": host}).status_code in {400, 421}


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_a_laptops_own_names_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/take", headers={"Host": host}).status_code == 200


def test_every_answer_carries_the_headers_even_an_error(client: FlaskClient) -> None:
    for path in ("/take", "/nowhere"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert len(headers["X-Request-ID"]) == 16


def test_a_site_with_https_insists_on_it(tmp_path: Path) -> None:
    app = Flask("strict")
    guard(app, make_settings("sqlite:///none", tmp_path, SITE_URL="https://news.test"))

    answer = app.test_client().get("/", headers={"Host": "news.test"})

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    client.application.config["MAX_CONTENT_LENGTH"] = 10

    @client.application.post("/read")
    def read() -> str:
        from flask import request  # noqa: PLC0415 - the view of this test alone

        return str(len(request.form))

    assert client.post("/read", data={"field": "x" * 50}).status_code == 413
