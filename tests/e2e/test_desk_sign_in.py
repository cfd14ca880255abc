"""Into the desk in Chromium: first by an invitation, then by a passkey, or by a mail and an app."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import scrolls_sideways, violations
from tests.newsroom import Newsroom, fetch, until

CODE = re.compile(r"^(\d{6})\s*$", re.MULTILINE)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser, newsroom: Newsroom) -> Iterator[Page]:
    """A tab of a narrow window, which may keep cookies."""
    made = browser.new_context(
        base_url=newsroom.url, viewport={"width": 360, "height": 760}, reduced_motion="reduce"
    )
    yield made.new_page()
    made.close()


def command(newsroom: Newsroom, *words: str) -> str:
    """Run a command of the newsroom's; return what it printed."""
    environment = {name: one for name, one in os.environ.items() if "UNWALLED" not in name}
    line = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(
        line, cwd=newsroom.clone, env=environment, text=True, capture_output=True, check=True
    )
    return done.stdout.strip()


def looks_right(page: Page) -> None:
    """Hold the page as it stands against axe in both themes."""
    page.emulate_media(color_scheme="dark")
    found = violations(page)
    page.emulate_media(color_scheme="light")
    assert found + violations(page) == []
    assert not scrolls_sideways(page)


def follows(page: Page, newsroom: Newsroom, address: str) -> None:
    """Be invited as an administrator, and open the link."""
    page.goto(command(newsroom, "staff", "invite", address, "--role", "admin"))
    looks_right(page)
    page.get_by_role("button", name="Set up my sign-in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How you will sign in")
    looks_right(page)


def keeps_the_codes(page: Page) -> None:
    """See ten codes, and go to the desk."""
    expect(page.locator(".paper-codes code")).to_have_count(10)
    looks_right(page)
    page.get_by_role("link", name="I have kept them: to the desk").click()
    expect(page.locator(".desk-who")).to_contain_text("admin")


def an_hour_passes(newsroom: Newsroom) -> None:
    """Let every proof at the desk be an hour old."""
    with closing(sqlite3.connect(newsroom.clone / "instance/unwalled.sqlite3")) as database:
        database.execute("UPDATE staff_session SET signed_in_at = datetime(seen_at, '-1 hour')")
        database.commit()


def signs_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out of the desk")
    looks_right(page)


def test_the_first_sign_in_by_a_passkey_and_every_later_one(page: Page, newsroom: Newsroom) -> None:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    follows(page, newsroom, "passkey@example.com")
    page.get_by_role("button", name="Make a passkey").click()
    keeps_the_codes(page)
    signs_out(page)

    page.goto("/desk/you/")
    looks_right(page)  # the sign-in
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your sign-in")
    looks_right(page)
    page.goto("/desk/team/")
    looks_right(page)
    for path in ("invite/", "1/", "1/end/"):
        page.goto(f"/desk/team/{path}")
        looks_right(page)

    an_hour_passes(newsroom)
    page.goto("/desk/team/invite/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it still you?")
    looks_right(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invite somebody")


def mailed_code(newsroom: Newsroom, address: str) -> str:
    """Wait for the sign-in mail to an address; return its code."""

    def codes() -> list[str]:
        pages = [
            fetch(f"{newsroom.mailbox}/messages/{one['id']}/") for one in newsroom.mails_to(address)
        ]
        plain = [
            re.sub(r"<[^>]+>", "", page.partition("<pre")[2].partition("</pre>")[0])
            for page in pages
        ]
        return [found[1] for one in plain if (found := CODE.search(one))]

    return until(codes)[0]


def sets_up_an_app(page: Page) -> str:
    """Set a code app up; return one of the codes on paper."""
    page.get_by_role("button", name="Set up a code app").click()
    expect(page.get_by_role("img", name="The picture that your code app reads")).to_be_visible()
    looks_right(page)
    secret = (page.locator(".typed-off").text_content() or "").replace(" ", "")
    page.get_by_label("Type the code that the app shows now").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="The app is set up").click()
    paper = page.locator(".paper-codes code").first.text_content() or ""
    keeps_the_codes(page)
    return paper


def test_the_first_sign_in_by_a_code_app_and_a_later_one_by_mail_and_paper(
    page: Page, newsroom: Newsroom
) -> None:
    follows(page, newsroom, "app@example.com")
    paper = sets_up_an_app(page)
    signs_out(page)

    page.goto("/desk/sign-in/?next=/desk/you/")
    page.get_by_label("Email address").fill("app@example.com")
    page.get_by_role("button", name="Send me the email").click()
    looks_right(page)
    page.get_by_label("Six-digit code").fill(mailed_code(newsroom, "app@example.com"))
    page.get_by_role("button", name="Go on").click()
    code = page.get_by_role("textbox", name="Code")
    code.fill("1")
    page.get_by_role("button", name="Go on").click()
    expect(code).to_be_focused()
    looks_right(page)
    code.fill(paper)
    page.get_by_role("button", name="Go on").click()
    looks_right(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Your sign-in")
    expect(page.locator("#codes + p")).to_contain_text("9 of 10")


def test_a_rehearsal_s_link_sits_somebody_down_once(page: Page, newsroom: Newsroom) -> None:
    found = re.search(r"http://localhost:\d+/desk/rehearsal/\S+", newsroom.said)
    assert found is not None
    page.goto(found[0])
    looks_right(page)
    page.get_by_role("button", name="Sit down at the desk").click()
    expect(page.locator(".desk-who")).to_contain_text("Olena Editor")
    page.goto(found[0])
    expect(page.get_by_role("main")).to_contain_text("demo desk")
