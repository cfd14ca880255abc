"""New articles, editions in another language, and what is true of both."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.articles import beginning, facts
from app.articles.beginning import NewArticle
from app.articles.facts import StaleFactsError
from app.articles.models import Article
from app.articles.service import UnknownReferenceError
from app.core.errors import FieldError
from tests.articles.editing import Newsroom

NEW = NewArticle("Порт: день перший", "uk", "economy", ("ada",))


@pytest.fixture
def room(session: Session) -> Newsroom:
    return Newsroom(session)


def article_of(room: Newsroom) -> Article:
    return room.session.get_one(Article, room.edition.article_id)


def test_an_article_begins_with_a_headline_and_an_address_made_from_it(room: Newsroom) -> None:
    first = beginning.begin(room.session, NEW, room.now)
    second = beginning.begin(room.session, NEW, room.now)

    assert (first.slug, first.state) == ("port-den-pershyi", "draft")
    assert second.slug == "port-den-pershyi-2"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [(replace(NEW, headline=" "), "headline"), (replace(NEW, language="xx"), "in")],
)
def test_what_it_cannot_begin_with_is_named(room: Newsroom, wrong: NewArticle, field: str) -> None:
    with pytest.raises(FieldError) as refused:
        beginning.begin(room.session, wrong, room.now)

    assert refused.value.field == field


def test_another_language_begins_from_the_draft_beside_it(room: Newsroom) -> None:
    room.save("Not published yet.")
    uk = beginning.translate(room.session, room.edition, "uk", room.now)

    assert (uk.language, uk.article_id) == ("uk", room.edition.article_id)
    assert (uk.body_markdown, uk.slug) == ("Not published yet.", "grain-en")
    assert beginning.translate(room.session, room.edition, "uk", room.now).id == uk.id


def test_facts_are_changed_by_whoever_saw_them(room: Newsroom) -> None:
    article = article_of(room)
    present = facts.facts_of(room.session, article)
    wanted = replace(present, section="culture", authors=("bo", "ada"), asks=False, hero=None)
    changed = facts.change(room.session, article.id, wanted, facts.mark_of(present))

    assert facts.facts_of(room.session, article) == wanted
    assert changed.before == {
        "section": "economy", "authors": ("ada",), "hero": "ship", "asks": True,
    }  # fmt: skip
    with pytest.raises(StaleFactsError):
        facts.change(room.session, article.id, present, facts.mark_of(present))


def test_facts_refer_to_what_is_there(room: Newsroom) -> None:
    article = article_of(room)
    present = facts.facts_of(room.session, article)

    wanted = replace(present, tags=("none",))
    with pytest.raises(UnknownReferenceError):
        facts.change(room.session, article.id, wanted, facts.mark_of(present))
