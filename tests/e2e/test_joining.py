"""Joining, giving and stopping in a browser: the site, its mail, and what stands for Stripe."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import refused
from tests.e2e.joining import ASKS, DECLINED, FAILS_LATER, GOOD, Supporter, let_pass
from tests.newsroom import Newsroom, copy_project, fetch, running, until

CODE = r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"
NewTab = Callable[..., Page]


@pytest.fixture(scope="module")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """A newsroom of these tests' own, for they move its clock."""
    with running(copy_project(tmp_path_factory.mktemp("town") / "newsroom")) as started:
        yield started


@pytest.fixture
def new_tab(browser: Browser, town: Newsroom) -> Iterator[NewTab]:
    """Return a function that opens an empty tab; whatever goes wrong in it fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []
    ours = (town.url, town.mailbox, town.stripe, "data:", "about:")

    def open_tab(*, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=town.url,
            viewport={"width": 1280, "height": 900} if script else {"width": 390, "height": 844},
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error in a script: {error}"))
        page.on("console", lambda line: wrong.extend(refused(line.text)))
        page.on("request", lambda one: None if one.url.startswith(ours) else wrong.append(one.url))
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def tab(new_tab: NewTab) -> Page:
    """A tab of a desktop's size, with script."""
    return new_tab()


@pytest.fixture
def article(town: Newsroom) -> str:
    """The address of an article with a call to join."""
    found = re.search(
        r"http://[^<]*?(/\d+/\d+/grid-transformer/)", fetch(f"{town.url}/sitemap.xml")
    )
    assert found is not None
    return found.group(1)


def members(town: Newsroom) -> int:
    return int(json.loads(fetch(f"{town.url}/goal.json"))["members"])


def shows(page: Page, article: str, number: int) -> None:
    """Wait until the article says how many members there are: this number and no other."""
    page.goto(article)
    said = page.locator(".meter .figures strong").first
    for _ in range(60):
        if said.inner_text() == f"{number:,}":
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(said).to_have_text(f"{number:,}")


def test_from_an_article_to_a_membership_without_script_and_the_count_moves_by_one(
    town: Newsroom, new_tab: NewTab, article: str
) -> None:
    page = new_tab(script=False)
    olha = Supporter(town, page, "Olha")
    before = members(town)
    shows(page, article, before)

    page.locator("a[href*='/join/?amount=']").first.click()
    expect(page).to_have_url(re.compile(r"/join/\?amount=500&interval=monthly&ask=\w+&from=/\d"))
    assert page.get_by_role("radio", checked=True).count() >= 3
    olha.go_to_pay()
    expect(page.get_by_role("button", name="Pay €5 a month")).to_be_visible()
    olha.try_card(GOOD)
    olha.is_thanked()

    expect(page.get_by_text("€5 a month")).to_be_visible()
    shows(page, article, before + 1)
    assert "€5" in olha.mail("[Rr]eceipt")
    assert page.context.cookies() == []


def test_a_declined_card_charges_nothing_and_another_one_does(
    town: Newsroom, tab: Page, article: str
) -> None:
    petro, before = Supporter(town, tab, "Petro"), members(town)
    petro.fill_in("Yearly")
    petro.go_to_pay()

    petro.try_card(DECLINED)
    expect(tab.get_by_role("alert")).to_contain_text("declined and nothing was paid")
    assert members(town) == before
    petro.try_card(GOOD)
    petro.is_thanked()

    shows(tab, article, before + 1)


def test_a_bank_that_asks_may_refuse_once_and_agree_then(
    town: Newsroom, tab: Page, article: str
) -> None:
    nina, before = Supporter(town, tab, "Nina"), members(town)
    nina.fill_in()
    nina.go_to_pay()

    nina.try_card(ASKS)
    tab.get_by_role("button", name="The bank refuses").click()
    expect(tab.get_by_role("alert")).to_contain_text("The bank refused")
    nina.try_card(ASKS)
    tab.get_by_role("button", name="The bank agrees").click()
    nina.is_thanked()

    shows(tab, article, before + 1)


def test_a_single_gift_is_thanked_for_and_moves_no_count(
    town: Newsroom, tab: Page, article: str
) -> None:
    marko, before = Supporter(town, tab, "Marko"), members(town)

    marko.join(rhythm="Once")

    expect(tab.get_by_text("once")).to_be_visible()
    assert "€25" in marko.mail("[Rr]eceipt")
    shows(tab, article, before)


def test_whoever_goes_back_finds_the_form_and_can_pay_after_all(
    town: Newsroom, tab: Page, article: str
) -> None:
    inna, before = Supporter(town, tab, "Inna"), members(town)
    inna.fill_in()
    inna.go_to_pay()
    tab.get_by_role("button", name="Go back without paying").click()
    expect(tab).to_have_url(re.compile("/join/"))
    assert members(town) == before

    inna.go_to_pay()
    inna.try_card(GOOD)
    inna.is_thanked()

    shows(tab, article, before + 1)


def test_a_membership_is_cancelled_and_uncancelled_and_ends_when_what_is_paid_does(
    town: Newsroom, tab: Page, article: str
) -> None:
    danylo, before = Supporter(town, tab, "Danylo"), members(town)
    danylo.join()
    danylo.sign_in()
    expect(tab.get_by_text("The next charge is on")).to_be_visible()

    danylo.cancel()
    assert "will not renew" in " ".join(danylo.subjects())
    shows(tab, article, before + 1)
    tab.goto("/account/")
    tab.get_by_role("button", name="Take the cancellation back").click()
    danylo.account_says("The next charge is on")
    danylo.cancel()

    let_pass(tab, town, "+1 month")
    shows(tab, article, before)


def test_a_renewal_that_fails_is_put_right_with_another_card_within_the_days_of_grace(
    town: Newsroom, tab: Page, article: str
) -> None:
    lesia, before = Supporter(town, tab, "Lesia"), members(town)
    lesia.join(FAILS_LATER)

    let_pass(tab, town, "+1 month")
    lesia.mail("card could not be charged")
    shows(tab, article, before + 1)
    lesia.sign_in()
    expect(tab.get_by_text("did not go through")).to_be_visible()
    tab.get_by_role("button", name="Change the card").click()
    tab.get_by_label(GOOD).check()
    tab.get_by_role("button", name="Use this card from now on").click()
    tab.get_by_role("link", name="Back to the newsroom").click()
    expect(tab).to_have_url(re.compile("/account/"))
    let_pass(tab, town, "+1 day", 4)
    until(lambda: sum("Receipt" in one for one in lesia.subjects()) == 2)
    let_pass(tab, town, "+1 day", 16)

    shows(tab, article, before + 1)


def test_a_renewal_that_fails_for_good_ends_with_the_days_of_grace(
    town: Newsroom, tab: Page, article: str
) -> None:
    ostap, before = Supporter(town, tab, "Ostap"), members(town)
    ostap.join(FAILS_LATER)

    let_pass(tab, town, "+1 month")
    let_pass(tab, town, "+1 day", 12)
    shows(tab, article, before + 1)
    let_pass(tab, town, "+1 day", 3)

    shows(tab, article, before)


def test_a_gift_counts_from_the_day_on_which_it_is_used(
    town: Newsroom, tab: Page, new_tab: NewTab, article: str
) -> None:
    taras, before = Supporter(town, tab, "Taras"), members(town)
    zoia = Supporter(town, new_tab(script=False), "Zoia")
    taras.fill_in(whom="A present")
    tab.get_by_label("Their email address").fill(zoia.address)
    taras.go_to_pay()
    taras.try_card(GOOD)
    taras.is_thanked()
    code = re.search(CODE, zoia.mail("given you a membership"))
    assert code is not None
    assert code.group() in taras.mail("code of your gift")
    shows(tab, article, before)

    zoia.page.goto("/join/gift/")
    zoia.page.get_by_label("Code of the gift").fill(code.group().lower())
    zoia.page.get_by_role("button", name="Go on").click()
    zoia.page.get_by_label("Email address").fill(zoia.address)
    zoia.page.get_by_role("button", name="Send me the email").click()
    zoia.type_code()
    zoia.page.get_by_role("button", name="Use the gift").click()

    expect(zoia.page.get_by_role("heading", level=1)).to_have_text("This gift is yours")
    shows(tab, article, before + 1)


def test_what_was_paid_for_somebody_who_cannot_pay_is_taken_up_once(
    town: Newsroom, tab: Page, new_tab: NewTab, article: str
) -> None:
    hanna, before = Supporter(town, tab, "Hanna"), members(town)
    yurii = Supporter(town, new_tab(), "Yurii")
    hanna.fill_in(whom="A reader who cannot pay")
    hanna.go_to_pay()
    hanna.try_card(GOOD)
    hanna.is_thanked()
    shows(tab, article, before)

    yurii.page.goto("/join/given/")
    yurii.page.get_by_label("Email address").fill(yurii.address)
    yurii.page.get_by_role("button", name="Send me the email").click()
    yurii.type_code()
    yurii.page.get_by_role("button", name="Take it up").click()

    expect(yurii.page.get_by_role("heading", level=1)).to_have_text("You are a member")
    shows(tab, article, before + 1)
    tab.goto("/join/given/")
    expect(tab.get_by_text("None is open at the moment.")).to_be_visible()


def test_money_that_goes_back_takes_the_count_back(town: Newsroom, tab: Page, article: str) -> None:
    ivan, before = Supporter(town, tab, "Ivan"), members(town)
    ivan.join()
    shows(tab, article, before + 1)

    tab.goto(town.stripe)
    payment = tab.get_by_role("listitem").filter(has_text=ivan.address)
    payment.get_by_role("button", name="Refund").click()
    expect(tab.get_by_role("status")).to_have_text("The refund was made.")

    shows(tab, article, before)
    assert "€" in ivan.mail("sent money back")
    tab.goto(town.stripe)  # else it would renew, and be paid for again
    tab.get_by_role("button", name=f"Delete {ivan.address}").click()
    expect(tab.get_by_role("status")).to_have_text("The customer was deleted.")
    shows(tab, article, before)


def test_in_the_end_nothing_stands_otherwise_than_at_stripe(town: Newsroom, tab: Page) -> None:
    Supporter(town, tab, "Roman").join()

    until(lambda: "No drift" in asked(town, "payments", "check"))
    assert asked(town, "members", "recount")


def asked(town: Newsroom, *words: str) -> str:
    """Return what a command says, or nothing if it finds something wrong."""
    ours = {name: one for name, one in os.environ.items() if "UNWALLED" not in name}
    said = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=town.clone, env=ours, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.stdout if said.returncode == 0 else ""
