"""Nobody's link leads staff anywhere but to a page of the desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.composing import compose
from app.core.database import Database
from app.desk.door.leading import this_way, way_to
from tests.conftest import make_settings


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("leading")
    settings = make_settings(f"sqlite:///{folder}/none.sqlite3", folder)
    database = Database(settings.database_url)
    yield compose(settings, database)
    database.dispose()


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/",
        "///evil.example/desk/keys/",
        "https://evil.example/desk/keys/",
        "http:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/desk/keys/\r\nX: y",
        "/desk/../account/",
        "/account/",
        "/desk/sign-in/",
        "/desk/prove/",
        "/desk/sign-out",
        "/desk/nowhere/",
        "javascript:alert(1)",
        "desk/keys/",
        "/desk/keys/?" + "&".join(f"a{one}=1" for one in range(30)),
        "/desk/keys/?q=" + "x" * 500,
        "",
        None,
    ],
)
def test_what_is_no_page_of_the_desk_leads_nowhere(application: Flask, wanted: str | None) -> None:
    with application.test_request_context("/"):
        assert way_to(wanted) == ""


@pytest.mark.parametrize(
    ("wanted", "way"),
    [
        ("/desk/keys/", "/desk/keys/"),
        ("/uk/desk/team/7/?role=editor", "/uk/desk/team/7/?role=editor"),
        ("/desk/keys/?_external=1&_anchor=x&_scheme=ftp&q=a", "/desk/keys/?q=a"),
        ("/desk/team/7/?staff_id=9", "/desk/team/7/"),
        ("/desk/keys/?next=//evil.example", "/desk/keys/?next=//evil.example"),
    ],
)
def test_a_page_of_the_desk_is_built_anew(application: Flask, wanted: str, way: str) -> None:
    with application.test_request_context("/"):
        assert way_to(wanted) == way


@pytest.mark.parametrize(
    ("came_from", "way"),
    [
        ("http://localhost/desk/team/?q=a", "/desk/team/?q=a"),
        ("http://evil.example/desk/team/", ""),
        ("http://localhost/account/", ""),
        ("", ""),
    ],
)
def test_a_form_leads_back_to_the_page_it_stood_on(
    application: Flask, came_from: str, way: str
) -> None:
    headers = {"Referer": came_from}
    with application.test_request_context("/desk/sign-out", method="POST", headers=headers):
        assert this_way() == way
