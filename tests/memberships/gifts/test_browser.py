"""The pages of gift memberships and the wall in a real browser: the whole way, and axe's eyes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server as listen

from app.core.clock import now
from app.core.database import Database
from app.memberships import wall
from tests.articles.making import make_edition, make_newsroom
from tests.conftest import prepare
from tests.e2e.browser import scrolls_sideways, violations
from tests.memberships.gifts.receiving import Recipient, receiving
from tests.memberships.making import make_person
from tests.people.making import BOB, code_in
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

Open = Callable[..., Page]
NAMES = ("Ann", "Олена Ковальчук", "אורית כהן", "Grandmother Halyna " + "and all of us " * 4)


@pytest.fixture
def recipient(tmp_path: Path) -> Iterator[Recipient]:
    """A newsroom with the pages; in SQLite, for it is the pages that are tried."""
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    prepare(url)
    database = Database(url)
    with database.write() as session:
        make_newsroom(session)
        make_edition(session)
        make_edition(session, language="uk")
        session.commit()
    with receiving(database, tmp_path) as made:
        yield made
    database.dispose()


@pytest.fixture
def new_page(browser: Browser, recipient: Recipient) -> Iterator[Open]:
    """Open tabs at the newsroom; what the policy of a page forbids fails the test."""
    port = free_port()
    server = listen("127.0.0.1", port, recipient.door.app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    wrong: list[str] = []
    contexts = []

    def opened(**options: Any) -> Page:  # noqa: ANN401 - Playwright's own options
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: wrong.append(line.text))
        return page

    yield opened
    for context in contexts:
        context.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert [line for line in wrong if "Content Security Policy" in line] == []


def sign_in(page: Page, recipient: Recipient, address: str = BOB) -> None:
    """Give an address, and type the code that comes."""
    page.get_by_label("Email address").fill(address)
    page.get_by_role("button", name="Send me the email").click()
    expect(page.locator("h1")).to_have_text("Look in your mailbox")
    recipient.door.work()
    page.locator("#code").fill(code_in(recipient.door.mails[-1]))
    page.get_by_role("button", name="Sign in with the code").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_gift_is_used_with_and_without_script(
    new_page: Open, recipient: Recipient, *, script: bool
) -> None:
    page = new_page(java_script_enabled=script, viewport={"width": 390, "height": 844})
    page.goto("/join/gift/")
    page.get_by_label("Code of the gift").fill("AAAA-BBBB-CCCC")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#code-error")).to_contain_text("We do not know this code.")
    expect(page.locator("#code")).to_be_focused()

    page.locator("#code").fill(recipient.code(recipient.buy()))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h1")).to_have_text("A membership for you")
    sign_in(page, recipient)
    page.get_by_role("button", name="Use the gift").click()

    expect(page.locator("h1")).to_have_text("This gift is yours")
    assert recipient.gifts()[0].redeemed_by_id == recipient.person()


def test_a_membership_that_was_given_is_claimed(new_page: Open, recipient: Recipient) -> None:
    recipient.buy("given")
    page = new_page(java_script_enabled=False)
    page.goto("/join/given/")
    sign_in(page, recipient)
    page.get_by_role("button", name="Take it up").click()

    expect(page.locator("h1")).to_have_text("You are a member")
    assert recipient.gifts()[0].redeemed_by_id == recipient.person()


def test_the_suggested_address_is_taken_by_its_button(new_page: Open, recipient: Recipient) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(recipient.page(recipient.buy()))
    page.get_by_label("Email address").fill("bob@gmial.com")
    page.get_by_role("button", name="Send me the email").click()
    page.get_by_role("button", name="Use bob@gmail.com").click()

    expect(page.locator("h1")).to_have_text("Look in your mailbox")
    assert [one.address for one in recipient.door.wishes()] == ["bob@gmail.com"]


PAIRS = [(1280, "light", ""), (320, "dark", ""), (320, "light", "/uk"), (320, "dark", "rtl")]


def look(page: Page, direction: str) -> None:
    """Hold a page against what every page must hold."""
    if direction == "rtl":
        page.evaluate("document.documentElement.dir = 'rtl'")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    small = page.evaluate(
        "() => [...document.querySelectorAll('main a, main button:not(.hp), main input')]"
        ".filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44)"
        ".map(one => one.outerHTML)"
    )
    assert small == []


@pytest.mark.parametrize(("width", "theme", "language"), PAIRS)
def test_every_state_of_the_pages_holds_what_pages_must_hold(
    new_page: Open, recipient: Recipient, width: int, theme: str, language: str
) -> None:
    prefix = language if language == "/uk" else ""
    names = {state: recipient.buy() for state in ("open", "void", "used")}
    paths = [recipient.page(one, "uk" if prefix else "en") for one in names.values()]
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    page.goto(paths[2])
    page.locator("#email").fill(BOB)
    page.locator("main form .fields > .button").click()
    recipient.door.work()
    page.locator("#code").fill(code_in(recipient.door.mails[-1]))
    page.locator("main form .button").first.click()
    recipient.take_back(names["void"])

    for path in (*paths, f"{prefix}/join/gift/", f"{prefix}/join/given/"):
        page.goto(path)
        look(page, language)
    recipient.buy("given")
    page.goto(f"{prefix}/join/given/")
    look(page, language)
    page.goto(paths[2])
    page.locator("main form .button").click()
    for path in (paths[2], paths[0], f"{prefix}/join/given/"):
        page.goto(path)
        look(page, language)


@pytest.mark.parametrize(("width", "theme", "language"), PAIRS)
def test_what_strangers_see_and_get_wrong_holds_it_too(
    new_page: Open, recipient: Recipient, width: int, theme: str, language: str
) -> None:
    prefix = language if language == "/uk" else ""
    name = recipient.buy()
    recipient.buy("given")
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    page.goto(f"{prefix}/join/gift/")
    page.locator("#code").fill("A" * 60)
    page.locator("main form .button").click()
    look(page, language)
    for path in (recipient.page(name, "uk" if prefix else "en"), f"{prefix}/join/given/"):
        page.goto(path)
        look(page, language)
        page.locator("#email").fill("bob@gmial.com")
        page.locator("main form .fields > .button:not(.hp)").click()
        look(page, language)
    page.goto(f"{prefix}/join/gift/{name}/wrong/")
    look(page, language)


@pytest.mark.parametrize(("width", "theme", "language"), PAIRS)
def test_the_wall_holds_it_too(
    new_page: Open, recipient: Recipient, width: int, theme: str, language: str
) -> None:
    prefix = language if language == "/uk" else ""
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    page.goto(f"{prefix}/supporters/")
    look(page, language)
    with recipient.door.database.write() as session:
        moment = now(session)
        for place, name in enumerate(NAMES * 3):
            wall.put(session, make_person(session), name, moment - timedelta(days=9 * place))
        session.commit()
    page.goto(f"{prefix}/supporters/?before=9000000000000000-0")
    expect(page.locator(".wall li")).to_have_count(len(NAMES) * 3)
    look(page, language)
