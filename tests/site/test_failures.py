"""Failures have pages of ours, in the language of the address, or JSON for programs."""

import pytest
from flask import abort
from werkzeug.exceptions import HTTPException

from app.site.failures import SENTENCES
from tests.site.making import Page, Reader
from tests.site.test_page_cache import database_away


@pytest.fixture
def failing(reader: Reader) -> Reader:
    """A reader at a site with views that fail as they are told."""

    def fail(code: int) -> str:
        abort(code)

    def crash() -> str:
        raise RuntimeError("a secret@of.ours")

    reader.app._got_first_request = False
    for prefix in ("", "/uk"):
        reader.app.add_url_rule(f"{prefix}/fails/<int:code>", f"fails{prefix}", fail)
    reader.app.add_url_rule("/crashes", "crashes", crash)
    return reader


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_each_failure_has_a_page_in_the_look(failing: Reader, code: int) -> None:
    response = failing.get(f"/fails/{code}")

    assert response.status_code == code
    assert f"<h1>{SENTENCES[code][0]}</h1>" in response.text.replace("&#39;", "'")
    assert 'class="masthead"' in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_programs_get_json(failing: Reader, code: int) -> None:
    response = failing.get(f"/fails/{code}", Accept="application/json")

    assert response.status_code == code
    assert response.get_json()["error"]["status"] == code


def test_browsers_get_pages_whatever_else_they_take(failing: Reader) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    assert failing.get("/fails/404", Accept=accept).mimetype == "text/html"
    assert failing.get("/fails/404", Accept="*/*").mimetype == "text/html"


def test_a_failure_speaks_the_language_of_its_address(failing: Reader) -> None:
    page = Page(failing.get("/uk/fails/404").text)

    assert page.all("html")[0]["lang"] == "uk"
    assert "/uk/" in page.links()


def test_an_address_of_no_route_fails_in_its_language_too(reader: Reader) -> None:
    assert Page(reader.get("/uk/no/such/page").text).all("html")[0]["lang"] == "uk"


def test_a_crash_tells_nothing(failing: Reader) -> None:
    response = failing.get("/crashes")

    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_a_failure_has_a_page_while_the_database_is_away(failing: Reader) -> None:
    with database_away(failing.database):
        response = failing.get("/fails/404")

    assert response.status_code == 404
    assert "<h1>There is no page here</h1>" in response.text
    assert 'class="strip"' not in response.text


def test_a_method_that_is_not_taken_names_those_that_are(reader: Reader) -> None:
    response = reader.client.post("/robots.txt")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_too_much_at_once_is_refused(reader: Reader) -> None:
    data = {"email": "x" * (2 * 1024 * 1024)}

    assert reader.client.post("/newsletters/subscribe", data=data).status_code == 413


def test_a_redirect_is_no_failure(reader: Reader) -> None:
    response = reader.client.get("/economy")

    assert response.status_code == 308
    assert response.location.endswith("/economy/")
    assert not isinstance(response, HTTPException)
