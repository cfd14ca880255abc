"""Finding articles by what their headlines say, for whoever has to name one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select, true
from sqlalchemy.orm import Session

from app.articles.models import Article, Edition
from app.core.orm import in_language

FOUND_AT_MOST = 10
LONGEST_WORDS = 100


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article by its headlines and states, both by language."""

    id: int
    key: str
    headlines: dict[str, str]
    states: dict[str, str]

    def headline(self, language: str) -> str:
        """Return the headline in a language, else in English, else in any, else the key."""
        any_other = next(iter(self.headlines.values()), self.key)
        return in_language(self.headlines, language) or any_other


def find_articles(
    session: Session, words: str, but: Collection[int] = (), limit: int = FOUND_AT_MOST
) -> list[FoundArticle]:
    """Return the newest articles of which a headline, a slug or the key holds all of `words`.

    Without words they are the newest of all. What was withdrawn is not offered.
    """
    wanted = (
        select(Edition.article_id)
        .join(Article, Article.id == Edition.article_id)
        .where(Edition.state != "withdrawn", Edition.article_id.not_in(but))
        .where(says((Edition.headline, Edition.slug, Article.key), words))
        .group_by(Edition.article_id)
    )
    newest = wanted.order_by(func.max(Edition.published_at).desc().nulls_last()).limit(limit)
    return articles_with(session, session.scalars(newest).all())


def articles_with(session: Session, ids: Collection[int]) -> list[FoundArticle]:
    """Return the articles with these ids, in their order; those that are not there are left out."""
    found: dict[int, FoundArticle] = {}
    wanted = (
        select(Article.id, Article.key, Edition.language, Edition.headline, Edition.state)
        .outerjoin(Edition, Edition.article_id == Article.id)
        .where(Article.id.in_(ids))
    )
    for row in session.execute(wanted) if ids else ():
        one = found.setdefault(row.id, FoundArticle(row.id, row.key, {}, {}))
        if row.language is not None:
            one.headlines[row.language], one.states[row.language] = row.headline, row.state
    return [found[one] for one in ids if one in found]


def says(columns: Sequence[SQLColumnExpression[Any]], words: str) -> ColumnElement[bool]:
    """Return the SQL of "each of these words stands in one of the columns".

    SQLite folds the case of Latin letters only, so each word is looked for in its usual shapes.
    """
    parts = (
        or_(*(one.icontains(shape, autoescape=True) for one in columns for shape in _shapes(word)))
        for word in words[:LONGEST_WORDS].split()
    )
    return and_(true(), *parts)


def _shapes(word: str) -> set[str]:
    return {word, word.lower(), word.upper(), word.capitalize()}
