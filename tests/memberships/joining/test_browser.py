"""The form for joining in a real browser: what shows itself, where it leads, and axe's eyes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from werkzeug.serving import make_server as listen

from app.core.database import Database
from app.memberships.joining.models import Intent
from tests.conftest import prepare
from tests.e2e.browser import scrolls_sideways, violations
from tests.memberships.joining.making import Door, open_door, tighten
from tests.ports import free_port
from tests.site.making import make_list

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

Open = Callable[..., Page]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A newsroom that is open for joining; in SQLite, for it is the pages that are tried."""
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    prepare(url)
    with open_door(url, tmp_path) as opened:
        add_list(opened.database)
        yield opened


def add_list(database: Database) -> None:
    with database.write() as session:
        make_list(session, "daily")
        session.commit()


@pytest.fixture
def new_page(browser: Browser, door: Door) -> Iterator[Open]:
    """Open tabs at the newsroom; a broken policy or a cookie fails the test."""
    port = free_port()
    server = listen("127.0.0.1", port, door.app, threaded=True)
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
    cookies = [one["name"] for context in contexts for one in context.cookies()]
    for context in contexts:
        context.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert cookies == []
    assert [line for line in wrong if "Content Security Policy" in line] == []


def test_only_what_belongs_to_the_choice_is_shown_without_script(new_page: Open) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto("/join/")
    expect(page.locator(".group-monthly")).to_be_visible()
    expect(page.locator(".group-yearly")).to_be_hidden()
    expect(page.locator("#other-monthly")).to_be_hidden()
    expect(page.locator("#recipient")).to_be_hidden()
    expect(page.locator(".fee-monthly-1")).to_have_text("+ €0.41")

    page.get_by_text("Yearly", exact=True).click()
    expect(page.locator(".group-monthly")).to_be_hidden()
    expect(page.locator(".fee-yearly-1")).to_be_visible()
    page.locator("label[for=amount-yearly-other]").click()
    expect(page.locator("#other-yearly")).to_be_visible()

    page.get_by_text("A present").click()
    expect(page.locator(".rhythm")).to_be_hidden()
    expect(page.locator(".group-twelve")).to_be_visible()
    expect(page.locator("#recipient")).to_be_visible()
    page.get_by_text("A reader who cannot pay").click()
    expect(page.locator("#recipient")).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "goes_on", "is_once"),
    [
        ("/join/", "Stop, pause or change it at any hour, by yourself.", "Nothing renews."),
        ("/uk/join/", "змінити участь ви можете самі будь-коли.", "Платіж разовий"),
    ],
)
def test_only_a_membership_of_ones_own_is_said_to_go_on(
    new_page: Open, path: str, goes_on: str, is_once: str
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(path)
    choices = {
        "#rhythm-yearly": True,
        "#rhythm-once": False,
        "#rhythm-monthly": True,
        "#for-gift": False,
        "#for-given": False,
        "#for-me": True,
    }
    for choice, is_said in choices.items():
        page.locator(f"label[for={choice[1:]}]").click()
        expect(page.get_by_text(goes_on)).to_be_visible(visible=is_said)
        expect(page.get_by_text(is_once)).to_be_visible(visible=not is_said)


def test_the_form_leads_to_the_hosted_page_without_script(new_page: Open, door: Door) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/join/?from=/goal/")
    page.get_by_role("button", name="On to the payment").click()
    page.wait_for_url(f"{door.settings.stripe_base}/pay/**")

    assert page.url == door.intent().checkout_url
    assert door.intent().from_path == "/goal/"


def test_the_form_can_be_filled_in_by_keyboard_alone(new_page: Open, door: Door) -> None:
    page = new_page()
    page.goto("/join/")
    page.locator("#for-me").focus()
    for key in ("Tab", "ArrowRight", "Tab", "ArrowLeft", "Tab", "Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(f"{door.settings.stripe_base}/pay/**")
    intent = door.intent()

    assert (intent.interval, intent.fee_minor > 0) == ("year", True)


@pytest.mark.parametrize("script", [True, False])
def test_another_currency_loses_nothing_but_amounts(new_page: Open, *, script: bool) -> None:
    page = new_page(java_script_enabled=script)
    page.goto("/join/")
    page.get_by_text("A present").click()
    page.locator("#recipient").fill("bo@post.example")
    page.locator("label[for=cover-fee]").click()
    page.get_by_role("button", name="UAH").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="UAH")).to_be_focused()
    expect(page.get_by_role("button", name="UAH")).to_have_attribute("aria-current", "true")
    expect(page.locator("#for-gift")).to_be_checked()
    expect(page.locator("#cover-fee")).to_be_checked()
    expect(page.locator("#recipient")).to_have_value("bo@post.example")
    expect(page.locator(".group-twelve")).to_contain_text("₴2,000")


def test_enter_in_a_field_sends_the_form(new_page: Open, door: Door) -> None:
    page = new_page()
    page.goto("/join/?interval=once")
    page.locator("label[for=amount-once-other]").click()
    page.locator("#other-once").fill("12")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{door.settings.stripe_base}/pay/**")

    assert (door.intent().amount_minor, door.intent().currency) == (1200, "EUR")


def test_after_a_refusal_the_field_that_is_wrong_has_the_focus(new_page: Open) -> None:
    page = new_page()
    page.goto("/join/")
    page.locator("label[for=amount-monthly-other]").click()
    page.locator("#other-monthly").fill("0,1")
    page.get_by_role("button", name="On to the payment").click()

    expect(page.locator("#other-monthly")).to_be_focused()
    expect(page.locator("#other-monthly")).to_have_value("0,1")
    expect(page.locator("#amount-error")).to_have_text("The smallest amount is €1.")


@pytest.mark.parametrize("script", [True, False])
def test_while_somebody_tries_cards_a_script_does_the_work_and_goes_on(
    new_page: Open, door: Door, *, script: bool
) -> None:
    tighten(door)
    page = new_page(java_script_enabled=script, viewport={"width": 320, "height": 800})
    page.goto("/join/")
    page.locator("label[for=amount-monthly-2]").click()
    page.get_by_role("button", name="On to the payment").click()
    if script:
        page.wait_for_url(f"{door.settings.stripe_base}/pay/**")
        assert (page.url, door.intent().amount_minor) == (door.intent().checkout_url, 2000)
    else:
        expect(page.get_by_role("alert")).to_contain_text("please press once more in a minute")
        expect(page.locator("#amount-monthly-2")).to_be_checked()


@pytest.mark.parametrize("script", [True, False])
def test_the_page_of_thanks_comes_by_itself(new_page: Open, door: Door, *, script: bool) -> None:
    path = thanks_of(door)
    page = new_page(java_script_enabled=script)
    page.goto(path)
    expect(page.locator("h1")).to_have_text("Your payment is on its way")
    say(door, "paid")
    expect(page.locator("h1")).to_have_text("Thank you", timeout=15_000)


def thanks_of(door: Door, prefix: str = "") -> str:
    """Send a wish and return the path of its page of thanks."""
    door.send(f"{prefix}/join/")
    found = door.world.get(str(door.intent().checkout_id))
    assert found
    return str(found["success_url"]).removeprefix("http://localhost")


def say(door: Door, state: str) -> None:
    """Let the wish be in a state."""
    with door.database.write() as session:
        session.execute(update(Intent).values(state=state))
        session.commit()


PAIRS = [
    (1280, "light", ""),
    (320, "dark", ""),
    (1280, "dark", "/uk"),
    (320, "light", "/uk"),
    (320, "light", "rtl"),
]


def look(page: Page, direction: str) -> None:
    if direction == "rtl":
        page.evaluate("document.documentElement.dir = 'rtl'")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    small = page.evaluate(
        "() => [...document.querySelectorAll('main a, main button, main label, main summary')]"
        ".filter(one => one.checkVisibility() && !one.matches('.hp')"
        " && !one.closest('p:not(.more,.currencies)')"
        " && one.matches('a, button, summary, .segments label, .sum label, .tick label')"
        " && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
    )
    assert small == []


@pytest.mark.parametrize(("width", "theme", "language"), PAIRS)
def test_the_form_holds_what_pages_must_hold(
    new_page: Open, width: int, theme: str, language: str
) -> None:
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    page.goto(f"{language if language == '/uk' else ''}/join/")
    look(page, language)
    page.locator("button[value=UAH]").click()
    expect(page.locator("button[value=UAH]")).to_be_focused()
    look(page, language)
    page.locator("label[for=for-gift]").click()
    page.locator("#recipient").fill("bo@gmial.com")
    page.locator("label[for=amount-twelve-other]").click()
    page.locator("summary").click()
    page.locator("#wall-name").fill("www.example.org")
    page.locator("button.wide").click()
    expect(page.locator("#amount-error")).to_be_visible()
    look(page, language)


@pytest.mark.parametrize(("width", "theme", "language"), PAIRS)
def test_the_pages_after_it_hold_it_too(
    new_page: Open, door: Door, width: int, theme: str, language: str
) -> None:
    path = thanks_of(door, language if language == "/uk" else "")
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    for state in ("open", "processing", "paid", "failed"):
        say(door, state)
        page.goto(path)
        look(page, language)
