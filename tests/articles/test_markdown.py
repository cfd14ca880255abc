"""Bodies: what Markdown makes, what the cleaner lets through, how links are resolved."""

import re
from html.parser import HTMLParser

import pytest

from app.articles.markdown import clean, excerpt, for_page, linked_keys, plain_text, to_html
from tests.articles.attacks import ATTACKS

RAW = (
    "<p onclick=alert(1)>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<img src='https://elsewhere.example/a.png' alt='x'>",
    "<img src='//elsewhere.example/a.png' alt='x'>",
    "<img src='/media/../secret' alt='x'>",
    "<td class='number evil' style='color:red'>x</td>",
    "<div class='overlay' tabindex='5'>x</div>",
    "<p id='main'>x</p>",
    "<style>x</style>",
    "<svg><script>alert(1)</script></svg>",
)
KNOWN_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote", "ul"),
    *("ol", "li", "a", "img", "div", "table", "thead", "tbody", "tr", "th", "td"),
}
KNOWN_ATTRIBUTES = {"href", "title", "src", "alt", "start", "class", "tabindex", "rel"}
KNOWN_ADDRESS = re.compile(r"(https?://|mailto:|/|#|article:[a-z0-9-]+$|[^:]*$)")


class Elements(HTMLParser):
    """What a browser would make of HTML: every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def assert_harmless(html: str) -> None:
    for tag, attributes in Elements(html).found:
        assert tag in KNOWN_TAGS
        assert set(attributes) <= KNOWN_ATTRIBUTES
        assert KNOWN_ADDRESS.match(attributes.get("href", "/"))
        assert tag != "img" or attributes["src"].startswith("/media/")


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_in_a_body_survives_writing(attack: str) -> None:
    assert_harmless(to_html(attack))


@pytest.mark.parametrize("attack", [*ATTACKS, *RAW])
def test_rendering_cleans_once_more_whatever_is_stored(attack: str) -> None:
    assert_harmless(for_page(attack, lambda _key: "/a/"))


def test_the_cleaner_keeps_only_classes_of_ours() -> None:
    html = clean(
        "<div class='over' tabindex='5'>x</div><div class='table-scroll' tabindex='0'></div>"
    )

    assert html == '<div>x</div><div class="table-scroll" tabindex="0"></div>'


@pytest.mark.parametrize("text", [*ATTACKS, "# A\n\n| a | b |\n| - | -: |\n| 1 | 2 |\n\n> q"])
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = to_html(text)

    assert clean(once) == once


def test_headings_begin_at_the_second_level() -> None:
    assert to_html("# One\n\n## Two\n\n#### Three") == (
        "<h2>One</h2>\n<h3>Two</h3>\n<h4>Three</h4>\n"
    )


def test_headings_that_begin_at_the_second_level_stay() -> None:
    assert "<h2>One</h2>" in to_html("## One\n\n### Two")


def test_tables_lists_and_quotes_are_kept() -> None:
    html = to_html("| a | b |\n| --- | ---: |\n| x | 1 |\n\n- one\n\n1. two\n\n> three")

    assert '<div class="table-scroll" tabindex="0">' in html
    assert '<td class="number">1</td>' in html
    assert "<ul>" in html
    assert "<ol>" in html
    assert "<blockquote>" in html
    assert "style=" not in html


def test_pictures_come_from_our_own_folder_alone() -> None:
    html = to_html("![here](/media/a.1b2c.webp) ![there](https://elsewhere.example/a.png)")

    assert html.count("<img") == 1
    assert 'src="/media/a.1b2c.webp"' in html


def test_links_to_articles_keep_their_key_until_a_page_is_made() -> None:
    html = to_html("[one](article:grain) and [two](article:orchard), [one](article:grain)")

    assert linked_keys(html) == ["grain", "orchard"]


def test_a_page_resolves_the_links_to_articles() -> None:
    html = to_html("See [*one*](article:grain).")

    assert for_page(html, {"grain": "/2026/11/grain/"}.get) == (
        '<p>See <a href="/2026/11/grain/"><em>one</em></a>.</p>\n'
    )


def test_a_link_to_an_article_that_nobody_can_open_leaves_its_words() -> None:
    assert for_page(to_html("See [one](article:grain)."), lambda _key: None) == "<p>See one.</p>\n"


def test_links_elsewhere_get_no_hold_of_our_page() -> None:
    html = for_page(to_html("[a](https://a.example/?x=1&y=2) [b](/here/)"), lambda _key: None)

    assert '<a rel="noopener" href="https://a.example/?x=1&amp;y=2">a</a>' in html
    assert '<a href="/here/">b</a>' in html


def test_a_link_without_a_scheme_is_a_link_elsewhere_too() -> None:
    assert 'rel="noopener"' in for_page(to_html("[a](//a.example/)"), lambda _key: None)


@pytest.mark.parametrize("length", range(20, 60))
def test_an_excerpt_is_cut_between_two_words(length: int) -> None:
    text = "Grain leaves the port again, in small vessels - and with long waits at anchor."
    cut = excerpt(text, length)

    assert len(cut) <= length
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert not text[len(cut) - 1].isalnum()


def test_a_short_text_is_its_own_excerpt() -> None:
    assert excerpt("Short.", 160) == "Short."


def test_the_words_of_a_body_leave_out_headings_tables_and_markup() -> None:
    html = to_html("## Head\n\nOne *two* &amp; <three>, [four](article:x).\n\n| a |\n| - |\n| b |")

    assert plain_text(html) == "One two & <three>, four."
