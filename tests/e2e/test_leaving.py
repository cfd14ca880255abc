"""Leaving a list as a reader goes, with script and without, and as a mail program does."""

import html
import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import scrolls_sideways, violations
from tests.e2e.conftest import NewPage
from tests.e2e.test_signing_up import link_for, subscribe
from tests.newsroom import Newsroom, fetch, until

WAY_OUT = re.compile(r"http://localhost:\d+((?:/uk)?/newsletters/unsubscribe/[\w%/-]+)")


def way_out(page: Page, newsroom: Newsroom, address: str) -> str:
    """Subscribe an address, and return the path in the welcome mail that ends it."""
    subscribe(page, address)
    page.goto(link_for(newsroom, address))
    page.get_by_role("button", name="Confirm my subscription").click()
    return until(lambda: next(found_in(newsroom, address), None)) or ""


def found_in(newsroom: Newsroom, address: str) -> Iterator[str]:
    for mail in newsroom.mails_to(address):
        source = html.unescape(fetch(f"{newsroom.mailbox}/messages/{mail['id']}/"))
        found = WAY_OUT.search(source)
        if found is not None:
            yield found[1]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_button_ends_it_and_the_other_takes_it_back(
    new_page: NewPage, newsroom: Newsroom, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    page.goto(way_out(page, newsroom, f"leaving.{script}@example.com".lower()))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Stop receiving")

    page.get_by_role("button", name=re.compile("Unsubscribe from")).click()
    expect(heading).to_contain_text("You no longer receive")

    page.get_by_role("button", name=re.compile("again")).click()
    expect(heading).to_contain_text("again")


def test_a_mail_program_ends_it_with_one_post_that_leads_nowhere(
    scriptless: Page, newsroom: Newsroom
) -> None:
    path = way_out(scriptless, newsroom, "program@example.com")
    post = urllib.request.Request(
        f"{newsroom.url}{path}", b"List-Unsubscribe=One-Click", {"Origin": "null"}
    )
    with urllib.request.urlopen(post, timeout=20) as answer:
        assert (answer.status, answer.read(), answer.url) == (200, b"", f"{newsroom.url}{path}")
        assert answer.headers["Set-Cookie"] is None

    scriptless.goto(path)
    heading = scriptless.get_by_role("heading", level=1)
    expect(heading).to_contain_text("You no longer receive")


@pytest.fixture(scope="module")
def path(newsroom: Newsroom) -> list[str]:
    """Keep one way out for all looks at its page."""
    return []


@pytest.mark.parametrize(
    ("theme", "prefix"),
    [
        ("light", "/uk"),
        ("dark", ""),
        pytest.param("light", "", marks=pytest.mark.soak),
        pytest.param("dark", "/uk", marks=pytest.mark.soak),
    ],
)
def test_each_state_fits_a_phone_in_either_theme_and_axe_finds_nothing(
    new_page: NewPage, newsroom: Newsroom, path: list[str], theme: str, prefix: str
) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, color_scheme=theme)
    if not path:
        path.append(way_out(page, newsroom, "looking@example.com"))
    page.goto(f"{prefix}{path[0].removeprefix('/uk')}")
    for _ in range(3):  # running, ended, taken back
        assert not scrolls_sideways(page)
        assert violations(page) == []
        button = page.get_by_role("main").get_by_role("button")
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        with page.expect_navigation():
            button.click()
    page.goto(f"{prefix}/newsletters/unsubscribe/somebody/daily/{'0' * 64}")
    assert violations(page) == []
