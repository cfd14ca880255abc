"""Where one list's form stands: in sections, and on articles that chose their own forms.

The forms of other lists stay where they are, in their order. An article that chose none has those
of its section; the first that is put on it, or taken off, begins with those.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.articles.models import Article, Section
from app.articles.versions import bump
from app.core.languages import LANGUAGES
from app.newsletters.models import ArticleForm, SectionForm

Place = tuple[str, str]
"""Slug of a section, and a language."""


def section_places(session: Session, newsletter_id: int) -> set[Place]:
    """Return in which sections a list's form stands."""
    rows = session.execute(
        select(Section.slug, SectionForm.language)
        .join(SectionForm, SectionForm.section_id == Section.id)
        .where(SectionForm.newsletter_id == newsletter_id)
    )
    return {(slug, language) for slug, language in rows}


def place_in_sections(session: Session, newsletter_id: int, wanted: Collection[Place]) -> None:
    """Have a list's form stand in these sections and no others; flushed, not committed."""
    present = section_places(session, newsletter_id)
    ids = {slug: number for number, slug in session.execute(select(Section.id, Section.slug))}
    for slug, language in present - set(wanted):
        session.execute(
            delete(SectionForm).filter_by(
                section_id=ids[slug], language=language, newsletter_id=newsletter_id
            )
        )
    for slug, language in set(wanted) - present:
        if slug in ids and language in LANGUAGES:
            _append(session, SectionForm, section_id=ids[slug], language=language, of=newsletter_id)
    session.flush()
    bump(session)


def forms_of_article(session: Session, article_id: int, language: str) -> tuple[list[int], bool]:
    """Return ids of the lists whose forms an article's page has, and whether it chose them."""
    chosen = session.scalars(
        select(ArticleForm.newsletter_id)
        .filter_by(article_id=article_id, language=language)
        .order_by(ArticleForm.position)
    ).all()
    if chosen:
        return list(chosen), True
    of_section = (
        select(SectionForm.newsletter_id)
        .join(Article, Article.section_id == SectionForm.section_id)
        .where(Article.id == article_id, SectionForm.language == language)
        .order_by(SectionForm.position)
    )
    return list(session.scalars(of_section)), False


def place_on_article(session: Session, newsletter: int, article_id: int, language: str) -> None:
    """Put a list's form on an article's page; flushed, not committed."""
    forms, _chosen = forms_of_article(session, article_id, language)
    if newsletter not in forms:
        _choose(session, article_id, language, [*forms, newsletter])


def take_off_article(session: Session, newsletter: int, article_id: int, language: str) -> None:
    """Take a list's form off an article's page; flushed, not committed.

    An article left without any choice has the forms of its section again.
    """
    forms, _chosen = forms_of_article(session, article_id, language)
    if newsletter in forms:
        _choose(session, article_id, language, [one for one in forms if one != newsletter])


def forget_article(session: Session, article_id: int, language: str | None = None) -> None:
    """Forget which forms an article chose, in one language or in all; flushed, not committed."""
    chosen = delete(ArticleForm).where(ArticleForm.article_id == article_id)
    if language is not None:
        chosen = chosen.where(ArticleForm.language == language)
    session.execute(chosen)


def _choose(session: Session, article_id: int, language: str, lists: list[int]) -> None:
    place = {"article_id": article_id, "language": language}
    session.execute(delete(ArticleForm).filter_by(**place))
    for position, one in enumerate(lists, 1):
        session.add(ArticleForm(newsletter_id=one, position=position, **place))
    session.flush()
    bump(session)


def _append(session: Session, model: type[SectionForm], *, of: int, **place: Any) -> None:  # noqa: ANN401 - columns
    last = session.scalar(select(func.max(model.position)).filter_by(**place)) or 0
    session.add(model(newsletter_id=of, position=last + 1, **place))
