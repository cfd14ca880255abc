"""The feed at the desk: sent, changed, withdrawn, put back, found."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.articles import feeding
from app.articles.feeding import LineFacts
from app.articles.models import FeedItem
from app.core.clock import now
from app.core.database import Database
from app.people.audit import AuditEntry
from tests.articles.making import make_edition, make_newsroom
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of

FEED, NEW = "/desk/feed/", "/desk/feed/new/"


def lines(database: Database) -> list[FeedItem]:
    with database.read() as session:
        return list(session.scalars(select(FeedItem).order_by(FeedItem.id)))


def deeds(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def make_line(at: Desk, headline: str = "The bridge is open", minutes: int = -5) -> int:
    with at.database.write() as session:
        moment = now(session) + timedelta(minutes=minutes)
        line = feeding.add_line(session, LineFacts({"en": headline}, {}, moment))
        session.commit()
        return line.id


def test_a_line_is_sent_with_nothing_but_its_headline(desk: SitDown) -> None:
    at = desk("editor")
    assert "autofocus" in at.get(NEW).text.partition('name="headline_en"')[2][:300]

    answer = at.post(NEW, headline_en="The bridge is open")
    assert (answer.status_code, answer.location) == (303, FEED)
    assert "The bridge is open" in words_of(at.client.get("/news/"))
    (deed,) = deeds(at.database)
    assert (deed.what, deed.after["headline"]) == ("feed.added", ["en"])
    assert "bridge" not in str(deed.after)


def test_a_line_without_words_is_refused_with_what_was_typed(desk: SitDown) -> None:
    at = desk("editor")
    page = at.post(NEW, headline_en=" ", when="at", at="2027-03-28T03:30", body_uk="Докладно")

    assert page.status_code == 422
    assert "03:30 does not exist" in words_of(page)
    assert 'value="2027-03-28T03:30"' in page.text
    assert "Докладно" in page.text
    assert lines(at.database) == []


def test_a_time_that_comes_twice_is_asked_for_and_taken(desk: SitDown) -> None:
    at = desk("editor")
    fields = {"headline_en": "Clocks", "when": "at", "at": "2027-10-31T03:30"}
    page = at.post(NEW, **fields)
    assert page.status_code == 422
    assert 'name="at_which" value="second"' in page.text

    at.post(NEW, **fields, at_which="second")
    assert lines(at.database)[0].published_at.isoformat() == "2027-10-31T01:30:00+00:00"


def test_an_article_is_found_before_the_line_is_sent(desk: SitDown) -> None:
    at = desk("editor")
    with at.database.write() as session:
        make_newsroom(session)
        article = make_edition(session, "grain").article_id
        session.commit()
    page = at.post(NEW, headline_en="Grain leaves", find="GRAIN")
    assert f'value="{article}"' in page.text
    assert 'value="Grain leaves"' in page.text
    assert lines(at.database) == []

    at.post(NEW, headline_en="Grain leaves", find="GRAIN", found_for="GRAIN", article=article)
    assert lines(at.database)[0].article_id == article
    assert "Grain in en" in at.get(f"{FEED}articles/?find=grain").text


def test_a_line_is_withdrawn_and_the_notice_puts_it_back(desk: SitDown) -> None:
    at = desk("editor")
    line = make_line(at)
    at.post(f"{FEED}{line}/withdraw/")
    page = at.get(FEED)
    assert f'action="{FEED}{line}/restore/"' in page.text
    assert "The bridge" not in words_of(at.client.get("/news/"))

    at.post(f"{FEED}{line}/restore/")
    assert lines(at.database)[0].withdrawn_at is None
    assert [one.what for one in deeds(at.database)] == ["feed.withdrawn", "feed.restored"]


def test_two_editors_do_not_overwrite_each_other(desk: SitDown) -> None:
    at = desk("editor")
    line = make_line(at)
    seen = feeding.line_mark(lines(at.database)[0])
    at.post(f"{FEED}{line}/", headline_en="Theirs", when="now", seen=seen)
    page = at.post(f"{FEED}{line}/", headline_en="Mine", when="now", seen=seen)

    assert page.status_code == 409
    assert "Theirs" in words_of(page)
    assert 'value="Mine"' in page.text
    assert lines(at.database)[0].headline == {"en": "Theirs"}


def test_the_feed_is_searched_and_narrowed(desk: SitDown) -> None:
    at = desk("admin")
    make_line(at, "Grain leaves")
    make_line(at, "Tomorrow", minutes=60)

    assert "Tomorrow" not in words_of(at.get(f"{FEED}?q=grain"))
    assert "Grain" not in words_of(at.get(f"{FEED}?state=waiting"))
    assert "Tomorrow" in at.get(f"{FEED}?as=csv").text


@pytest.mark.parametrize("path", [FEED, NEW, f"{FEED}1/"])
def test_the_feed_is_the_editors(desk: SitDown, path: str) -> None:
    assert desk("membership").get(path).status_code == 403


def test_a_line_that_is_not_there_is_not_found(desk: SitDown) -> None:
    at = desk("editor")

    assert at.get(f"{FEED}7/").status_code == 404
    assert at.post(f"{FEED}7/withdraw/").status_code == 404
    assert at.post(f"{FEED}7/", headline_en="x").status_code == 404
