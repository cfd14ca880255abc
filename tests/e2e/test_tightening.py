"""While sign-ups are held tight: with script a little work and no more, without script the code."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Response, expect
from sqlalchemy import delete

from app.core.clock import now
from app.core.database import Database
from app.core.settings import kept
from app.core.tightening import Tightening
from app.newsletters.rates import DOOR
from tests.e2e.test_signing_up import DONE, code_for, first_article, link_for, mail_text
from tests.newsroom import Newsroom, until

BUDGET = 8192


def asks(newsroom: Newsroom, address: str) -> int:
    """Sign an address up as a script does, without a proof; return the status."""
    listed = urllib.request.urlopen(f"{newsroom.url}/newsletters/").read().decode()
    slug = re.search(r'name="list" value="([\w-]+)"', listed)
    assert slug is not None
    request = urllib.request.Request(
        f"{newsroom.url}/newsletters/{slug[1]}/subscribe",
        data=urlencode({"email": address}).encode(),
        headers={"Accept": "application/json", "Sec-Fetch-Site": "same-origin"},
    )
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        return error.code if json.load(error)["challenge"] else 0
    return int(answer.status)


@pytest.fixture
def tight(newsroom: Newsroom) -> Iterator[Newsroom]:
    """The running newsroom, while sign-ups are held tight."""
    url = kept(newsroom.clone / "instance" / "settings.env")["UNWALLED_DATABASE_URL"]
    database = Database(url)
    with database.write() as session:
        at = now(session)
        until_then = at + timedelta(hours=1)
        row = Tightening(door=DOOR, since=at, until=until_then, looked_at=at, good=0, tried=100)
        session.merge(row)
        session.commit()
    until(lambda: asks(newsroom, "probe@example.com") == 428)
    yield newsroom
    with database.write() as session:
        session.execute(delete(Tightening))
        session.commit()
    database.dispose()
    until(lambda: asks(newsroom, "probe@example.com") == 200)


def test_with_script_the_browser_does_the_work_and_the_reader_nothing(
    page: Page, tight: Newsroom
) -> None:
    first_article(page)
    form = page.locator("form[data-signup]").first
    form.get_by_label("Email address").fill("worker@example.com")
    form.get_by_role("button", name=re.compile("Subscribe")).click()

    expect(form.get_by_role("status")).to_contain_text("We have sent a confirmation email")
    page.goto(link_for(tight, "worker@example.com"))
    page.get_by_role("button", name="Confirm my subscription").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(DONE)


def test_with_script_a_typo_is_still_asked_about(page: Page, tight: Newsroom) -> None:
    first_article(page)
    form = page.locator("form[data-signup]").first
    form.get_by_label("Email address").fill("keeper@gmial.com")
    form.get_by_role("button", name=re.compile("Subscribe")).click()
    page.get_by_role("button", name=re.compile("^Keep")).click()

    expect(form.get_by_role("status")).to_contain_text("We have sent a confirmation email")
    assert until(lambda: tight.mails_to("keeper@gmial.com"))


def test_without_script_the_code_opens_what_no_link_does(scriptless: Page, tight: Newsroom) -> None:
    first_article(scriptless)
    form = scriptless.locator("form[data-signup]").first
    form.get_by_label("Email address").fill("coder@example.com")
    form.get_by_role("button", name=re.compile("Subscribe")).click()
    expect(scriptless.get_by_text("There is a six-digit code in it")).to_be_visible()
    assert "/newsletters/confirm/" not in mail_text(tight, "coder@example.com")

    scriptless.get_by_label("Six-digit code").fill(code_for(tight, "coder@example.com"))
    scriptless.get_by_role("button", name="Confirm with the code").click()
    expect(scriptless.get_by_role("heading", level=1)).to_have_text(DONE)


def test_an_article_with_its_form_loads_eight_kilobytes_of_script_at_most(page: Page) -> None:
    first_article(page)
    scripts: list[Response] = []
    page.on("response", lambda one: scripts.append(one) if ".js" in one.url else None)
    page.goto(page.url)
    page.wait_for_load_state("networkidle")
    assert 0 < sum(len(one.body()) for one in scripts) <= BUDGET
    assert not [one.url for one in scripts if "proof.js" in one.url]
