"""Newsletters, an import with errors and an export at the desk, clicked through in Chromium."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core.clock import now
from app.core.database import Database
from app.people import staff_sessions
from tests.desk.making import make_staff
from tests.e2e.browser import scrolls_sideways, violations
from tests.newsroom import Newsroom

SLOW = 20_000
"""Milliseconds that a worker may take until its page says so."""


@pytest.fixture
def page(browser: Browser, newsroom: Newsroom, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab at the desk, of a width and in a theme."""
    width, theme = request.param
    made = browser.new_context(
        base_url=newsroom.url,
        viewport={"width": width, "height": 800},
        color_scheme=theme,
        accept_downloads=True,
    )
    token = sits_down(newsroom)
    made.add_cookies([{"name": "desk", "value": token, "url": newsroom.url}])
    yield made.new_page()
    made.close()


def sits_down(newsroom: Newsroom) -> str:
    """Have an administrator just signed in; return the secret of their cookie."""
    database = Database(f"sqlite:///{newsroom.clone / 'instance' / 'unwalled.sqlite3'}")
    staff_id = make_staff(database, "admin", f"{secrets.token_hex(4)}@post.example")
    with database.write() as session:
        token = staff_sessions.start(session, staff_id, "Chromium on Linux", now(session))
        session.commit()
    database.dispose()
    return token


def looks_right(page: Page) -> None:
    assert violations(page) == []
    assert not scrolls_sideways(page)


def presses(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follows(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def makes_a_list(page: Page) -> None:
    page.goto("/desk/newsletters/new/")
    looks_right(page)
    for name, text in (("name", "Tide"), ("description", "About water."), ("cadence", "Daily")):
        page.locator(f"#{name}-en").fill(text)
    presses(page, "Make the newsletter")
    expect(page.locator("#slug")).to_be_focused()  # the browser itself asks for it
    page.get_by_label("Address", exact=True).fill("tide")
    page.get_by_label("It stands on the page of newsletters").uncheck()
    presses(page, "Make the newsletter")
    expect(page.locator(".notice")).to_contain_text("The newsletter is there.")
    looks_right(page)


@pytest.mark.parametrize("page", [(360, "dark")], indirect=True)
def test_a_newsletter_is_made_ordered_by_keyboard_and_closed_again(page: Page) -> None:
    makes_a_list(page)
    page.goto("/desk/newsletters/order/")
    looks_right(page)
    last = page.locator(".ordering li").last
    expect(last).to_contain_text("Tide")
    page.get_by_role("button", name="Move up: Tide").press("Enter")
    expect(page.locator(".ordering li").last).not_to_contain_text("Tide")
    expect(page.locator(".notice")).to_contain_text("The order is changed.")
    presses(page, "Undo")
    expect(page.locator(".ordering li").last).to_contain_text("Tide")
    page.goto("/desk/newsletters/tide/preview/")
    expect(page.frame_locator("iframe").first.locator("body")).to_contain_text("Tide")
    looks_right(page)
    page.goto("/desk/newsletters/tide/close/")
    looks_right(page)
    presses(page, "Close it")
    presses(page, "Undo")
    expect(page.locator(".notice")).to_contain_text("takes sign-ups")
    presses(page, "Undo")
    expect(page.locator(".notice")).to_contain_text("is closed")


def brings(page: Page, path: Path) -> str:
    """Bring a file, say how it is understood, and have it read; return where it is followed."""
    page.goto("/desk/imports/")
    looks_right(page)
    follows(page, "Bring in subscribers")
    looks_right(page)
    page.get_by_label("The file").set_input_files(path)
    presses(page, "Look at it")
    looks_right(page)
    page.locator("#column-email").select_option("Kontakt")
    lists = page.get_by_role("group", name="The newsletters that these people get")
    lists.get_by_role("checkbox").first.check()
    presses(page, "Read it, and show what would be done")
    return page.url


def takes_the_errors(page: Page) -> str:
    """Look at the rows that are not taken; return the file that they come in."""
    follows(page, "Rows that are not taken (1)")
    expect(page.locator(".rows tbody")).to_contain_text("nobody")
    looks_right(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="These rows as they stood").click()
    return Path(download.value.path()).read_text("utf-8")


def vouches(page: Page) -> None:
    follows(page, "Bring these people in")
    looks_right(page)
    page.get_by_label("How did they agree?").fill("The form on our old site.")
    presses(page, "I vouch for it: bring them in")
    expect(page.get_by_role("heading", name="What was done")).to_be_visible(timeout=SLOW)
    looks_right(page)


@pytest.mark.parametrize("page", [(1280, "light")], indirect=True)
def test_an_import_shows_its_errors_survives_leaving_and_is_taken_back(
    page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    good = "".join(f"reader{number}@people.example,R\n" for number in range(40))
    path.write_text(f"Kontakt,Name\nnobody,Nobody\n{good}", encoding="utf-8")
    here = brings(page, path)
    page.goto("/desk/newsletters/")  # it goes on without us
    page.goto(here)
    expect(page.get_by_text("1 row cannot be taken.")).to_be_visible(timeout=SLOW)
    looks_right(page)
    assert "nobody,Nobody" in takes_the_errors(page)

    page.goto(here)
    vouches(page)
    follows(page, "Take it back")
    expect(page.locator(".asked")).to_contain_text("Take back 40 subscriptions")
    presses(page, "Take it back")
    expect(page.get_by_role("status").get_by_text("taken back")).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("page", [(360, "light")], indirect=True)
def test_an_export_says_how_much_it_is_and_comes(page: Page) -> None:
    page.goto("/desk/exports/")
    looks_right(page)
    follows(page, "Payments for the accountant")
    looks_right(page)
    presses(page, "Show how much it is")
    expect(page.locator(".asked")).to_contain_text("payments and refunds from")
    looks_right(page)
    with page.expect_download() as download:
        presses(page, "Take it away")

    assert download.value.suggested_filename.startswith("payments-")
