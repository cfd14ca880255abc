"""Editors at the desk in a browser: write, paste, drop, publish, correct, and meet each other."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pictures
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from app.articles.drafting import draft_of
from app.articles.locking import BEAT_SECONDS
from app.articles.models import Edition
from app.core.clock import now
from app.core.database import Database
from app.people.staff_models import StaffSession
from tests.articles.making import make_article, make_draft, make_newsroom
from tests.desk.making import make_staff
from tests.e2e.browser import violations
from tests.e2e.conftest import refused
from tests.e2e.desk_pages import seat, serving
from tests.waiting import until

DOCUMENTS = Path(__file__).parents[1] / "articles" / "documents"
HERE = "/desk/articles/1/"
PASTE = """html => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "plain");
  const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.getElementById("body").dispatchEvent(paste);
}"""
DROP = """bytes => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "ship.jpg", {type: "image/jpeg"}));
  const drop = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
  document.getElementById("body").dispatchEvent(drop);
}"""


@dataclass
class Newsroom:
    """A newsroom that browsers reach."""

    browser: Browser
    url: str
    database: Database
    contexts: list[BrowserContext] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str, role: str = "", **options: object) -> Page:
        """Open a page as a reader, or as somebody with a role."""
        context = self.browser.new_context(base_url=self.url, **options)  # type: ignore[arg-type] # Playwright's own
        self.contexts.append(context)
        if role:
            self.sign_in(context, make_staff(self.database, role))
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda line: self.wrong.extend(refused(line.text)))
        page.goto(path)
        return page

    def sign_in(self, context: BrowserContext, staff_id: int) -> None:
        """Give a browser the cookie of a member of staff."""
        token = seat(self.database, staff_id)
        context.add_cookies([{"name": "desk", "value": token, "url": self.url}])

    def end_sessions(self) -> None:
        """Sign everybody out."""
        with self.database.write() as session:
            session.execute(update(StaffSession).values(ended_at=now(session)))
            session.commit()

    def draft(self) -> str:
        """Return the text of the draft."""
        with self.database.read() as session:
            return draft_of(session, session.get_one(Edition, 1)).words.body


@pytest.fixture
def newsroom(browser: Browser, tmp_path: Path) -> Iterator[Newsroom]:
    """Serve a newsroom with one draft."""
    with serving(tmp_path) as (url, _app, database):
        with database.write() as session:
            make_newsroom(session)
            make_article(session, hero=None)
            make_draft(session)
            session.commit()
        room = Newsroom(browser, url, database)
        yield room
        for context in room.contexts:
            context.close()
    assert room.wrong == []


def write(page: Page, text: str) -> None:
    """Write a text and wait until it was saved by itself."""
    page.locator("#body").fill(text)
    expect(page.locator("[data-status]")).to_contain_text("Saved by itself")


def reloaded(page: Page) -> str:
    """Return what a page says after it was asked for again."""
    page.reload()
    return page.inner_text("main")


def press_and_see(page: Page, press: Callable[[], object], sentence: str) -> None:
    press()
    expect(page.locator(".notice")).to_contain_text(sentence)


def test_an_editor_publishes_and_corrects_what_a_reader_then_sees(newsroom: Newsroom) -> None:
    page = newsroom.open(HERE, "editor")
    write(page, "Ten *ships* left.")
    expect(page.locator("[data-preview] em")).to_have_text("ships")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/publish/"))
    press_and_see(page, lambda: page.keyboard.press("Control+Enter"), "Readers see it now")
    reader = newsroom.open("/", java_script_enabled=False)
    reader.get_by_role("link", name="Grain in en").first.click()
    assert "Ten ships left." in reader.inner_text("main")

    page.locator("#body").fill("Twelve ships left.")
    press_and_see(page, lambda: page.keyboard.press("Control+s"), "Saved at")
    page.get_by_role("link", name="Publish the changes").click()
    page.wait_for_url(re.compile("/publish/"))
    assert violations(page) == []
    page.get_by_label("A correction").check()
    page.get_by_label("What was wrong").fill("It said ten ships.")
    button = page.get_by_role("button", name="Publish the changes now")
    press_and_see(page, button.click, "with the note under the text")
    until(lambda: "Twelve ships left." in reloaded(reader), 5)
    assert "It said ten ships." in reader.inner_text(".corrections")
    assert violations(page) == []


def test_two_editors_meet_and_nothing_either_typed_is_lost(newsroom: Newsroom) -> None:
    olena, taras = newsroom.open(HERE, "editor"), newsroom.open("/desk/articles/", "admin")
    write(olena, "What Olena wrote.")
    taras.get_by_role("link", name="Grain in en").click()
    assert "The editor is editing since" in taras.inner_text("[role=alert]")
    taras.get_by_role("link", name="Take over").click()
    taras.get_by_role("button", name="Take over").click()
    write(taras, "What Taras wrote.")

    olena.locator("#body").fill("What Olena typed on.")
    expect(olena.locator("[data-status]")).to_contain_text("The admin took over")
    olena.keyboard.press("Control+s")
    expect(olena.locator("h1")).to_have_text("Two texts")
    assert violations(olena) == []
    assert "What Taras wrote." in olena.inner_text("main")
    assert olena.locator("#body").input_value() == "What Olena typed on."
    olena.locator("#body").fill("What both wrote.")
    button = olena.get_by_role("button", name="Take over and save")
    press_and_see(olena, button.click, "Saved at")
    taras.reload()
    assert taras.locator("#body").input_value() == "What both wrote."


def test_a_page_that_waited_begins_to_save_once_nobody_else_is_editing(newsroom: Newsroom) -> None:
    olena, taras = newsroom.open(HERE, "editor"), newsroom.open("/desk/articles/", "admin")
    taras.clock.install()
    taras.goto(HERE)
    taras.locator("#body").fill("Typed while waiting.")
    assert "is editing since" in taras.inner_text("[role=alert]")
    olena.goto("/desk/keys/")
    taras.clock.fast_forward(BEAT_SECONDS * 1000)

    expect(taras.locator("[data-status]")).to_contain_text("Saved by itself")
    assert newsroom.draft() == "Typed while waiting."
    assert taras.locator("[role=alert]").count() == 0
    taras.get_by_role("link", name="Delete the draft…").click()
    taras.wait_for_url(re.compile("/delete/"))
    assert violations(taras) == []


def test_what_was_typed_survives_a_tab_closed_at_once_and_a_sign_in_that_ended(
    newsroom: Newsroom,
) -> None:
    page = newsroom.open(HERE, "editor")
    page.locator("#body").fill("Typed, and gone.")
    page.close(run_before_unload=True)
    until(lambda: newsroom.draft() == "Typed, and gone.")

    page = newsroom.contexts[0].new_page()
    page.goto(HERE)
    newsroom.end_sessions()
    page.locator("#body").fill("Typed while signed out.")
    expect(page.locator("[data-status]")).to_contain_text("you are signed out")
    newsroom.sign_in(newsroom.contexts[0], 1)
    expect(page.locator("[data-status]")).to_contain_text("Saved by itself", timeout=20_000)
    assert newsroom.draft() == "Typed while signed out."


def test_what_is_pasted_becomes_markdown_and_a_dropped_picture_a_line(newsroom: Newsroom) -> None:
    page = newsroom.open(HERE, "editor")
    page.locator("#body").fill("")
    page.evaluate(PASTE, (DOCUMENTS / "google_docs.html").read_text())
    expected = (DOCUMENTS / "google_docs.md").read_text().strip()
    expect(page.locator("#body")).to_have_value(expected)
    expect(page.locator("[data-preview] table")).to_be_visible()

    kept = BytesIO()
    Pictures.new("RGB", (800, 500), "navy").save(kept, "JPEG")
    page.evaluate(DROP, list(kept.getvalue()))
    expect(page.locator("#alt")).to_be_focused()
    page.keyboard.type("A ship at a quay")
    page.keyboard.press("Enter")
    expect(page.locator("#body")).to_have_value(re.compile(r"!\[A ship at a quay\]\(/media/ship-"))
    picture = page.locator("[data-preview] img")
    expect(picture).to_have_js_property("naturalWidth", 800)
