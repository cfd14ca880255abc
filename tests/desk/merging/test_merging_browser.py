"""Two people merged and parted in a real browser, while the public count moves and returns."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server as listen

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.memberships.service import Grant, grant
from app.newsletters.models import Subscription
from app.people.models import Person
from tests.conftest import make_settings, prepare
from tests.desk.making import Desk, sit_down
from tests.e2e.browser import scrolls_sideways, violations
from tests.memberships.account.making import make_membership, make_payment
from tests.memberships.making import make_person
from tests.newsletters.making import make_list
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

PEOPLE = (("ann@post.example", "confirmed"), ("anne.example@work.example", "unsubscribed"))


def human_twice(database: Database) -> str:
    """Let one human be two members with a card, and return the first one's id."""
    with database.write() as session:
        newsletter = make_list(session, "daily").id
        ids = [make_person(session, address) for address, _state in PEOPLE]
        for person, (_address, state) in zip(ids, PEOPLE, strict=True):
            session.get_one(Person, person).name = "Ann Example"
            promise = make_membership(session, person)
            make_payment(session, person, membership_id=promise.id)
            given = Grant(person, "membership", promise.subscription_id, now(session))
            grant(session, given, reason="paid", now=now(session))
            place = {"person_id": person, "newsletter_id": newsletter, "state": state}
            session.add(Subscription(**place, created_at=now(session), asked_at=now(session)))
        first = session.get_one(Person, ids[0]).public_id
        session.commit()
    return first


@pytest.fixture
def at(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """Serve a desk with a membership manager at it, in SQLite: it is the pages that are tried."""
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    prepare(url)
    database = Database(url)
    app = compose(make_settings(url, tmp_path, LOG_LEVEL="error"), database)
    desk = sit_down(app, database, "membership")
    port = free_port()
    server = listen("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield desk, f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()
    thread.join()
    database.dispose()


def count(home: str) -> int:
    with urlopen(f"{home}/goal.json") as answer:
        return int(json.load(answer)["members"])


def is_well(page: Page, name: str) -> None:
    """Look at a page in both themes, wide and narrow."""
    for scheme, width in (("light", 1280), ("dark", 360)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        assert not scrolls_sideways(page)
        if folder := os.environ.get("UNWALLED_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=True)


def test_the_count_moves_by_one_and_back(browser: Browser, at: tuple[Desk, str]) -> None:
    desk, home = at
    first = human_twice(desk.database)
    page = browser.new_page(base_url=home)
    page.context.add_cookies([{"name": "desk", "value": desk.token, "url": home}])
    page.goto(f"/desk/people/{first}/merge/")
    is_well(page, "choose")
    assert count(home) == 2

    page.get_by_role("link", name="Ann Example").click()
    expect(page.get_by_text("goes down by exactly one")).to_be_visible()
    expect(page.get_by_text("to ann@post.example alone (at the other: left)")).to_be_visible()
    is_well(page, "preview")
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("They are one person now.")).to_be_visible()
    assert count(home) == 1
    is_well(page, "done")

    page.get_by_role("link", name="Undo the merge").click()
    is_well(page, "undo")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("They are two people again.")).to_be_visible()
    expect(page.get_by_role("link", name="Open the page of Ann Example (ann@post")).to_have_count(1)
    assert count(home) == 2
    page.close()


def test_a_long_address_stays_within_a_phone(browser: Browser, at: tuple[Desk, str]) -> None:
    desk, home = at
    with desk.database.write() as session:
        make_person(session, "oleksandra.verkhovynskahalushka.19911@reader.example")
        session.commit()
    page = browser.new_page(base_url=home)
    page.context.add_cookies([{"name": "desk", "value": desk.token, "url": home}])
    page.goto("/desk/people/")
    is_well(page, "long")
    page.close()
