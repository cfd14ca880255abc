"""An administrator sees to what needs somebody, and finds it in the log, by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.core import heartbeat
from app.core.alarms import raise_alarm
from app.core.clock import now
from app.core.database import Database
from tests.desk.making import make_staff
from tests.e2e.browser import scrolls_sideways, violations
from tests.e2e.conftest import refused
from tests.e2e.desk_pages import seat, serving
from tests.memberships.making import make_person

FORGED = "Somebody forges notices of the provider ses"
PAGES = ("attention/dns/", "audit/1/", "settings/", "tokens/new/", "webhooks/1/", "sites/partner/")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[str, Flask, Database]]:
    """A newsroom of its own in which something needs somebody."""
    with serving(tmp_path) as (address, app, database):
        with database.write() as session:
            heartbeat.beat(session, "worker")
            raise_alarm(session, "mail.forged", now(session), "ses")
            person = make_person(session, "ann@post.example")
            raise_alarm(session, "two-memberships", now(session), str(person))
            session.commit()
        yield address, app, database


@pytest.fixture
def tab(browser: Browser, house: tuple[str, Flask, Database]) -> Iterator[Page]:
    """A tab in which an administrator has just signed in; its pages keep their policy."""
    address, _app, database = house
    context = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    token = seat(database, make_staff(database, "admin"))
    context.add_cookies([{"name": "desk", "value": token, "url": address}])
    page, wrong = context.new_page(), []
    page.on("console", lambda line: wrong.extend(refused(line.text)))
    yield page
    context.close()
    assert wrong == []


def faults(page: Page) -> list[str]:
    """Return what is wrong with a page, wide in the light and narrow in the dark."""
    wide = violations(page)
    page.set_viewport_size({"width": 320, "height": 800})
    page.emulate_media(color_scheme="dark")
    narrow = violations(page) + ["it scrolls sideways"] * scrolls_sideways(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    return wide + narrow


def press(page: Page, words: str) -> None:
    """Reach a button and press it, without a mouse."""
    page.get_by_role("button", name=words).focus()
    page.keyboard.press("Enter")


def test_what_needs_somebody_is_seen_to_taken_back_and_found_in_the_log(tab: Page) -> None:
    tab.goto("/desk/keys/")
    tab.keyboard.press("g")
    tab.keyboard.press("a")
    expect(tab.get_by_role("heading", name=FORGED)).to_be_visible()
    expect(tab.get_by_role("link", name="Look at the person")).to_be_visible()
    assert faults(tab) == []

    press(tab, "Clear : Somebody forges")
    expect(tab.get_by_role("status")).to_contain_text("The alarm was cleared.")
    expect(tab.get_by_role("heading", name=FORGED)).to_have_count(0)
    press(tab, "Undo")
    expect(tab.get_by_role("heading", name=FORGED)).to_be_visible()

    tab.keyboard.press("g")
    tab.keyboard.press("l")
    expect(tab.get_by_role("heading", name="Audit log")).to_be_visible()
    tab.keyboard.press("/")
    tab.keyboard.type("alarm.cleared")
    expect(tab.get_by_role("cell", name="alarm:mail.forged:ses")).to_have_count(1)
    tab.get_by_role("link", name="1", exact=True).click()
    expect(tab.get_by_text("network ")).to_be_visible()


def test_the_pages_of_the_house_are_fit_for_everybody(tab: Page) -> None:
    tab.goto("/desk/webhooks/new/")
    tab.get_by_label("System").fill("crm")
    tab.get_by_label("Address").fill("https://crm.example/hooks")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator(".secret")).to_contain_text("whsec_")
    found = {"secret": faults(tab)}
    tab.goto("/desk/new-site/")
    tab.get_by_label("Name").fill("partner")
    tab.get_by_label("Addresses of the site").fill("https://partner.example")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("partner")

    for path in PAGES:
        tab.goto(f"/desk/{path}")
        found[path] = faults(tab)
    assert found == {key: [] for key in ["secret", *PAGES]}
