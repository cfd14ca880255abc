"""The morning in Chromium: figures that lead to rows, charts beside their tables, one sheet."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from app.core.clock import now
from app.core.database import Database
from app.people import staff_sessions
from tests.desk.making import make_staff
from tests.e2e.browser import scrolls_sideways, violations
from tests.newsroom import Newsroom

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=760)


def sit_down(newsroom: Newsroom) -> str:
    """Let somebody who looks after members sit down; return their session's secret."""
    database = Database(f"sqlite:///{newsroom.clone}/instance/unwalled.sqlite3")
    staff_id = make_staff(database, "membership", f"{uuid.uuid4()}@post.example")
    with database.write() as session:
        token = staff_sessions.start(session, staff_id, "Chromium", now(session))
        session.commit()
    database.dispose()
    return token


@pytest.fixture
def page(browser: Browser, newsroom: Newsroom) -> Iterator[Page]:
    """A tab in which somebody sits at the desk; whatever a script does wrong fails it."""
    made = browser.new_context(base_url=newsroom.url, viewport=WIDE, color_scheme="light")
    made.add_cookies([{"name": "desk", "value": sit_down(newsroom), "url": newsroom.url}])
    page, wrong = made.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Security" in line.text else None)
    yield page
    made.close()
    assert wrong == []


def looks_right(page: Page) -> None:
    assert violations(page) == []
    assert not scrolls_sideways(page)


def test_a_morning_is_read_followed_to_its_rows_and_printed(page: Page) -> None:
    page.goto("/desk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning")
    expect(page.locator(".figure-line")).to_contain_text("of 20,000 members")
    expect(page.locator("figure[data-chart] canvas")).to_have_count(2)
    looks_right(page)
    sheets = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")

    page.get_by_role("row").filter(has_text="7 days").get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who came and who left")
    looks_right(page)
    page.go_back()
    page.get_by_role("link", name="Forecast").click()
    expect(page.locator("#forecast")).to_contain_text("carried on")
    looks_right(page)
    assert sheets == 1


def test_on_a_phone_in_the_dark_it_is_read_in_ukrainian(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)
    page.goto("/uk/desk/")
    page.get_by_text("Те саме таблицею").click()
    expect(page.locator("#days tbody tr").first).to_be_visible()
    looks_right(page)

    page.get_by_label("Інший ранок").fill("позавчора")
    page.get_by_role("button", name="Показати", exact=True).click()
    expect(page.locator("#at-error")).to_contain_text("2026-11-20")
    expect(page.get_by_label("Інший ранок")).to_have_value("позавчора")
    looks_right(page)
