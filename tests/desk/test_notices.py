"""What has just been done is said on the next page, once; what ends something is asked first."""

import pytest
from flask import Blueprint, Flask, make_response, redirect
from flask.typing import ResponseReturnValue

from app.core.routes import access, localized
from app.desk.confirming import Question, confirm_page
from app.desk.notices import tell
from tests.desk.conftest import SitDown
from tests.desk.making import KEYS, words_of

acts = Blueprint("acts", __name__)


@localized(acts, "/desk/act/", methods=("POST",))
@access("staff")
def act() -> ResponseReturnValue:
    return tell(make_response(redirect(KEYS)), "Ann’s list is <closed>.", "/desk/undo/")


@localized(acts, "/desk/act/")
@access("staff")
def ask() -> ResponseReturnValue:
    question = Question(
        "Close a list", "Close “Ann’s”.", "/desk/act/", "Close it", KEYS, ("Nobody is told.",),
        {"list": "ann"},
    )  # fmt: skip
    return confirm_page(question)


@pytest.fixture
def app(app: Flask) -> Flask:
    app.register_blueprint(acts)
    return app


def test_the_next_page_says_it_once_and_offers_to_undo(desk: SitDown) -> None:
    at = desk("editor")
    at.post("/desk/act/")

    page = at.get(KEYS)
    assert "Ann’s list is &lt;closed&gt;." in page.text
    assert 'action="/desk/undo/"' in page.text
    assert "Ann’s" not in at.get(KEYS).text


def test_nobody_else_puts_words_there(desk: SitDown) -> None:
    at = desk("editor")
    at.client.set_cookie("desk-notice", "WyJmb3JnZWQiLCIiXQ.forged")

    assert "forged" not in at.get(KEYS).text


def test_what_ends_something_is_said_in_words_first(desk: SitDown) -> None:
    page = desk("editor").get("/desk/act/")

    assert "Close “Ann’s”. Nobody is told." in words_of(page)
    assert '<input type="hidden" name="list" value="ann">' in page.text
    assert f'href="{KEYS}">Leave it as it is' in page.text
