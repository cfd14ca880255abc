"""What is true of an article in every language, read and changed by more than one editor.

A change names the facts that it builds on; where somebody has changed them since, it is refused.
Callers commit.
"""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import service
from app.articles.models import Article, ArticleAuthor, ArticleTag, Author, Image, Section
from app.articles.service import ArticleFacts
from app.core.errors import UnwalledError

MARK_DIGITS = 16


class StaleFactsError(UnwalledError):
    """Somebody changed the facts in between. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Change:
    """Which facts a change changed, before and after."""

    before: dict[str, Any]
    after: dict[str, Any]


def facts_of(session: Session, article: Article) -> ArticleFacts:
    """Return what is true of an article."""
    authors = session.scalars(
        select(Author.slug)
        .join(ArticleAuthor, ArticleAuthor.author_id == Author.id)
        .where(ArticleAuthor.article_id == article.id)
        .order_by(ArticleAuthor.position)
    )
    tags = session.scalars(
        select(ArticleTag.tag)
        .where(ArticleTag.article_id == article.id)
        .order_by(ArticleTag.position)
    )
    hero = select(Image.key).where(Image.id == article.hero_id)
    return ArticleFacts(
        key=article.key,
        section=session.scalars(select(Section.slug).where(Section.id == article.section_id)).one(),
        authors=tuple(authors),
        tags=tuple(tags),
        hero=session.scalar(hero),
        asks=article.asks,
        letters=article.letters,
    )


def mark_of(facts: ArticleFacts) -> str:
    """Return what names these very facts."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:MARK_DIGITS]


def change(session: Session, article_id: int, wanted: ArticleFacts, builds_on: str) -> Change:
    """Bring an article up to `wanted`; its readers see it at once.

    Args:
        session: Flushed, not committed.
        article_id: Of the article.
        wanted: What is to be true of it; the key is the article's own.
        builds_on: The mark of the facts that the editor had before them.

    Raises:
        StaleFactsError: They are not those any more.
        UnknownReferenceError: The section, an author, a tag or the picture is not there.
    """
    article = session.get_one(Article, article_id, with_for_update=True, populate_existing=True)
    present = facts_of(session, article)
    if mark_of(present) != builds_on:
        raise StaleFactsError("Somebody changed this meanwhile.")
    before, after = asdict(present), asdict(wanted)
    names = [name for name in before if before[name] != after[name]]
    if names:
        service.save_article(session, wanted)
    return Change({one: before[one] for one in names}, {one: after[one] for one in names})
