"""The rehearsed checkout in a real browser: its way there and back, and by machine's eyes."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from app.sandbox.stripe.serving import StandIn, serve
from tests.e2e.browser import scrolls_sideways, violations
from tests.ports import free_port
from tests.sandbox.stripe.visiting import ask, member, open_checkout, portal_of
from tests.waiting import until

POLICY = "Content Security Policy"
WAYS: list[tuple[str, Literal["light", "dark"]]] = [
    ("wide", "light"),
    ("wide", "dark"),
    ("narrow", "light"),
    ("narrow", "dark"),
]
WIDTHS = {"wide": 1280, "narrow": 320}
SECRET = "whsec_of_the_test"


class Newsroom(BaseHTTPRequestHandler):
    """A site that thanks whoever comes, and notes what Stripe tells it."""

    told: list[dict[str, Any]]

    def do_GET(self) -> None:
        self._answer(b"<!doctype html><html lang=en><title>Thanks</title><h1>Thank you</h1>")

    def do_POST(self) -> None:
        self.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a newsroom."""
    Newsroom.told = []
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Newsroom)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def stand_in(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The stand-in of that newsroom."""
    started = serve(tmp_path_factory.mktemp("stripe"), free_port(), site, SECRET)
    yield started
    started.shutdown()


OpenTab = Callable[..., Page]


@pytest.fixture
def tab(browser: Browser, site: str) -> Iterator[OpenTab]:
    """Return a function that opens a tab; whatever goes wrong in it fails the test."""
    contexts, wrong = [], []

    def open_tab(width: str = "wide", theme: Literal["light", "dark"] = "light") -> Page:
        context = browser.new_context(
            viewport={"width": WIDTHS[width], "height": 900}, color_scheme=theme,
            java_script_enabled=False,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: wrong.append(line.text) if POLICY in line.text else None)
        page.on("request", lambda asked: wrong.append(asked.url) if foreign(asked.url) else None)
        return page

    yield open_tab
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert wrong == []


def foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "http://localhost:", "data:"))


def fill(page: Page, card: str) -> None:
    page.get_by_label("Email address").fill("olena@example.org")
    page.get_by_label("Name on the card").fill("Olena Test")
    page.get_by_label(card).check()
    page.get_by_role("button", name="Pay €5 a month").click()


def test_a_reader_pays_without_script_and_comes_back(
    stand_in: StandIn, site: str, tab: OpenTab
) -> None:
    session = open_checkout(stand_in.world, site=site)
    page = tab()

    page.goto(session["url"])
    fill(page, "4242 4242 4242 4242")

    expect(page).to_have_url(f"{site}/join/thanks/?session={session['id']}")
    until(lambda: session["id"] in told("v1.checkout.session.completed"))
    page.goto(session["url"])
    page.get_by_role("link", name="On to the newsroom").click()
    expect(page.get_by_role("heading")).to_have_text("Thank you")


def told(kind: str) -> list[str]:
    """Return the ids of the objects that the newsroom was told about."""
    return [one["related_object"]["id"] for one in Newsroom.told if one["type"] == kind]


def test_a_declined_card_and_a_bank_that_asks_lead_to_a_payment_in_the_end(
    stand_in: StandIn, site: str, tab: OpenTab
) -> None:
    session = open_checkout(stand_in.world, site=site)
    page = tab("narrow")

    page.goto(session["url"])
    fill(page, "4000 0000 0000 9995")
    expect(page.get_by_role("alert")).to_contain_text("declined and nothing was paid")
    fill(page, "4000 0025 0000 3155")
    page.get_by_role("button", name="The bank refuses").click()
    expect(page.get_by_role("alert")).to_contain_text("The bank refused")
    fill(page, "4000 0025 0000 3155")
    page.get_by_role("button", name="The bank agrees").click()

    expect(page).to_have_url(f"{site}/join/thanks/?session={session['id']}")


def test_a_reader_goes_back_without_paying(stand_in: StandIn, site: str, tab: OpenTab) -> None:
    page = tab()
    page.goto(open_checkout(stand_in.world, site=site)["url"])

    page.get_by_role("button", name="Go back without paying").click()

    expect(page).to_have_url(f"{site}/join/")


def test_a_payment_is_given_back_by_hand_and_the_log_says_who_heard(
    stand_in: StandIn, tab: OpenTab
) -> None:
    payment = payment_of(stand_in, member(stand_in.world))
    page = tab()
    page.goto(stand_in.address)

    page.get_by_role("button", name=f"Refund {payment}").click()

    expect(page.get_by_role("status")).to_have_text("The refund was made.")
    expect(page.locator(f"#{payment}")).to_contain_text("€5 given back")
    (refund,) = [
        one["id"] for one in stand_in.world.all("refund") if one["payment_intent"] == payment
    ]
    until(lambda: refund in told("v1.refund.created"))
    page.goto(stand_in.address)
    expect(page.get_by_role("row", name="refund.created").first).to_contain_text("200")


def payment_of(stand_in: StandIn, session: dict[str, Any]) -> str:
    """Return the payment of a member's first invoice."""
    path = f"/v1/invoices/{session['invoice']}"
    invoice = ask(stand_in.world, "GET", path, expand=["payments"])
    return str(invoice["payments"]["data"][0]["payment"]["payment_intent"])


@pytest.mark.parametrize(("width", "theme"), WAYS)
def test_every_page_is_clean(
    stand_in: StandIn, browser: Browser, site: str, width: str, theme: Literal["light", "dark"]
) -> None:
    found = {}
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, color_scheme=theme
    )
    page = context.new_page()
    for name, path in paths(stand_in, site).items():
        page.goto(stand_in.address + path)
        found[name] = [*violations(page), *(["scrolls"] if scrolls_sideways(page) else [])]
    page.goto(open_checkout(stand_in.world, site=site)["url"])
    page.get_by_label("Another number").fill("12")
    with page.expect_navigation():
        page.get_by_role("button", name="Pay €5 a month").click()
    found["errors"] = violations(page)
    fill(page, "4000 0025 0000 3155")
    page.get_by_label("Another number").fill("")
    page.get_by_role("button", name="Pay €5 a month").click()
    expect(page.get_by_role("button", name="The bank agrees")).to_be_visible()
    found["bank"] = violations(page)
    context.close()

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def paths(stand_in: StandIn, site: str) -> dict[str, str]:
    """Return the path of each page that can be opened, with something on it."""
    world = stand_in.world
    paid = member(world)
    disputed, warned = (payment_of(stand_in, member(world)) for _ in range(2))
    world.dispute(disputed)
    world.warn(warned)
    world.refund(warned, 100)
    return {
        "checkout": f"/pay/{open_checkout(world, site=site)['id']}",
        "gift": f"/pay/{open_checkout(world, '', site=site)['id']}",
        "paid": f"/pay/{paid['id']}",
        "portal": portal_of(world, paid["customer"]) + "?card=taken",
        "control": "/?said=refunded",
        "no": "/?said=no-amount",
        "not found": "/pay/cs_test_none",
    }
