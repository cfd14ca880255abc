"""The demo newsroom as a reader finds it: no link leads nowhere, and pages stay small."""

import gzip
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.articles.models import Article, Edition
from app.site.presenting import HERE
from tests.site.making import Page, Reader

KILOBYTE = 1024
WIDE_LINE = 640


def addresses(html: str) -> set[str]:
    """Return every address of ours that a page names, without its fragment."""
    page = Page(html)
    named = page.links()
    named |= {
        one["src"] for tag in ("img", "script", "audio") for one in page.all(tag) if "src" in one
    }
    named |= {one["href"] for one in page.all("link") if "href" in one}
    for image in page.all("img"):
        named |= {part.split()[0] for part in image.get("srcset", "").split(",") if part.strip()}
    inside = {one.removeprefix("http://localhost") for one in named}
    return {one.partition("#")[0] for one in inside if one.startswith("/")}


def crawl(reader: Reader, first: Iterable[str]) -> dict[str, int]:
    """Open everything that can be reached; return the status of each address."""
    seen: dict[str, int] = {}
    waiting = list(first)
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        response = reader.client.get(address, buffered=True)
        seen[address] = response.status_code
        assert "Set-Cookie" not in response.headers
        if response.mimetype == "text/html" and response.status_code == 200:
            assert HERE not in response.text
            waiting += addresses(response.text)
    return seen


def test_no_link_leads_nowhere(demo: Reader) -> None:
    seen = crawl(demo, ["/", "/uk/", "/feed.xml", "/sitemap.xml", "/robots.txt"])

    assert len(seen) > 150
    elsewhere = {address: status for address, status in seen.items() if status != 200}
    assert elsewhere == {"/account/": 303, "/uk/account/": 303}


def test_every_form_leads_somewhere(demo: Reader) -> None:
    for path in ("/", "/uk/", "/newsletters/", "/join/", path_of(demo, "grain-ship", "en")):
        for form in Page(demo.text(path)).all("form"):
            response = demo.client.post(form["action"], data={"email": ""})
            assert response.status_code == 422


def path_of(reader: Reader, key: str, language: str) -> str:
    with reader.database.read() as session:
        edition = session.scalars(
            select(Edition)
            .join(Article, Article.id == Edition.article_id)
            .where(Article.key == key, Edition.language == language)
        ).one()
    return reader.path_of(edition)


def test_everything_is_in_its_language(demo: Reader) -> None:
    html = demo.text(path_of(demo, "orchard-frost", "uk"))

    assert "18\N{NO-BREAK SPACE}412" in html
    assert "20\N{NO-BREAK SPACE}000" in html
    assert "10\N{NO-BREAK SPACE}€" in html
    assert "Будь-ласка" not in html


def test_the_narrated_article_has_its_player(demo: Reader) -> None:
    (player,) = Page(demo.text(path_of(demo, "orchard-frost", "en"))).all("audio")

    assert demo.get(player["src"]).mimetype == "audio/mpeg"
    assert Page(demo.text(path_of(demo, "orchard-frost", "uk"))).all("audio") == []


def first_look(reader: Reader, html: str) -> dict[str, int]:
    """Return what a browser fetches for an article, with the size of each answer.

    The page and its style and script travel in gzip. Of the pictures the largest there is stands
    for the hero; those that are loaded later come on top. Fonts that the page may need for a word
    in the other script are counted.
    """
    page = Page(html)
    sheet = page.all("link", rel="stylesheet")[0]["href"]
    scripts = [one["src"] for one in page.all("script") if "src" in one]
    fonts = [one["href"] for one in page.all("link", rel="preload")]
    css = reader.get(sheet).text
    scripts_of_css = set(re.findall(r"/static/fonts/[\w.-]+\.woff2", css))
    foreign = {font for font in scripts_of_css if "sans-3" in font and "italic" not in font}
    hero = page.all("img", fetchpriority="high")[0]["src"]
    icon = page.all("link", rel="icon")[0]["href"]
    plain = {path: len(reader.get(path).data) for path in {hero, icon, *fonts, *foreign}}
    packed = {path: len(gzip.compress(reader.get(path).data)) for path in [sheet, *scripts]}
    return {"page": len(gzip.compress(html.encode())), **plain, **packed}


@pytest.mark.parametrize(("language", "most"), [("en", 200), ("uk", 230)])
def test_an_article_is_within_its_budget(demo: Reader, language: str, most: int) -> None:
    with demo.database.read() as session:
        keys = session.scalars(
            select(Article.key)
            .join(Edition, Edition.article_id == Article.id)
            .where(Edition.language == language)
        ).all()
    for key in keys:
        html = demo.text(path_of(demo, key, language))
        fetched = first_look(demo, html)
        later = len(Page(html).all("img", loading="lazy"))

        assert sum(fetched.values()) <= most * KILOBYTE, (key, fetched)
        assert len(fetched) + later <= 12, (key, fetched)
        assert fetched["page"] <= 20 * KILOBYTE


def test_style_and_script_are_within_their_budget(demo: Reader) -> None:
    html = demo.text(path_of(demo, "grid-transformer", "en"))
    sheet = Page(html).all("link", rel="stylesheet")[0]["href"]
    scripts = [one["src"] for one in Page(html).all("script") if "src" in one]

    assert len(gzip.compress(demo.get(sheet).data)) <= 10 * KILOBYTE
    assert sum(len(demo.get(one).data) for one in scripts) <= 8 * KILOBYTE


def test_nothing_comes_from_anybody_else(demo: Reader) -> None:
    page = Page(demo.text(path_of(demo, "grain-ship", "en")))
    fetched = [
        one.get("src", "") for tag in ("img", "script", "audio", "iframe") for one in page.all(tag)
    ]
    fetched += [
        one["href"] for one in page.all("link") if one.get("rel") in {"stylesheet", "preload"}
    ]

    assert {urlsplit(one).netloc for one in fetched} == {""}


def test_the_page_of_counting_shows_the_number_that_programs_get(demo: Reader) -> None:
    page = demo.client.get("/goal/").get_data(as_text=True)

    assert f"{demo.client.get('/goal.json').get_json()['members']:,}" in page
    assert 'href="/goal.json"' in page


def test_the_call_to_join_leads_to_how_we_count(demo: Reader) -> None:
    page = demo.client.get(path_of(demo, "grid-transformer", "en")).get_data(as_text=True)

    assert 'href="/goal/"' in page
