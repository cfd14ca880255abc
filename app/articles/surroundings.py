"""Reading what belongs to an article besides its text, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    String,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.articles.addresses import Place
from app.articles.models import Article, ArticleAuthor, ArticleTag, Author, Edition
from app.articles.queries import EditionRead, visible
from app.core.languages import DEFAULT
from app.core.orm import UtcDateTime


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to an article besides its text.

    Attributes:
        authors: Slugs, in the order of the bylines.
        tags: Slugs.
        translations: Every visible edition, this one among them.
        links: Where the articles are that the body links to, by key.
    """

    authors: tuple[str, ...]
    tags: tuple[str, ...]
    translations: tuple[Place, ...]
    links: dict[str, Place]


_NOW = bindparam("now", type_=UtcDateTime())
_NO_TEXT = cast(null(), String)
_NO_TIME = cast(null(), UtcDateTime())
_ID: BindParameter[int] = bindparam("article_id")

_AROUND: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        literal("author").label("kind"),
        ArticleAuthor.position.label("position"),
        Author.slug.label("name"),
        _NO_TEXT.label("language"),
        _NO_TEXT.label("slug"),
        _NO_TIME.label("published_at"),
    )
    .join(Author, Author.id == ArticleAuthor.author_id)
    .where(ArticleAuthor.article_id == _ID),
    select(literal("tag"), ArticleTag.position, ArticleTag.tag, _NO_TEXT, _NO_TEXT, _NO_TIME).where(
        ArticleTag.article_id == _ID
    ),
    select(
        literal("translation"),
        literal(0),
        _NO_TEXT,
        Edition.language,
        Edition.slug,
        Edition.published_at,
    ).where(Edition.article_id == _ID, visible(Edition, _NOW)),
    select(
        literal("link"),
        literal(0),
        Article.key,
        Edition.language,
        Edition.slug,
        Edition.published_at,
    )
    .join(Article, Article.id == Edition.article_id)
    .where(
        Article.key.in_(bindparam("keys", expanding=True)),
        or_(Edition.language == bindparam("language"), Edition.language == DEFAULT),
        visible(Edition, _NOW),
    ),
)


def around(session: Session, edition: EditionRead, keys: list[str], now: datetime) -> Around:
    """Return an article's authors, tags, translations, and where `keys` are found.

    A linked article is found in the language of the edition, else in English.
    """
    values = {
        "article_id": edition.article_id,
        "language": edition.place.language,
        "keys": keys,
        "now": now,
    }
    rows = sorted(session.execute(_AROUND, values), key=lambda row: row.position)
    links: dict[str, Place] = {}
    for row in rows:
        if row.kind == "link" and (row.name not in links or row.language != DEFAULT):
            links[row.name] = Place(row.language, row.slug, row.published_at)
    return Around(
        authors=tuple(row.name for row in rows if row.kind == "author"),
        tags=tuple(row.name for row in rows if row.kind == "tag"),
        translations=tuple(
            Place(row.language, row.slug, row.published_at)
            for row in rows
            if row.kind == "translation"
        ),
        links=links,
    )
