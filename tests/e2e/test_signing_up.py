"""From an article to a confirmed subscription, as a reader goes, with script and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import violations
from tests.e2e.conftest import NewPage
from tests.newsroom import Newsroom, fetch, until

LINK = re.compile(r"http://localhost:\d+(/newsletters/confirm/[\w-]+)")
CODE = re.compile(r"^(\d{6})\s*$", re.MULTILINE)
WRONG = "olha@example"
DONE = "Confirmed. Thank you"


def first_article(page: Page) -> None:
    """Open the first article that carries a newsletter form, from the front page."""
    page.goto("/")
    page.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def mail_text(newsroom: Newsroom, address: str) -> str:
    """Wait for the confirmation mail to an address; return its plain text."""
    (mail,) = until(lambda: newsroom.mails_to(address))
    page = fetch(f"{newsroom.mailbox}/messages/{mail['id']}/")
    return re.sub(r"<[^>]+>", "", page.partition("<pre")[2].partition("</pre>")[0])


def link_for(newsroom: Newsroom, address: str) -> str:
    found = LINK.search(mail_text(newsroom, address))
    assert found is not None
    return found.group(1)


def code_for(newsroom: Newsroom, address: str) -> str:
    found = CODE.search(mail_text(newsroom, address))
    assert found is not None
    return found.group(1)


def test_with_script_the_form_says_thanks_in_its_place_and_the_button_confirms(
    page: Page, newsroom: Newsroom
) -> None:
    first_article(page)
    before = page.url
    form = page.locator("form[data-signup]").first
    form.get_by_label("Email address").fill("script@example.com")
    form.get_by_role("button", name=re.compile("Subscribe")).click()
    expect(form.get_by_role("status")).to_contain_text("We have sent a confirmation email")
    expect(form.get_by_role("status")).to_be_focused()
    assert page.url == before

    page.goto(link_for(newsroom, "script@example.com"))
    page.get_by_role("button", name="Confirm my subscription").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(DONE)


def test_without_script_the_waiting_page_takes_the_code(
    scriptless: Page, newsroom: Newsroom
) -> None:
    first_article(scriptless)
    form = scriptless.locator("form[data-signup]").first
    form.get_by_label("Email address").fill("plain@example.com")
    form.get_by_role("button", name=re.compile("Subscribe")).click()
    assert "/newsletters/waiting/" in scriptless.url
    expect(scriptless.get_by_text("plain@example.com")).to_be_visible()

    scriptless.get_by_label("Six-digit code").fill(code_for(newsroom, "plain@example.com"))
    scriptless.get_by_role("button", name="Confirm with the code").click()

    expect(scriptless.get_by_role("heading", level=1)).to_have_text(DONE)


def test_a_link_that_was_used_says_so(scriptless: Page, newsroom: Newsroom) -> None:
    subscribe(scriptless, "twice@example.com")
    link = link_for(newsroom, "twice@example.com")
    scriptless.goto(link)
    scriptless.get_by_role("button", name="Confirm my subscription").click()

    scriptless.goto(link)

    expect(scriptless.get_by_role("heading", level=1)).to_have_text("This link has been used")


def test_a_link_cut_short_says_so(scriptless: Page) -> None:
    scriptless.goto("/newsletters/confirm/abc")

    heading = scriptless.get_by_role("heading", level=1)
    expect(heading).to_have_text("This link does not open anything")


def test_a_browser_that_only_opens_the_link_confirms_nothing(
    page: Page, newsroom: Newsroom
) -> None:
    subscribe(page, "scanner@example.com")
    link = link_for(newsroom, "scanner@example.com")
    for _ in range(5):
        page.goto(link)
        page.wait_for_load_state("networkidle")

    expect(page.get_by_role("button", name="Confirm my subscription")).to_be_visible()


def test_a_wrong_code_is_told_at_its_field_and_another_try_works(
    scriptless: Page, newsroom: Newsroom
) -> None:
    subscribe(scriptless, "code@example.com")
    right = code_for(newsroom, "code@example.com")
    scriptless.get_by_label("Six-digit code").fill("000000" if right[0] != "0" else "111111")
    scriptless.get_by_role("button", name="Confirm with the code").click()
    field = scriptless.get_by_label("Six-digit code")
    expect(field).to_have_attribute("aria-invalid", "true")

    field.fill(right)
    scriptless.get_by_role("button", name="Confirm with the code").click()

    expect(scriptless.get_by_role("heading", level=1)).to_have_text(DONE)


def subscribe(page: Page, address: str) -> None:
    """Sign up on the page of newsletters for the first two, and wait for the waiting page."""
    page.goto("/newsletters/")
    boxes = page.get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_label("Email address").fill(address)
    page.locator("form[data-signup]").get_by_role("button").last.click()
    with_script = page.get_by_role("status").get_by_role("link")
    if page.url.endswith("/newsletters/"):
        with_script.click()
    expect(page).to_have_url(re.compile("/newsletters/waiting/"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_wrong_address_is_told_at_its_field_and_kept(new_page: NewPage, script: bool) -> None:
    page = new_page(java_script_enabled=script)
    first_article(page)
    form = page.locator("form[data-signup]").first
    form.get_by_label("Email address").fill(WRONG)
    form.get_by_role("button", name=re.compile("Subscribe")).click()

    field = page.locator("input[type=email][aria-invalid=true]")
    expect(field).to_have_value(WRONG)
    expect(field).to_be_focused()
    described = (field.get_attribute("aria-describedby") or "").split()
    said = " ".join(page.locator(f"[id='{one}']").inner_text() for one in described)
    assert len(said.split()) > 3


@pytest.mark.parametrize("script", [True, False])
def test_no_list_ticked_is_told_at_the_lists_and_the_address_is_kept(
    new_page: NewPage, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    page.goto("/newsletters/")
    page.get_by_label("Email address").fill("olha@example.com")
    page.get_by_role("button", name="Subscribe to the ticked").click()

    first = page.get_by_role("checkbox").first
    expect(page.locator("fieldset").get_by_text("tick at least one")).to_be_visible()
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-invalid", "true")
    field = page.get_by_label("Email address")
    expect(field).to_have_value("olha@example.com")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    assert not script or violations(page) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(("choice", "sent_to"), [("Use", "gmail.com"), ("Keep", "gmial.com")])
def test_a_likely_typo_can_be_mended_or_kept(
    new_page: NewPage, newsroom: Newsroom, script: bool, choice: str, sent_to: str
) -> None:
    name = f"{choice.lower()}.{'script' if script else 'plain'}"
    page = new_page(java_script_enabled=script)
    first_article(page)
    form = page.locator("form[data-signup]").first
    form.get_by_label("Email address").fill(f"{name}@gmial.com")
    form.get_by_role("button", name=re.compile("Subscribe")).click()

    page.get_by_role("button", name=re.compile(f"^{choice}")).click()

    expect(page.get_by_text("confirmation email").first).to_be_visible()
    assert until(lambda: newsroom.mails_to(f"{name}@{sent_to}"))


def test_in_ukrainian_the_whole_way_is_ukrainian(scriptless: Page, newsroom: Newsroom) -> None:
    scriptless.goto("/uk/newsletters/")
    scriptless.get_by_role("checkbox").nth(0).check()
    scriptless.locator("input[type=email]").fill("ukrainian@example.com")
    scriptless.locator("form[data-signup]").get_by_role("button").last.click()
    assert "/uk/newsletters/waiting/" in scriptless.url

    (mail,) = until(lambda: newsroom.mails_to("ukrainian@example.com"))
    assert re.search("[а-яії]", mail["subject"])
    source = fetch(f"{newsroom.mailbox}/messages/{mail['id']}/")
    found = re.search(r"/uk/newsletters/confirm/[\w-]+", source)
    assert found is not None
    scriptless.goto(found.group())
    scriptless.get_by_role("main").get_by_role("button").click()

    assert scriptless.locator("html").get_attribute("lang") == "uk"
    assert re.search("[а-яії]", scriptless.get_by_role("heading", level=1).inner_text())


def test_a_form_that_comes_into_view_is_told_once_and_only_then(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1280, "height": 600})
    told: list[str | None] = []
    page.on("request", lambda one: told.append(one.post_data) if "/seen" in one.url else None)
    first_article(page)
    page.wait_for_load_state("networkidle")
    before = list(told)

    form = page.locator("form[data-signup]").first
    with page.expect_request("**/newsletters/seen"):
        form.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, 0)")
    form.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")

    assert before == []
    slugs = [slug for one in told for slug in re.findall(r"list=([^&]+)", one or "")]
    assert slugs
    assert len(slugs) == len(set(slugs))


def test_a_browser_that_objects_tells_nothing(new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    told: list[str] = []
    page.on("request", lambda one: told.append(one.url))
    page.goto("/newsletters/")
    page.locator("form[data-signup]").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")

    assert not [url for url in told if url.endswith("/seen")]
