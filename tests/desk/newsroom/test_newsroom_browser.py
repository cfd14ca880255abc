"""The newsroom's pages in Chromium: by keyboard, by drag, and a campaign from draft to reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server as listen

from app.articles import arranging
from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.goal.jobs import watch_goal
from tests.articles.making import make_edition, make_newsroom
from tests.conftest import make_settings, prepare
from tests.desk.making import Desk, sit_down
from tests.e2e.browser import scrolls_sideways, violations
from tests.memberships.imports.files import bring_in, line, write_file
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

PICKS = ["grain", "orchard", "court"]


@dataclass
class Room:
    """A newsroom and a tab at its desk."""

    desk: Desk
    page: Page
    folder: Path
    settings: Settings

    def picks(self) -> list[str]:
        """Return the picks in their order."""
        with self.desk.database.read() as session:
            return arranging.picked_keys(session)

    def readers_see(self, path: str) -> str:
        """Return a page of readers as it is now."""
        self.desk.app.extensions["unwalled_site"].watch.forget()
        return self.desk.client.get(path).text

    def looks_right(self) -> None:
        """Look at the page in both themes, and at the width of a phone."""
        for scheme in ("dark", "light"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert violations(self.page) == []
        wide = self.page.viewport_size
        self.page.set_viewport_size({"width": 360, "height": 760})
        assert not scrolls_sideways(self.page)
        assert wide is not None
        self.page.set_viewport_size(wide)


@pytest.fixture
def room(browser: Browser, tmp_path: Path) -> Iterator[Room]:
    """A newsroom with three picks; in SQLite, for it is the pages that are tried."""
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    prepare(url)
    database = Database(url)
    settings = make_settings(url, tmp_path, LOG_LEVEL="error")
    app = compose(settings, database)
    with database.write() as session:
        make_newsroom(session)
        for key in PICKS:
            make_edition(session, key)
        arranging.set_picks(session, PICKS)
        session.commit()
    desk = sit_down(app, database)
    server = listen("127.0.0.1", free_port(), app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    base = f"http://localhost:{server.port}"
    context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "desk", "value": desk.token, "url": base}])
    yield Room(desk, context.new_page(), tmp_path, settings)
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    database.dispose()


def test_picks_by_keyboard_and_by_drag_and_a_line_in_two_keystrokes(room: Room) -> None:
    page = room.page
    page.goto("/desk/picks/")
    room.looks_right()
    down = page.get_by_role("button", name="Move down: Grain in en")
    down.press("Enter")
    expect(down).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ordering li").last).to_contain_text("Grain in en")
    assert room.picks() == ["orchard", "court", "grain"]

    rows = page.locator(".ordering li")
    with page.expect_navigation():
        rows.last.locator(".what").drag_to(rows.first, target_position={"x": 40, "y": 4})
    assert room.picks() == ["grain", "orchard", "court"]

    page.get_by_role("heading", level=1).click()
    page.keyboard.press("n")
    expect(page.get_by_label("Headline, English")).to_be_focused()
    room.looks_right()
    page.keyboard.type("The bridge is open")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("The line is in the feed.")
    room.looks_right()
    assert "The bridge is open" in room.readers_see("/news/")


def test_a_campaign_goes_from_its_draft_to_its_goal(room: Room) -> None:
    page = room.page
    page.goto("/desk/campaigns/new/")
    for name, text in (("Short name", "winter"), ("Name, English", "The winter drive")):
        page.get_by_label(name, exact=True).fill(text)
    page.get_by_label("Goal, in members").fill("2")
    page.get_by_label("Begins").fill("2026-01-01T09:00")
    for rhythm in ("Monthly", "Yearly", "Once"):
        page.get_by_label(f"EUR, {rhythm}, 1").fill("10")
    room.looks_right()
    page.get_by_role("button", name="Save").click()

    say(room, "At any time without words of its own", "Free because *two readers* pay")
    say(room, "The goal is reached", "Two readers *pay for all*")
    assert "two readers" not in room.readers_see("/")
    page.get_by_role("link", name="Start …").click()
    room.looks_right()
    page.get_by_role("button", name="Start it").click()
    expect(page.locator(".mark").first).to_have_text("running")
    room.looks_right()
    assert "<mark>two readers</mark> pay" in room.readers_see("/")

    bring_in(room.desk.database, write_file(room.folder / "members.csv", [line(1), line(2)]))
    watch_goal(Runtime(room.desk.database, room.settings))
    assert "<mark>pay for all</mark>" in room.readers_see("/")
    page.reload()
    expect(page.locator(".mark").first).to_have_text("goal reached")
    expect(page.get_by_text("for good")).to_be_visible()


def say(room: Room, when: str, heading: str) -> None:
    """Write words for a milestone, and look at them in the reader's page before saving them."""
    page = room.page
    page.get_by_role("link", name=f"({when}, English)").click()
    page.get_by_label("The strip").fill("Members pay.")
    page.get_by_label("Heading", exact=True).fill(heading)
    for name in ("First paragraph", "Second paragraph", "Question"):
        page.get_by_label(name).fill(f"{name}, in words.")
    page.get_by_label("Colours").select_option("dark")
    page.get_by_role("button", name="Preview").click()
    shown = page.frame_locator("iframe[name=preview]")
    expect(shown.locator("#ask-heading")).to_have_text(heading.replace("*", ""))
    expect(shown.locator("body")).to_have_css("background-color", "rgb(16, 20, 24)")
    room.looks_right()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("The words are saved.")
