"""Settings by a fresh mail, as a reader goes, with script and without; and all its pages by axe."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import scrolls_sideways, violations
from tests.e2e.conftest import NewPage
from tests.newsroom import Newsroom, fetch, until

PATH = re.compile(r"http://localhost:\d+((?:/uk)?/newsletters/[\w/-]+)")
CODE = re.compile(r"^(\d{6})\s*$", re.MULTILINE)


def texts(newsroom: Newsroom, address: str, subject: str) -> list[str]:
    """Wait for mails to an address by the beginning of their subject; return their plain texts."""
    found = until(
        lambda: [mail for mail in newsroom.mails_to(address) if mail["subject"].startswith(subject)]
    )
    pages = [fetch(f"{newsroom.mailbox}/messages/{mail['id']}/") for mail in found]
    return [
        re.sub(r"<[^>]+>", "", one.partition("<pre")[2].partition("</pre>")[0]) for one in pages
    ]


def way(newsroom: Newsroom, address: str, subject: str) -> str:
    found = PATH.search(texts(newsroom, address, subject)[0])
    assert found is not None
    return found.group(1)


def code(newsroom: Newsroom, address: str, subject: str) -> str:
    found = CODE.search(texts(newsroom, address, subject)[0])
    assert found is not None
    return found.group(1)


def subscribe(page: Page, newsroom: Newsroom, address: str) -> None:
    """Tick two lists at once and confirm both by one mail."""
    page.goto("/newsletters/")
    page.get_by_role("checkbox").nth(0).check()
    page.get_by_role("checkbox").nth(2).check()
    page.get_by_label("Email address").fill(address)
    page.locator("form[data-signup]").get_by_role("button").last.click()
    page.goto(way(newsroom, address, "Please confirm"))
    page.get_by_role("button", name="Confirm my subscription").click()
    expect(page.get_by_role("listitem").filter(has_text="Load Curve").first).to_be_visible()


def open_settings(page: Page, newsroom: Newsroom, address: str) -> str:
    """Ask for the link to all settings and open it; return its path."""
    page.goto("/newsletters/preferences/")
    page.get_by_label("Email address").fill(address)
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
    path = way(newsroom, address, "Your settings")
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your settings")
    return path


def looks_well(page: Page, name: str) -> None:
    """Fail for what axe finds in either theme, wide or narrow, and for a page too wide."""
    wrong = []
    for theme in ("light", "dark"):
        for width in (1280, 360):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.set_viewport_size({"width": width, "height": 900})
            wrong += [f"{name} {theme} {width}: {one}" for one in violations(page)]
            if scrolls_sideways(page):
                wrong.append(f"{name} {theme} {width}: wider than its window")
    assert wrong == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_lists_pause_and_language_are_set(
    new_page: NewPage, newsroom: Newsroom, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    address = f"settings.{script}@example.com".lower()
    subscribe(page, newsroom, address)
    open_settings(page, newsroom, address)
    boxes = page.get_by_role("checkbox", name="Load Curve")
    expect(boxes).to_be_checked()
    boxes.uncheck()
    page.get_by_role("checkbox", name="Furrow").check()
    page.get_by_role("button", name="Save my newsletters").click()
    expect(page.get_by_role("status")).to_have_text("Your newsletters are saved.")
    expect(page.get_by_role("checkbox", name="Load Curve")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Paper Trail")).to_be_disabled()

    page.get_by_label("For how long").select_option("4")
    page.get_by_role("button", name="Pause all of them").click()
    expect(page.get_by_text("Nothing comes until")).to_be_visible()
    page.get_by_role("button", name="Receive them again now").click()
    expect(page.get_by_role("status")).to_have_text("Your newsletters come again.")

    page.get_by_label("Українська", exact=True).check()
    page.get_by_role("button", name="Save the language").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ваші налаштування")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_address_is_changed_by_code_and_taken_back(
    new_page: NewPage, newsroom: Newsroom, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    old, new = (f"{which}.{script}@example.com".lower() for which in ("old", "new"))
    subscribe(page, newsroom, old)
    open_settings(page, newsroom, old)
    page.get_by_label("New email address").fill(new)
    page.get_by_role("button", name="Send a mail there").click()
    digits = code(newsroom, new, "Is this your new address")
    page.get_by_label("Six-digit code").fill(f"{digits[:3]} {digits[3:]}")
    page.get_by_role("button", name="Confirm with the code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your address is changed")

    page.goto(way(newsroom, old, "Your address at"))
    page.get_by_role("button", name="Take the change back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The change was taken back")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_everything_is_taken_along_and_erased(
    new_page: NewPage, newsroom: Newsroom, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    address = f"goodbye.{script}@example.com".lower()
    subscribe(page, newsroom, address)
    path = open_settings(page, newsroom, address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    found = json.loads(Path(download.value.path()).read_text())
    assert found["addresses"][0]["address"] == address

    page.get_by_role("button", name="Erase it").click()
    expect(page.get_by_text("Please tick the box")).to_be_visible()
    page.get_by_role("checkbox", name="Erase everything of").check()
    page.get_by_role("button", name="Erase it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything is erased")
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link opens nothing any more")


def test_a_wrong_address_is_corrected_and_the_late_words_come_by_themselves(
    page: Page, newsroom: Newsroom
) -> None:
    page.clock.install()
    page.goto("/newsletters/first-crossing/")
    page.get_by_label("Email address").fill("wrong.person@example.com")
    page.get_by_role("button", name=re.compile("Subscribe")).click()
    page.get_by_role("status").get_by_role("link").click()
    page.get_by_role("link", name="It is wrong: correct it").click()
    field = page.get_by_label("Email address")
    expect(field).to_have_value("wrong.person@example.com")
    field.fill("right.person@example.com")
    page.get_by_role("button", name="Send it there").click()
    expect(page.get_by_text("right.person@example.com")).to_be_visible()
    expect(page.get_by_role("heading", name="If it does not come")).to_be_visible()
    page.clock.fast_forward(121_000)
    expect(page.get_by_role("heading", name="Nothing has come?")).to_be_visible()
    assert texts(newsroom, "right.person@example.com", "Please confirm")


def test_every_page_of_settings_looks_well(page: Page, newsroom: Newsroom) -> None:
    address = "axe@example.com"
    page.goto("/newsletters/preferences/")
    looks_well(page, "asking")
    subscribe(page, newsroom, address)
    path = open_settings(page, newsroom, address)
    looks_well(page, "settings")
    page.get_by_role("button", name="Erase it").click()
    looks_well(page, "not ticked")
    page.goto(path)
    page.get_by_label("New email address").fill("axe.new@example.com")
    page.get_by_role("button", name="Send a mail there").click()
    looks_well(page, "new address")
    page.goto(way(newsroom, "axe.new@example.com", "Is this your new address"))
    looks_well(page, "confirming")
    page.goto(
        way(newsroom, address, "Welcome to First Crossing").replace("unsubscribe", "preferences")
    )
    looks_well(page, "one list")


@pytest.mark.parametrize(
    "path", ["/newsletters/", "/newsletters/first-crossing/", "/uk/newsletters/pershym-reisom/"]
)
def test_lists_and_their_issues_look_well(page: Page, path: str) -> None:
    page.goto(path)
    looks_well(page, path)
    issue = page.get_by_role("region", name=re.compile("Past issues|Попередні")).get_by_role("link")
    if path.count("/") > 2:
        issue.first.click()
        looks_well(page, page.url)
