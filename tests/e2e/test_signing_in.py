"""Into the account, by code and by link, as somebody known goes."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.browser import scrolls_sideways, violations
from tests.newsroom import Newsroom, fetch, until

LINK = re.compile(r"http://localhost:\d+(/\S*account/sign-in/\w+/)")
CODE = re.compile(r"^(\d{6})\s*$", re.MULTILINE)


@pytest.fixture(params=["light", "dark"])
def context(
    browser: Browser, newsroom: Newsroom, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A phone, which may keep cookies."""
    made = browser.new_context(
        base_url=newsroom.url,
        viewport={"width": 320, "height": 700},
        color_scheme=request.param,
    )
    yield made
    made.close()


def become_known(page: Page, newsroom: Newsroom, address: str) -> None:
    """Sign up for newsletters, so that the address is somebody's."""
    page.goto("/newsletters/")
    page.locator("input[name=list]").first.check()
    page.locator("form:has(input[name=list]) input[name=email]").fill(address)
    page.locator("form:has(input[name=list]) button[type=submit]:visible").first.click()
    until(lambda: newsroom.mails_to(address))


def sign_in_mail(newsroom: Newsroom, address: str) -> str:
    """Wait for the sign-in mail to an address; return its plain text."""

    def texts() -> list[str]:
        pages = [
            fetch(f"{newsroom.mailbox}/messages/{mail['id']}/")
            for mail in newsroom.mails_to(address)
        ]
        plain = [
            re.sub(r"<[^>]+>", "", page.partition("<pre")[2].partition("</pre>")[0])
            for page in pages
        ]
        return [one for one in plain if LINK.search(one)]

    (text,) = until(texts)
    return text


def asks(page: Page, address: str) -> None:
    page.goto("/account/sign-in/")
    page.get_by_label("Email address").fill(address)
    page.get_by_role("button", name="Send me the email").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")


def is_signed_in(context: BrowserContext) -> bool:
    return any(one["name"] == "session" for one in context.cookies())


def looks_right(page: Page) -> None:
    assert violations(page) == []
    assert not scrolls_sideways(page)


def test_somebody_known_comes_in_by_the_code(
    context: BrowserContext, newsroom: Newsroom, request: pytest.FixtureRequest
) -> None:
    address = f"code-{request.node.callspec.id}@example.com"
    page = context.new_page()
    become_known(page, newsroom, address)
    asks(page, address)
    looks_right(page)
    code = CODE.search(sign_in_mail(newsroom, address))
    assert code is not None
    field = page.get_by_label("Six-digit code")
    field.fill("000000" if code[1] != "000000" else "111111")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    looks_right(page)
    assert not is_signed_in(context)

    field.fill(code[1])
    page.keyboard.press("Enter")

    page.wait_for_url(lambda url: urlsplit(url).path == "/account/")
    assert is_signed_in(context)


def test_somebody_known_comes_in_by_the_link(
    context: BrowserContext, newsroom: Newsroom, request: pytest.FixtureRequest
) -> None:
    address = f"link-{request.node.callspec.id}@example.com"
    page = context.new_page()
    become_known(page, newsroom, address)
    asks(page, address)
    link = LINK.search(sign_in_mail(newsroom, address))
    assert link is not None
    page.goto(link[1])
    looks_right(page)
    assert not is_signed_in(context)

    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    page.wait_for_url(lambda url: urlsplit(url).path == "/account/")
    assert is_signed_in(context)


def test_the_form_tells_what_is_wrong_at_its_field(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/account/sign-in/")
    looks_right(page)
    page.get_by_role("button", name="Send me the email").click()
    expect(page.get_by_label("Email address")).to_have_attribute("aria-invalid", "true")
    looks_right(page)


def test_a_link_in_another_browser_says_what_to_do(
    context: BrowserContext, browser: Browser, newsroom: Newsroom, request: pytest.FixtureRequest
) -> None:
    address = f"else-{request.node.callspec.id}@example.com"
    page = context.new_page()
    become_known(page, newsroom, address)
    asks(page, address)
    link = LINK.search(sign_in_mail(newsroom, address))
    assert link is not None

    other = browser.new_context(base_url=newsroom.url)
    try:
        stranger = other.new_page()
        stranger.goto(link[1])
        expect(stranger.get_by_role("heading", level=1)).to_have_text(
            "Another browser asked for this"
        )
        looks_right(stranger)
        assert other.cookies() == []
    finally:
        other.close()


def test_what_only_somebody_signed_in_may_see_is_kept_from_others(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    page.goto("/account/signed-out/")
    looks_right(page)
    page.goto("/account/sign-in/sent/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Here nobody has asked to sign in")
    looks_right(page)
    assert context.cookies() == []
