"""Lines of the feed, written, changed, withdrawn and put back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.articles import catalogue, feeding, listings
from app.articles.feeding import LineFacts, NoSuchLineError
from app.articles.models import FeedItem
from app.articles.versions import content_version
from app.core.clock import now
from app.core.errors import FieldError
from app.core.seen import ChangedMeanwhileError
from tests.articles.making import make_article, make_newsroom


def facts(session: Session, minutes: int = -1, **texts: str) -> LineFacts:
    said = texts or {"en": "The bridge is open"}
    return LineFacts(said, {}, now(session) + timedelta(minutes=minutes))


def shown(session: Session, language: str = "en") -> list[str]:
    lines = listings.feed(session, language, now(session), 9)
    return [line.headline.get(language, "-") for line in lines]


def test_a_line_stands_in_the_feed_as_soon_as_it_is_sent(session: Session) -> None:
    before = content_version(session)
    line = feeding.add_line(session, facts(session, en="  The bridge \n is open "))

    assert shown(session) == ["The bridge is open"]
    assert line.article_id is None
    assert content_version(session) > before


def test_a_line_of_one_language_is_shown_where_it_can_be_read(session: Session) -> None:
    feeding.add_line(session, facts(session, uk="Міст відкрито"))
    feeding.add_line(session, facts(session, en="The train is late"))

    assert shown(session, "en") == ["The train is late"]
    assert shown(session, "uk") == ["-", "Міст відкрито"]


def test_a_withdrawn_line_is_gone_until_it_is_put_back(session: Session) -> None:
    line = feeding.add_line(session, facts(session))
    feeding.withdraw_line(session, line.id, now(session))
    assert shown(session) == []

    feeding.restore_line(session, line.id)
    assert shown(session) == ["The bridge is open"]


def test_nothing_waits_for_a_line_that_was_withdrawn(session: Session) -> None:
    line = feeding.add_line(session, facts(session, minutes=10))
    assert catalogue.next_appearance(session, now(session)) == line.published_at

    feeding.withdraw_line(session, line.id, now(session))
    assert catalogue.next_appearance(session, now(session)) is None


def test_a_line_that_somebody_else_changed_is_not_overwritten(session: Session) -> None:
    line = feeding.add_line(session, facts(session))
    seen = feeding.line_mark(line)
    feeding.change_line(session, line.id, facts(session, en="Closed again"), seen)

    with pytest.raises(ChangedMeanwhileError):
        feeding.change_line(session, line.id, facts(session, en="Open still"), seen)
    assert shown(session) == ["Closed again"]


@pytest.mark.parametrize(
    ("said", "body", "field"),
    [
        ({}, {}, "headline"),
        ({"en": " "}, {"en": "More."}, "headline"),
        ({"en": "x" * 201}, {}, "headline_en"),
        ({"en": "Open"}, {"uk": "Докладно."}, "headline_uk"),
    ],
)
def test_a_line_that_cannot_be_taken_says_where(
    session: Session, said: dict[str, str], body: dict[str, str], field: str
) -> None:
    with pytest.raises(FieldError) as refused:
        feeding.add_line(session, LineFacts(said, body, now(session)))

    assert refused.value.field == field
    assert session.query(FeedItem).count() == 0


def test_a_line_leads_to_an_article_that_is_there(session: Session) -> None:
    make_newsroom(session)
    article = make_article(session)
    line = feeding.add_line(session, replace(facts(session), article_id=article.id))
    assert line.article_id == article.id

    with pytest.raises(FieldError, match="not there"):
        feeding.add_line(session, replace(facts(session), article_id=article.id + 1))


def test_a_line_that_is_not_there_is_not_changed(session: Session) -> None:
    with pytest.raises(NoSuchLineError):
        feeding.withdraw_line(session, 7, now(session))
