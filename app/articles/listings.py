"""Reading many: lists of articles by what they have in common, the feed, and what is small.

Lists go backwards from a moment, never by offset, so a page stays the same while new pieces
come in at the front.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Row, Select, or_, select, tuple_, type_coerce
from sqlalchemy.orm import Session

from app.articles.addresses import Place
from app.articles.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Author,
    Edition,
    FeedItem,
    Image,
    Pick,
    Section,
)
from app.articles.queries import PICTURE, picture_of, visible
from app.articles.reads import PictureRead
from app.core.languages import DEFAULT


@dataclass(frozen=True, slots=True)
class CardRead:
    """An edition in a list. `section` and `authors` are slugs."""

    edition_id: int
    key: str
    place: Place
    headline: str
    dek: str
    excerpt: str
    updated_at: datetime | None
    section: str
    picture: PictureRead | None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which editions a list holds: all of a language, or those of a section, author or tag."""

    language: str
    section: str | None = None
    author: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """Where a page of a list begins: after the item with this time and id."""

    moment: datetime
    id: int


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A line of the feed; `places` are the editions of the article it leads to, by language."""

    id: int
    headline: dict[str, str]
    body: dict[str, str]
    published_at: datetime
    places: dict[str, Place]


_CARD: Select[*tuple[Any, ...]] = (
    select(
        Edition.id,
        Article.id.label("article_id"),
        Article.key,
        Edition.language,
        Edition.slug,
        Edition.published_at,
        Edition.updated_at,
        Edition.headline,
        Edition.dek,
        Edition.excerpt,
        Section.slug.label("section"),
        *PICTURE,
    )
    .join(Article, Article.id == Edition.article_id)
    .join(Section, Section.id == Article.section_id)
    .outerjoin(Image, Image.id == Article.hero_id)
)


def latest(
    session: Session, scope: Scope, now: datetime, limit: int, before: Before | None = None
) -> list[CardRead]:
    """Return the newest editions of a scope, or the newest before a place in its list."""
    wanted = _within(scope).where(visible(Edition, now))
    if before is not None:
        place = tuple_(Edition.published_at, Edition.id)
        wanted = wanted.where(place < (before.moment, before.id))
    rows = session.execute(
        wanted.order_by(Edition.published_at.desc(), Edition.id.desc()).limit(limit)
    ).all()
    return _cards(session, rows)


def _within(scope: Scope, *, everywhere: bool = False) -> Select[*tuple[Any, ...]]:
    wanted = _CARD if everywhere else _CARD.where(Edition.language == scope.language)
    if scope.section is not None:
        wanted = wanted.where(Section.slug == scope.section)
    if scope.author is not None:
        mine = select(ArticleAuthor.article_id).join(Author, Author.id == ArticleAuthor.author_id)
        wanted = wanted.where(Article.id.in_(mine.where(Author.slug == scope.author)))
    if scope.tag is not None:
        filed = select(ArticleTag.article_id).where(ArticleTag.tag == scope.tag)
        wanted = wanted.where(Article.id.in_(filed))
    return wanted


def _cards(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[CardRead]:
    authors: dict[int, list[str]] = {}
    bylines = (
        select(ArticleAuthor.article_id, Author.slug)
        .join(Author, Author.id == ArticleAuthor.author_id)
        .where(ArticleAuthor.article_id.in_({row.article_id for row in rows}))
        .order_by(ArticleAuthor.position)
    )
    for article_id, slug in session.execute(bylines) if rows else ():
        authors.setdefault(article_id, []).append(slug)
    return [
        CardRead(
            edition_id=row.id,
            key=row.key,
            place=Place(row.language, row.slug, row.published_at),
            headline=row.headline,
            dek=row.dek,
            excerpt=row.excerpt,
            updated_at=row.updated_at,
            section=row.section,
            picture=picture_of(row),
            authors=tuple(authors.get(row.article_id, ())),
        )
        for row in rows
    ]


def languages_with(session: Session, scope: Scope, now: datetime) -> frozenset[str]:
    """Return the languages in which the scope holds anything that readers see."""
    shown = _within(scope, everywhere=True).where(visible(Edition, now))
    return frozenset(session.scalars(shown.with_only_columns(Edition.language).distinct()))


def picks(session: Session, language: str, now: datetime) -> list[CardRead]:
    """Return the editors' picks that exist in a language, in their order."""
    chosen = (
        _CARD.join(Pick, Pick.article_id == Article.id)
        .where(Edition.language == language, visible(Edition, now))
        .order_by(Pick.position)
    )
    return _cards(session, session.execute(chosen).all())


def feed(
    session: Session, language: str, now: datetime, limit: int, before: Before | None = None
) -> list[FeedRead]:
    """Return the newest lines that a language has, or the newest before a place in the feed."""
    wanted = select(FeedItem).where(
        FeedItem.published_at <= now, FeedItem.withdrawn_at.is_(None), _has_words(language)
    )
    if before is not None:
        place = tuple_(FeedItem.published_at, FeedItem.id)
        wanted = wanted.where(place < (before.moment, before.id))
    items = session.scalars(
        wanted.order_by(FeedItem.published_at.desc(), FeedItem.id.desc()).limit(limit)
    ).all()
    ids = {item.article_id for item in items if item.article_id is not None}
    places = _places(session, ids, now)
    return [
        FeedRead(
            item.id, item.headline, item.body, item.published_at, places.get(item.article_id, {})
        )
        for item in items
    ]


def _has_words(language: str) -> ColumnElement[bool]:
    """Return the SQL of "a line says something in this language, or in English"."""
    headline = type_coerce(FeedItem.headline, JSON)
    said = [headline[one].as_string().is_not(None) for one in dict.fromkeys((language, DEFAULT))]
    return or_(*said)


def _places(session: Session, ids: set[int], now: datetime) -> dict[int | None, dict[str, Place]]:
    found: dict[int | None, dict[str, Place]] = {}
    wanted = select(Edition.article_id, Edition.language, Edition.slug, Edition.published_at).where(
        Edition.article_id.in_(ids), visible(Edition, now)
    )
    for row in session.execute(wanted) if ids else ():
        place = Place(row.language, row.slug, row.published_at)
        found.setdefault(row.article_id, {})[row.language] = place
    return found
