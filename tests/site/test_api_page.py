"""The API's document, and the page to read it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.composing import compose
from app.core.api_document import refusals
from app.core.database import Database
from app.core.operations import TOKEN
from app.core.settings import Settings
from app.newsletters.api.schemas import SCOPES
from app.newsletters.api.views import API


@pytest.fixture
def client(settings: Settings, database: Database) -> FlaskClient:
    return compose(settings, database).test_client()


def test_the_document_is_sound(client: FlaskClient) -> None:
    found = client.get("/api/openapi.json")

    assert found.content_type == "application/json"
    OpenAPIV31SpecValidator(found.get_json()).validate()
    assert found.get_json()["openapi"].startswith("3.1.")


def routes(app: Flask) -> set[tuple[str, str, str]]:
    """Return what a token opens: method, path, scope."""
    return {
        (method, re.sub(r"<(\w+)>", r"{\1}", rule.rule), who.removeprefix(TOKEN))
        for rule in app.url_map.iter_rules()
        for who in [str(getattr(app.view_functions[rule.endpoint], "access", ""))]
        if who.startswith(TOKEN)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_document_holds_every_route_and_no_other(client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").get_json()["paths"]
    written = {
        (method.upper(), path, one["security"][0]["token"][0])
        for path, methods in paths.items()
        for method, one in methods.items()
    }

    assert written == routes(client.application)
    assert {path for path in paths if not path.startswith("/api/v1/")} == set()


def test_the_page_shows_every_operation_scope_field_and_status(client: FlaskClient) -> None:
    page = client.get("/api/").text

    for one in API.all:
        assert f'id="{one.name}"' in page
        assert f"<strong>{one.method}</strong> {one.path}" in page
        assert all(f"{status} " in page for status in refusals(one))
    assert all(f"<code>{scope}</code>" in page for scope in SCOPES)
    assert "<code>subscriptions[].state</code>" in page
    assert 'href="/api/openapi.json"' in page
