"""Every page of the desk by machine's eyes: wide in the light, narrow in the dark."""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, Page, ViewportSize
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.newsletters.webhooks import webhooks
from app.newsletters.webhooks.webhooks import EndpointFacts
from app.people import notes, tokens
from app.people.models import Person
from app.people.staff_models import ADMIN, Staff
from tests.conftest import make_settings
from tests.desk.house.test_attention_page import alarm, park
from tests.desk.making import make_staff
from tests.e2e.browser import scrolls_sideways, violations
from tests.e2e.conftest import NewPage
from tests.e2e.desk_pages import seat
from tests.newsroom import Newsroom

WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=740)
TAKEN_ALONG = re.compile(r"[?&]as=csv|\.csv|/file$")

ELSEWHERE = {
    # Before anybody has signed in, or once they have proved anew: test_desk_sign_in.
    *(f"desk_sign_in.{one}" for one in ("form", "sent", "show", "left")),
    *(f"desk_set_up.{one}" for one in ("show", "form", "app_form")),
    *("desk_second.form", "desk_prove.form", "desk_rehearsal.show"),
    *("desk_you.ask_passkey", "desk_you.ask_app", "desk_sessions.ask_others"),
    *("desk_team_changing.ask_again", "desk_team_changing.ask_role"),
    # After money moved, a note was taken, two were merged: test_desk_people, test_merging_browser.
    *("desk_people_money.refund", "desk_people_money.ask_order", "desk_people_details.lift"),
    *("desk_people_notes.show", "desk_people_giving.ask_end", "desk_people_data.ask_erase"),
    *(f"desk_merging.{one}" for one in ("look", "done", "ask_undo")),
    # While somebody writes, and after: test_desk_writing.
    *(f"desk_articles.{one}" for one in ("ask_to_bring_back", "ask_to_revoke", "revision")),
    *("desk_articles.ask_to_take_over", "desk_articles.ask_to_discard"),
    # As a file is brought in or prepared: test_desk_lists.
    *("desk_imports.rows", "desk_imports.not_taken", "desk_import_acts.vouching"),
    *("desk_import_acts.undoing", "desk_member_imports.undoing"),
    *("desk_member_imports.not_taken", "desk_member_imports.applying"),
    *("desk_exports.show", "desk_exports.deleting", "desk_exports.confirming"),
    # Readers' own pages, and parts of pages.
    *("previews.own", "desk_look.sheet", "desk_list_places.mail", "desk_feed.articles"),
    *("desk_sayings.preview", "desk_tiers.preview", "desk_picks.preview"),
    # Files.
    *("desk_exports.download", "desk_imports.not_taken_file"),
}
"""Pages that a walk from link to link does not come to, and where they are looked at."""


ALSO = tuple(
    f"/desk/morning/{rows}"
    for rows in (
        "due/monthly/?week=late",
        "value/EUR/", "gifts/EUR/", "received/EUR/?week=2026-11-23", "brought/page/",
        "joins/page/?name=/",
    )
)  # fmt: skip
"""Pages that are linked to once money has come, or a page has brought somebody."""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MapAdapter]:
    """What each address of the application leads to."""
    folder = tmp_path_factory.mktemp("addresses")
    settings = make_settings(f"sqlite:///{folder}/none.sqlite3", folder, LOG_LEVEL="error")
    database = Database(settings.database_url)
    yield compose(settings, database).url_map.bind("localhost")
    database.dispose()


@pytest.fixture(scope="module")
def token(newsroom: Newsroom) -> str:
    """Let there be something on every page that shows rows; sign the administrator in.

    Returns:
        What their browser's cookie holds.
    """
    database = Database(f"sqlite:///{newsroom.clone}/instance/unwalled.sqlite3")
    make_staff(database, "editor")
    park(database)
    alarm(database)
    settings = make_settings(str(database.engine.url), newsroom.clone)
    with database.write() as session:
        moment = now(session)
        first = select(Staff.id).where(Staff.role == ADMIN).order_by(Staff.id).limit(1)
        staff = session.scalars(first).one()
        person = session.scalars(select(Person.id)).first()
        notes.add(session, person or 0, staff, "Wrote to us.", moment)
        tokens.create(session, "archive", ("lists",), moment, None)
        facts = EndpointFacts("crm", "https://crm.example/hear", ("confirmed",), ())
        webhooks.queue_test(session, webhooks.add(session, settings, facts, moment), moment)
        session.commit()
    mark = seat(database, staff)
    database.dispose()
    return mark


@pytest.fixture
def page(new_page: NewPage, newsroom: Newsroom, token: str) -> Iterator[Page]:
    """A window in which the administrator has sat down."""
    opened = new_page(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
    opened.context.add_cookies([{"name": "desk", "value": token, "url": newsroom.url}])
    yield opened
    opened.context.clear_cookies()


def endpoint(addresses: MapAdapter, path: str) -> str:
    """Return the name of what an address leads to, or an empty text."""
    try:
        return str(addresses.match(urlsplit(path).path)[0])
    except HTTPException:
        return ""


def desk_rules(addresses: MapAdapter) -> list[Rule]:
    """Return the routes of the desk that show something, in English."""
    return [
        rule
        for rule in addresses.map.iter_rules()
        if rule.rule.startswith("/desk/") and "GET" in (rule.methods or ())
    ]


def plain_ways(addresses: MapAdapter) -> list[str]:
    """Return the pages that need nothing to be named."""
    rules = [rule for rule in desk_rules(addresses) if "<" not in rule.rule]
    return [rule.rule for rule in rules if rule.endpoint not in ELSEWHERE]


def ways_from(page: Page) -> list[str]:
    """Return the pages of the desk that a page links to."""
    found: list[str] = page.eval_on_selector_all(
        "a[href]", "all => all.map(a => a.getAttribute('href'))"
    )
    return [way for way in found if way.startswith("/desk/") and not TAKEN_ALONG.search(way)]


def looks_wrong(page: Page, *, narrow: bool) -> list[str]:
    """Return what axe finds, wide in the light or narrow in the dark, and a page too wide."""
    page.set_viewport_size(NARROW if narrow else WIDE)
    page.emulate_media(color_scheme="dark" if narrow else "light", reduced_motion="reduce")
    return [*violations(page), *(["scrolls sideways"] if scrolls_sideways(page) else [])]


def bring_a_file(page: Page, kind: str, text: str) -> None:
    page.goto(f"/desk/imports/{kind}new/")
    given = FilePayload(name="people.csv", mimeType="text/csv", buffer=text.encode())
    page.locator("input[type=file]").set_input_files(given)
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_url(re.compile(r"/desk/imports/(members/)?\d+/"))


@pytest.mark.timeout(600)
def test_every_page_of_the_desk_is_accessible_and_fits(page: Page, addresses: MapAdapter) -> None:
    ways = deque([*plain_ways(addresses), *ALSO])
    bring_a_file(page, "", "email,list\nann@example.com,first-crossing\nnot an address,x\n")
    ways.append(page.url)
    bring_a_file(page, "members/", "email,name,source,source_ref,starts_at\nx,,,,\n")
    ways.append(page.url)
    wrong: dict[str, list[str]] = {}
    while ways:
        way = ways.popleft()
        name = endpoint(addresses, way)
        if not name or name in wrong:
            continue
        answer = page.goto(way)
        ways.extend(ways_from(page))
        broken = [] if answer is not None and answer.ok else [f"{way} is not answered"]
        found = [one for narrow in (False, True) for one in looks_wrong(page, narrow=narrow)]
        wrong[name] = [*broken, *found]

    pages = {rule.endpoint for rule in desk_rules(addresses)}
    assert {name: found for name, found in wrong.items() if found} == {}
    assert sorted(pages - wrong.keys() - ELSEWHERE) == []
    assert sorted(ELSEWHERE - pages) == []
