"""Sections, authors and tags: made, changed, put into order, removed when nothing needs them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import catalogue, cataloguing
from app.articles.cataloguing import Entry, StillUsedError
from app.articles.models import Author, Section
from app.core.errors import FieldError
from app.core.seen import ChangedMeanwhileError, mark_of
from tests.articles.making import make_article, make_newsroom
from tests.site.making import make_list


def entry(slug: str = "war", **others: dict[str, str]) -> Entry:
    return Entry(slug, **{"name": {"en": "War", "uk": " Війна "}, "about": {}, **others})


@pytest.mark.parametrize("kind", cataloguing.KINDS)
def test_what_was_made_can_be_changed_and_removed(session: Session, kind: str) -> None:
    cataloguing.make_entry(session, kind, entry())
    made = cataloguing.find_entry(session, kind, "war")
    assert made.name == {"en": "War", "uk": "Війна"}

    changed = entry(name={"en": "The war", "uk": ""})
    cataloguing.change_entry(session, kind, changed, cataloguing.entry_mark(made))
    assert cataloguing.find_entry(session, kind, "war").name == {"en": "The war"}

    cataloguing.remove_entry(session, kind, "war")
    with pytest.raises(cataloguing.NoSuchEntryError):
        cataloguing.find_entry(session, kind, "war")


@pytest.mark.parametrize("kind", cataloguing.KINDS)
def test_what_somebody_else_changed_is_not_overwritten(session: Session, kind: str) -> None:
    cataloguing.make_entry(session, kind, entry())
    seen = cataloguing.entry_mark(cataloguing.find_entry(session, kind, "war"))
    cataloguing.change_entry(session, kind, entry(name={"en": "Theirs"}), seen)

    with pytest.raises(ChangedMeanwhileError):
        cataloguing.change_entry(session, kind, entry(name={"en": "Mine"}), seen)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (entry("Not a slug"), "slug"),
        (entry("economy"), "slug"),
        (entry("join"), "slug"),
        (entry(name={"uk": "Війна"}), "name_en"),
        (entry(name={"en": "W" * 81}), "name_en"),
        (entry(about={"uk": "а" * 601}), "about_uk"),
    ],
)
def test_what_cannot_be_taken_says_where(session: Session, wrong: Entry, field: str) -> None:
    make_newsroom(session)
    with pytest.raises(FieldError) as refused:
        cataloguing.make_entry(session, "section", wrong, taken={"join"})

    assert refused.value.field == field


def test_what_an_article_refers_to_is_not_removed(session: Session) -> None:
    make_newsroom(session)
    make_article(session)

    for kind, slug, table in (
        ("section", "economy", "article"),
        ("author", "ada", "article_author"),
        ("tag", "ports", "article_tag"),
    ):
        with pytest.raises(StillUsedError) as refused:
            cataloguing.remove_entry(session, kind, slug)
        assert refused.value.by == {table: 1}


def test_who_writes_a_newsletter_is_not_removed(session: Session) -> None:
    make_newsroom(session)
    make_list(session, "daily", author="bo")

    assert cataloguing.uses(session, "author", "bo") == {"newsletter": 1}
    assert session.scalar(select(Author.id).where(Author.slug == "bo"))


def test_sections_are_put_into_an_order_once(session: Session) -> None:
    make_newsroom(session)
    cataloguing.make_entry(session, "section", entry())
    seen = mark_of(cataloguing.section_order(session))
    cataloguing.order_sections(session, ["war", "economy", "culture"], seen)
    assert [one.slug for one in catalogue.sections(session)] == ["war", "economy", "culture"]

    with pytest.raises(ChangedMeanwhileError):
        cataloguing.order_sections(session, ["economy", "culture", "war"], seen)
    with pytest.raises(ChangedMeanwhileError):
        cataloguing.order_sections(session, ["war"], None)


def test_a_section_can_be_left_without_asks(session: Session) -> None:
    make_newsroom(session)
    cataloguing.set_section_asks(session, "culture", asks=False)

    asking = select(Section.slug).where(Section.asks)
    assert session.scalars(asking).all() == ["economy"]
