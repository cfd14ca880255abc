"""The pages that only their owner sees, by machine's eyes: thanks, the account, its forms."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import scrolls_sideways, violations
from tests.e2e.conftest import refused
from tests.e2e.joining import Supporter
from tests.newsroom import Newsroom

Theme = Literal["light", "dark"]
WAYS: list[tuple[int, Theme, str]] = [
    (1280, "light", ""),
    (320, "dark", ""),
    (1280, "dark", "/uk"),
    (320, "light", "/uk"),
]
PAGES = ("account/", "account/wall/", "account/data/")
OF_A_MEMBERSHIP = ("amount/", "pause/", "cancel/")


@pytest.fixture(params=WAYS, ids=str)
def supporter(
    request: pytest.FixtureRequest, browser: Browser, newsroom: Newsroom
) -> Iterator[Supporter]:
    """Somebody in a window of one width, theme and language, whose pages keep their policy."""
    width, theme, language = request.param
    context = browser.new_context(
        base_url=newsroom.url, viewport={"width": width, "height": 900}, color_scheme=theme
    )
    page, wrong = context.new_page(), []
    page.on("console", lambda line: wrong.extend(refused(line.text)))
    yield Supporter(newsroom, page, f"Maria{width}{theme}{language.strip('/')}")
    context.close()
    assert wrong == []


def wrong_with(page: Page) -> list[str]:
    return [*violations(page), *(["scrolls sideways"] if scrolls_sideways(page) else [])]


def opened(page: Page, path: str) -> list[str]:
    """Open a page that is there; return what is wrong with it."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.ok, path
    assert page.url.endswith(path)
    return wrong_with(page)


def test_every_page_of_ones_own_is_clean(
    supporter: Supporter, request: pytest.FixtureRequest
) -> None:
    page, language = supporter.page, request.node.callspec.params["supporter"][2]
    supporter.join()
    page.goto(page.url.replace("/join/thanks/", f"{language}/join/thanks/"))
    found = {"thanks": wrong_with(page)}
    supporter.sign_in()
    for path in PAGES:
        found[path] = opened(page, f"{language}/{path}")

    page.goto("/account/")
    leave = page.get_by_role("link", name="Cancel").get_attribute("href") or ""
    for form in OF_A_MEMBERSHIP:
        found[form] = opened(page, language + leave.replace("cancel/", form))
    expect(page).to_have_url(re.compile(r"/memberships/sub_\w+/cancel/$"))

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
