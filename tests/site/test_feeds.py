"""What machines fetch, read back by a parser."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from app.articles import service
from app.core.clock import now
from tests.articles.making import make_draft, make_edition
from tests.site.making import Reader

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def parsed(reader: Reader, path: str) -> ET.Element:
    return ET.fromstring(reader.text(path))  # noqa: S314 - our own answer


def test_the_feed_holds_the_newest_articles_whole(reader: Reader) -> None:
    headline = "Grain & <ships>"
    with reader.database.write() as session:
        edition = make_edition(session, headline=headline)
        session.commit()
    feed = parsed(reader, "/feed.xml")
    (entry,) = feed.findall(f"{ATOM}entry")
    (link,) = entry.findall(f"{ATOM}link")

    assert entry.findtext(f"{ATOM}title") == headline
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ada"
    assert entry.findtext(f"{ATOM}summary") == "What it is about."
    assert link.get("href") == f"http://localhost{reader.path_of(edition)}"


def test_an_entry_keeps_its_id_when_its_slug_changes(reader: Reader) -> None:
    with reader.database.write() as session:
        edition = make_edition(session)
        session.commit()
    before = parsed(reader, "/feed.xml").findtext(f"{ATOM}entry/{ATOM}id")
    with reader.database.write() as session:
        service.change_slug(session, session.merge(edition), "new")
        session.commit()

    assert before is not None
    assert parsed(reader, "/feed.xml").findtext(f"{ATOM}entry/{ATOM}id") == before


@pytest.mark.parametrize(("path", "number"), [("/feed.xml", 1), ("/economy/feed.xml", 1)])
def test_each_language_has_its_feed(reader: Reader, path: str, number: int) -> None:
    with reader.database.write() as session:
        make_edition(session)
        session.commit()

    assert len(parsed(reader, path).findall(f"{ATOM}entry")) == number
    assert parsed(reader, f"/uk{path}").findall(f"{ATOM}entry") == []


def test_a_section_without_articles_has_a_valid_feed(reader: Reader) -> None:
    feed = parsed(reader, "/culture/feed.xml")

    assert feed.findtext(f"{ATOM}title") == "Culture"
    assert feed.findtext(f"{ATOM}updated")


def test_no_feed_for_a_section_that_is_not_there(reader: Reader) -> None:
    assert reader.get("/nothing/feed.xml").status_code == 404


def test_every_address_of_the_sitemap_opens(reader: Reader) -> None:
    with reader.database.write() as session:
        make_edition(session)
        make_edition(session, language="uk")
        make_draft(session, "draft")
        session.commit()
    places = [one.text or "" for one in parsed(reader, "/sitemap.xml").iter(f"{MAP}loc")]

    assert len(places) == len(set(places))
    assert not [one for one in places if "draft" in one]
    assert {"http://localhost/goal/", "http://localhost/uk/supporters/"} <= set(places)
    for place in places:
        assert reader.get(place.removeprefix("http://localhost")).status_code == 200


def test_the_sitemap_names_translations(reader: Reader) -> None:
    with reader.database.write() as session:
        make_edition(session)
        make_edition(session, language="uk")
        session.commit()
    named = parsed(reader, "/sitemap.xml").iter("{http://www.w3.org/1999/xhtml}link")

    assert sorted(one.get("hreflang", "") for one in named) == ["en", "en", "uk", "uk"]


def test_the_news_sitemap_covers_two_days(reader: Reader) -> None:
    with reader.database.write() as session:
        make_edition(session, "new", at=now(session) - timedelta(hours=47, minutes=59))
        make_edition(session, "old", at=now(session) - timedelta(hours=48, minutes=1))
        session.commit()
    titles = [one.text for one in parsed(reader, "/news-sitemap.xml").iter(f"{NEWS}title")]

    assert titles == ["New in en"]


def test_what_leaves_the_news_sitemap_leaves_the_kept_page_too(reader: Reader) -> None:
    with reader.database.write() as session:
        make_edition(session, "new", at=now(session) - timedelta(hours=47))
        session.commit()
    reader.get("/news-sitemap.xml")
    page = reader.site.pages.any("/news-sitemap.xml")
    present = reader.site.watch.present()

    assert page is not None
    assert 0 < page.until - present.ticked <= 3600


def test_robots_are_shown_the_sitemaps(reader: Reader) -> None:
    text = reader.text("/robots.txt")

    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "Sitemap: http://localhost/news-sitemap.xml" in text
