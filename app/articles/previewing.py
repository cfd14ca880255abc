"""An edition as readers would find it, with the draft's words: for its editors and their guests."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.articles import drafting, markdown
from app.articles.addresses import Place
from app.articles.drafting import Words
from app.articles.models import Article, Edition
from app.articles.queries import as_it_would_stand, visible
from app.articles.reads import EditionRead, RelatedRead
from app.articles.service import body_hash


def with_draft(
    session: Session, edition_id: int, now: datetime, statement: Select[*tuple[Any, ...]]
) -> EditionRead | None:
    """Return an edition with the words of its draft; None if there is no such edition.

    Args:
        session: That reads.
        edition_id: Of the edition.
        now: The present moment, which dates what has not been published.
        statement: `queries.finding`, with the caller's own columns.
    """
    edition = session.get(Edition, edition_id)
    if edition is None:
        return None
    read = as_it_would_stand(session.connection(), edition.language, edition.slug, now, statement)
    if read is None:
        return None
    words = drafting.draft_of(session, edition).words
    same_body = body_hash(words.body) == edition.body_hash
    return replace(
        read,
        **_texts(words),
        place=replace(read.place, slug=words.slug or read.place.slug),
        narration=read.narration if same_body else None,
        related=_related(session, edition.language, words.related, now),
    )


def _texts(words: Words) -> dict[str, Any]:
    html = markdown.to_html(words.body)
    return {
        "headline": words.headline,
        "dek": words.dek,
        "body_html": html,
        "excerpt": words.excerpt or markdown.excerpt(markdown.plain_text(html)),
    }


def _related(session: Session, language: str, key: str, now: datetime) -> RelatedRead | None:
    row = session.execute(
        select(Edition.slug, Edition.published_at, Edition.headline, Edition.excerpt)
        .join(Article, Article.id == Edition.article_id)
        .where(Article.key == key, Edition.language == language, visible(Edition, now))
    ).one_or_none()
    if row is None:
        return None
    return RelatedRead(Place(language, row.slug, row.published_at), row.headline, row.excerpt)
