"""Every page by machine's eyes: axe, width, order, print, budget of requests."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import scrolls_sideways, violations
from tests.e2e.conftest import NewPage

NARRATED = "orchard-frost"
TRANSLATED = "grid-transformer"
NO_ASK = "prosthetics-workshop"

PATHS = {
    "home": "/",
    "article": TRANSLATED,
    "narrated": NARRATED,
    "no ask": NO_ASK,
    "section": "/rebuilding/",
    "author": "/author/daryna-kolodrub/",
    "news": "/news/",
    "newsletters": "/newsletters/",
    "newsletter": "/newsletters/first-crossing/",
    "join": "/join/",
    "gift code": "/join/gift/",
    "given": "/join/given/",
    "sign in": "/account/sign-in/",
    "supporters": "/supporters/",
    "goal": "/goal/",
    "api": "/api/",
    "wrong link": "/newsletters/confirm/abc",
    "not found": "/no-such-page/",
}
UKRAINIAN = {
    "home",
    "article",
    "section",
    "author",
    "news",
    "newsletters",
    "join",
    "gift code",
    "given",
    "sign in",
    "supporters",
    "goal",
    "not found",
}
WIDTHS = {"wide": 1280, "narrow": 320}

# Pairwise in every run: each page meets each width, theme and language with each other's values.
PAIRS = [
    ("wide", "light", "en"),
    ("narrow", "dark", "en"),
    ("wide", "dark", "uk"),
    ("narrow", "light", "uk"),
    ("wide", "dark", "rtl"),
    ("narrow", "light", "rtl"),
]


def visit(page: Page, name: str, language: str = "en") -> None:
    """Open a page by its name; an article is found by its link on the front page."""
    prefix = "/uk" if language == "uk" else ""
    path = PATHS[name]
    if path.startswith("/"):
        page.goto(prefix + path)
        return
    page.goto(find_article(page, path))
    if language == "uk":
        page.goto(page.locator("link[hreflang=uk]").get_attribute("href") or "")


def find_article(page: Page, slug: str) -> str:
    """Return the address of an article, from the map of the site."""
    site_map = page.request.get("/sitemap.xml").text()
    found = re.search(rf"http://[^<]*?(/\d+/\d+/{slug}/)", site_map)
    assert found is not None, f"{slug} is not in the map of the site"
    return found.group(1)


def looked_at(new_page: NewPage, name: str, width: str, theme: str, language: str) -> Page:
    page = new_page(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=theme)
    visit(page, name, language)
    if language == "rtl":
        page.evaluate("document.documentElement.dir = 'rtl'")
    return page


def assert_sound(page: Page) -> None:
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert page.get_by_role("heading", level=1).count() == 1


@pytest.mark.parametrize(("width", "theme", "language"), PAIRS)
@pytest.mark.parametrize("name", PATHS)
def test_a_page_is_accessible_and_fits(
    new_page: NewPage, name: str, width: str, theme: str, language: str
) -> None:
    if language == "uk" and name not in UKRAINIAN:
        language = "en"

    assert_sound(looked_at(new_page, name, width, theme, language))


@pytest.mark.soak
@pytest.mark.parametrize("language", ["en", "uk", "rtl"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1600])
@pytest.mark.parametrize("name", PATHS)
def test_a_page_is_accessible_and_fits_in_every_way(
    new_page: NewPage, name: str, width: int, theme: str, language: str
) -> None:
    if language == "uk" and name not in UKRAINIAN:
        language = "en"
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    visit(page, name, language)
    if language == "rtl":
        page.evaluate("document.documentElement.dir = 'rtl'")

    assert_sound(page)


def test_the_parts_of_an_article_come_in_their_order(page: Page) -> None:
    visit(page, "article")
    order = page.evaluate(
        """() => {
          const parts = ['a.skip', '.strip', '.masthead', 'h1', '.dek', '.by', '.times',
            '.story-body figure', '.prose', '.related', '.ask', '.feed', '.picks', '.letters',
            'body > footer'];
          const found = parts.map(one => document.querySelector(one));
          const missing = parts.filter((_, at) => !found[at]);
          if (missing.length) return missing;
          return found.every((one, at) => !at ||
            found[at - 1].compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
        }"""
    )

    assert order is True


def test_the_first_tab_is_the_way_past_the_masthead(page: Page) -> None:
    visit(page, "article")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("href", "#main")
    page.keyboard.press("Enter")

    assert page.url.endswith("#main")


def test_focus_goes_the_way_of_the_document(page: Page) -> None:
    visit(page, "article")
    went_back = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll('a[href], button, input, audio')];
          return all.filter(one => one.tabIndex > 0).length;
        }"""
    )

    assert went_back == 0


def test_print_leaves_the_story_and_takes_the_rest(page: Page) -> None:
    visit(page, "article")
    page.emulate_media(media="print")

    expect(page.locator(".prose")).to_be_visible()
    for part in (".strip", ".ask", ".feed", ".picks", ".letters", "form"):
        for one in page.locator(part).all():
            expect(one).to_be_hidden()


def test_the_narrated_article_has_a_player_and_says_what_reads(page: Page) -> None:
    visit(page, "narrated")

    expect(page.locator("audio")).to_be_visible()
    expect(page.get_by_text("made with AI")).to_be_visible()
    visit(page, "article")
    assert page.locator("audio").count() == 0


def test_the_narration_can_be_heard(page: Page) -> None:
    visit(page, "narrated")
    answer = page.request.get(page.locator("audio").get_attribute("src") or "")

    assert answer.ok
    assert answer.headers["content-type"] == "audio/mpeg"


def test_an_article_without_an_ask_has_none(page: Page) -> None:
    visit(page, "no ask")

    assert page.locator(".ask").count() == 0


def test_an_article_asks_for_twelve_things_at_most(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    visit(page, "home")
    address = find_article(page, TRANSLATED)
    asked: list[str] = []
    fresh = new_page(viewport={"width": 1280, "height": 900})
    fresh.on("request", lambda request: asked.append(request.url))
    fresh.goto(address)
    fresh.wait_for_load_state("networkidle")

    assert 1 < len(asked) <= 12, asked


def test_nothing_jumps_while_a_page_loads(page: Page) -> None:
    visit(page, "article")
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise(done => {
          let sum = 0;
          new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
            .observe({type: 'layout-shift', buffered: true});
          setTimeout(() => done(sum), 300);
        })"""
    )

    assert shift < 0.1


def test_on_a_phone_everything_that_is_pressed_is_large_enough(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit(page, "article")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input, .ask a, .masthead a')]
          .filter(one => one.offsetParent && !one.closest('.hp'))
          .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
          .filter(([_, box]) => box.height < 44 && box.width > 0)
          .map(([text, box]) => `${text} ${box.height}`)"""
    )

    assert small == []
