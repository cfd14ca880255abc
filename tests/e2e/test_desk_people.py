"""A membership manager finds somebody by a receipt and refunds them, and the public count moves."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core.clock import now
from app.core.database import Database
from app.people import staff_sessions
from tests.desk.making import make_staff
from tests.e2e.browser import scrolls_sideways, violations
from tests.e2e.conftest import refused
from tests.e2e.joining import Supporter
from tests.newsroom import Newsroom, until


@pytest.fixture
def tab(browser: Browser, newsroom: Newsroom) -> Iterator[Page]:
    """A tab whose pages keep their policy."""
    context = browser.new_context(
        base_url=newsroom.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    page, wrong = context.new_page(), []
    page.on("console", lambda line: wrong.extend(refused(line.text)))
    yield page
    context.close()
    assert wrong == []


def sit_down(newsroom: Newsroom, page: Page) -> None:
    """Have the browser signed in at the desk, as a membership manager who has just proved it."""
    database = Database(f"sqlite:///{newsroom.clone}/instance/unwalled.sqlite3")
    staff_id = make_staff(database, "membership", "manager@example.org")
    with database.write() as session:
        token = staff_sessions.start(session, staff_id, "Chromium on Linux", now(session))
        session.commit()
    database.dispose()
    page.context.add_cookies([{"name": "desk", "value": token, "url": newsroom.url}])


def members(page: Page) -> int:
    """Return the count as everybody sees it."""
    page.goto("/goal/")
    found = re.search(r"([\d,]+) of [\d,]+|([\d,]+) members", page.inner_text("main"))
    assert found is not None, page.inner_text("main")
    return int((found[1] or found[2]).replace(",", ""))


def is_clean(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands: wide in the light, narrow in the dark."""
    wrong = violations(page)
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark")
    wrong += [*violations(page), *(["scrolls sideways"] if scrolls_sideways(page) else [])]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    return wrong


def test_whoever_is_found_by_their_receipt_and_refunded_leaves_the_public_count(
    newsroom: Newsroom, tab: Page
) -> None:
    before = members(tab)
    ruta = Supporter(newsroom, tab, "Ruta")
    ruta.join()
    number = re.search(r"R-\d{4}-[0-9A-Z]{8,}", ruta.mail("[Rr]eceipt"))
    assert number is not None
    assert members(tab) == before + 1
    sit_down(newsroom, tab)

    tab.goto("/desk/people/")
    tab.get_by_label("Address, name, receipt").fill(number[0])
    expect(tab.get_by_text(f"Looked for: receipt {number[0]}")).to_be_visible()
    found = {"people": is_clean(tab)}
    tab.get_by_role("link", name="Ruta Test").click()
    expect(tab.get_by_text("A member, and counted.", exact=True)).to_be_visible()
    found["person"] = is_clean(tab)
    tab.get_by_role("link", name=f"Refund {number[0]}").click()
    asked = tab.get_by_text(f"of receipt {number[0]} to Ruta Test, ruta@example.com.")
    expect(asked).to_be_visible()
    found["refund"] = is_clean(tab)
    tab.get_by_role("button", name="Refund it").click()

    expect(tab.get_by_text("The money is on its way back.")).to_be_visible()
    assert until(lambda: members(tab) == before)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
