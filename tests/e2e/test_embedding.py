"""The form on a page of another origin with a strict policy, with script and without."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.browser import scrolls_sideways, violations
from tests.e2e.conftest import NewPage
from tests.e2e.test_signing_up import DONE, WRONG, link_for
from tests.newsroom import Newsroom, until

Visit = Callable[..., Locator]
SUBSCRIBE = re.compile(r"/newsletters/subscribe")
WAITING = re.compile(r"/newsletters/waiting/")


@pytest.fixture
def visit(new_page: NewPage, newsroom: Newsroom) -> Visit:
    """Return a function that opens the other site, ticks all lists, and gives its form."""

    def open_form(path: str = "/embed", **options: object) -> Locator:
        page = new_page(**options)
        page.goto(f"{newsroom.mailbox}{path}")
        for box in page.get_by_role("checkbox").all():
            box.check()
        return page.locator("form")

    return open_form


def send(form: Locator, address: str) -> None:
    form.locator("[name=email]").fill(address)
    form.locator("button[type=submit]").click()


def answer_with(form: Locator, status: int, said: dict[str, object]) -> None:
    """Have the newsroom answer the script so; the plain form still reaches it."""

    def answer(route: Route) -> None:
        if route.request.headers["accept"] != "application/json":
            route.continue_()
            return
        allowed = {"Access-Control-Allow-Origin": route.request.headers["origin"]}
        route.fulfill(status=status, json=said, headers=allowed)

    form.page.route(SUBSCRIBE, answer)


def test_with_script_the_other_page_says_thanks_and_leads_to_ours(
    visit: Visit, newsroom: Newsroom
) -> None:
    form = visit()
    send(form, "partner@example.com")
    status = form.get_by_role("status")
    expect(status).to_contain_text("We have sent a confirmation email")
    expect(status).to_be_focused()
    assert form.page.url == f"{newsroom.mailbox}/embed"

    status.get_by_role("link").click()
    expect(form.page).to_have_url(WAITING)
    expect(form.page.get_by_text("partner@example.com")).to_be_visible()
    form.page.goto(newsroom.url + link_for(newsroom, "partner@example.com"))
    form.page.get_by_role("button", name="Confirm my subscription").click()
    expect(form.page.get_by_role("heading", level=1)).to_have_text(DONE)


def test_without_script_the_plain_form_leads_to_our_waiting_page(
    visit: Visit, newsroom: Newsroom
) -> None:
    form = visit(java_script_enabled=False)
    send(form, "plain.partner@example.com")

    expect(form.page).to_have_url(WAITING)
    assert form.page.url.startswith(newsroom.url)
    assert until(lambda: newsroom.mails_to("plain.partner@example.com"))


def test_a_wrong_address_is_told_at_its_field_and_kept(visit: Visit) -> None:
    form = visit()
    send(form, WRONG)

    field = form.get_by_label("Email address")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(WRONG)
    expect(field).to_be_focused()
    said = form.page.locator(f"[id='{field.get_attribute('aria-describedby')}']")
    expect(said).to_contain_text("not a whole email address")
    assert violations(form.page) == []


def test_without_script_a_wrong_address_shows_our_page_with_it(
    visit: Visit, newsroom: Newsroom
) -> None:
    form = visit(java_script_enabled=False)
    send(form, WRONG)
    page = form.page
    expect(page.locator("input[type=email][aria-invalid=true]")).to_have_value(WRONG)

    send(page.locator("form[data-signup]"), "mended@example.com")

    expect(page).to_have_url(WAITING)
    assert until(lambda: newsroom.mails_to("mended@example.com"))


@pytest.mark.parametrize(("choice", "sent_to"), [("Use", "gmail.com"), ("Keep", "gmial.com")])
def test_a_likely_typo_can_be_mended_or_kept(
    visit: Visit, newsroom: Newsroom, choice: str, sent_to: str
) -> None:
    form = visit()
    send(form, f"{choice}.there@gmial.com".lower())
    expect(form.get_by_role("status")).to_contain_text("Did you mean")
    assert violations(form.page) == []

    form.get_by_role("button", name=re.compile(f"^{choice}")).click()

    expect(form.get_by_role("status")).to_contain_text("confirmation email")
    assert until(lambda: newsroom.mails_to(f"{choice.lower()}.there@{sent_to}"))


def test_no_list_ticked_is_told_at_the_first_box(visit: Visit) -> None:
    form = visit()
    for box in form.get_by_role("checkbox").all():
        box.uncheck()
    send(form, "ann@example.com")

    expect(form.get_by_role("status")).to_contain_text("tick at least one")
    expect(form.get_by_role("checkbox").first).to_be_focused()
    expect(form.get_by_label("Email address")).to_have_value("ann@example.com")


def test_offline_says_so_and_sends_when_the_line_is_back(visit: Visit) -> None:
    form = visit()
    form.page.context.set_offline(True)
    send(form, "offline@example.com")
    expect(form.get_by_role("status")).to_contain_text("did not reach us")
    expect(form.get_by_label("Email address")).to_have_value("offline@example.com")

    form.page.context.set_offline(False)
    form.get_by_role("button").click()

    expect(form.get_by_role("status")).to_contain_text("confirmation email")


def test_a_network_that_had_enough_is_told_to_wait(visit: Visit) -> None:
    form = visit()
    answer_with(form, 429, {"errors": {"email": "Please try again in an hour."}})
    send(form, "many@example.com")

    expect(form.get_by_role("status")).to_contain_text("try again in an hour")
    expect(form.get_by_label("Email address")).to_be_focused()


@pytest.mark.parametrize(
    "said", [{"challenge": "x", "errors": {"email": "Prove it."}}, {"challenge": "x"}, {}, None]
)
def test_an_answer_it_does_not_know_leaves_the_rest_to_our_own_page(
    visit: Visit, newsroom: Newsroom, said: dict[str, object]
) -> None:
    form, address = visit(), f"unknown{len(json.dumps(said))}@example.com"
    answer_with(form, 428, said)
    send(form, address)

    expect(form.page).to_have_url(WAITING)
    assert until(lambda: newsroom.mails_to(address))


def test_while_it_sends_it_says_so_and_sends_once(visit: Visit, newsroom: Newsroom) -> None:
    form = visit()
    held: list[Route] = []
    form.page.route(SUBSCRIBE, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    send(form, "once@example.com")
    expect(form.get_by_role("status")).to_have_text("Sending…")

    form.get_by_role("button").click()
    form.page.wait_for_timeout(0)
    assert len(held) == 1
    held[0].continue_()
    expect(form.get_by_role("status")).to_contain_text("confirmation email")


def test_in_ukrainian_the_form_speaks_ukrainian(visit: Visit, newsroom: Newsroom) -> None:
    form = visit("/embed/uk")
    send(form, "olena@")
    expect(form.get_by_role("status")).to_contain_text("не повна адреса")
    send(form, "olena@example.com")
    expect(form.get_by_role("status")).to_contain_text("Ми надіслали лист")

    (mail,) = until(lambda: newsroom.mails_to("olena@example.com"))
    assert re.search("[а-яії]", mail["subject"])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/embed", "/embed/uk"])
def test_it_fits_a_narrow_page_of_either_theme_and_axe_finds_nothing(
    visit: Visit, theme: str, path: str
) -> None:
    form = visit(path, color_scheme=theme, viewport={"width": 320, "height": 700})
    send(form, "ann@gmial.com")
    expect(form.locator("bdi")).to_have_text("ann@gmail.com")

    assert not scrolls_sideways(form.page)
    assert violations(form.page) == []


def test_a_page_without_an_origin_gets_nowhere(page: Page, newsroom: Newsroom) -> None:
    page.goto("about:blank")
    told = page.evaluate(
        """url => fetch(url, {method: "POST", body: new URLSearchParams({email: "a@example.com"})})
        .then(answer => answer.status, () => "refused")""",
        f"{newsroom.url}/newsletters/subscribe",
    )

    assert told == "refused"
