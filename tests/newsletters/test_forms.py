"""What forms hold: the page they came from, and codes as people type them."""

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from app.newsletters.forms import internal_path, read_code, read_signup

GOOD = {
    "/": "/",
    "/2026/11/bread/": "/2026/11/bread/",
    "/uk/2026/11/хліб/": "/uk/2026/11/хліб/",
    "/a?utm=1": "/a",
    "/a#comments": "/a",
    "/a%20b": "/a%20b",
    "/a.b/c..d/": "/a.b/c..d/",
    "/a:b@c": "/a:b@c",
}
BAD = [
    "", "a", "a/b", "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "/a\\b",
    "http://evil.test/", "https:/evil.test", "javascript:alert(1)", "/\t/evil.test", "/a\nb",
    "/a\r\nLocation: x", "/a\0b", "/%5Cevil.test", "/%2Fevil.test", "/%0d%0aX: y", "/a//b",
    "/../etc", "/a/../b", "/./a", "/%2e%2e/b", "/a\u2028b", "/a\u202eb", " /a", "?a", "#a",
    "/" + "a" * 300,
]  # fmt: skip


def posted(**fields: object) -> Request:
    return Request(EnvironBuilder(method="POST", data=fields).get_environ())


@pytest.mark.parametrize(("text", "path"), GOOD.items())
def test_a_page_of_ours_is_kept_without_its_query(text: str, path: str) -> None:
    assert internal_path(text) == path


@pytest.mark.parametrize("text", BAD, ids=ascii)
def test_anything_else_is_dropped(text: str) -> None:
    assert internal_path(text) is None


@given(st.text(max_size=320))
def test_what_is_kept_stays_here(text: str) -> None:
    path = internal_path(text)
    if path is not None:
        assert path.startswith("/")
        assert not path.startswith("//")
        assert path.isprintable()
        assert len(path) <= 300


def test_a_list_ticked_twice_counts_once() -> None:
    assert read_signup(posted(list=["a", "b", "a"])).slugs == ("a", "b")


def test_there_is_an_end_to_lists() -> None:
    assert len(read_signup(posted(list=[str(number) for number in range(200)])).slugs) == 50


@pytest.mark.parametrize(
    ("typed", "code"),
    [("123456", "123456"), (" 123 456 ", "123456"), ("123-456", "123456"), ("abc", ""), ("", "")],
)
def test_a_code_is_its_digits(typed: str, code: str) -> None:
    assert read_code(posted(code=typed)) == code


def test_digits_of_other_scripts_are_none() -> None:
    assert read_code(posted(code="\u0661\u0662\u0663")) == ""
