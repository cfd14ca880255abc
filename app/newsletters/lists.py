"""The lists themselves: reading them, and writing them as staff do. Callers commit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.articles.models import Author, Edition
from app.articles.queries import numbered
from app.articles.service import article_id, check_slug
from app.articles.versions import bump
from app.newsletters.models import ArticleForm, Newsletter


@dataclass(frozen=True, slots=True)
class ListRead:
    """A newsletter as readers see it, in every language; `author` is a slug."""

    slug: str
    name: dict[str, str]
    description: dict[str, str]
    cadence: dict[str, str]
    language: str
    author: str | None
    open: bool
    listed: bool


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A newsletter as staff write it; `author` is a slug."""

    slug: str
    position: int
    name: dict[str, str]
    description: dict[str, str]
    cadence: dict[str, str]
    language: str
    author: str | None = None
    open: bool = True
    listed: bool = True
    welcomes: bool = False


_LISTS = (
    select(
        Newsletter.slug,
        Newsletter.name,
        Newsletter.description,
        Newsletter.cadence,
        Newsletter.language,
        Author.slug.label("author"),
        Newsletter.open,
        Newsletter.listed,
    )
    .outerjoin(Author, Author.id == Newsletter.author_id)
    .order_by(Newsletter.position, Newsletter.id)
)

_list = Newsletter.__table__.c
_form = ArticleForm.__table__.c
_edition = Edition.__table__.c

FORMS: ColumnElement[Any] = (
    select(numbered(_form.position, _list.slug))
    .join_from(ArticleForm.__table__, Newsletter.__table__)
    .where(
        _form.article_id == _edition.article_id,
        _form.language == _edition.language,
        _list.open,
    )
    .correlate(Edition.__table__)
    .scalar_subquery()
)
"""The open lists that an edition's page has forms for, to be read beside the edition."""


def all_lists(session: Session) -> list[ListRead]:
    """Return every newsletter in its order, closed and unlisted ones too."""
    return [ListRead(*row) for row in session.execute(_LISTS)]


def save_list(session: Session, facts: ListFacts) -> Newsletter:
    """Make a newsletter or bring it up to `facts`."""
    check_slug(facts.slug)
    values = asdict(facts)
    author = values.pop("author")
    values["author_id"] = session.scalar(select(Author.id).where(Author.slug == author))
    newsletter = session.scalar(select(Newsletter).where(Newsletter.slug == facts.slug))
    if newsletter is None:
        newsletter = Newsletter(**values)
        session.add(newsletter)
    else:
        for name, value in values.items():
            setattr(newsletter, name, value)
    session.flush()
    bump(session)
    return newsletter


def set_forms(session: Session, key: str, language: str, slugs: Sequence[str]) -> None:
    """Give an article's page in one language forms for these lists, in this order."""
    article = article_id(session, key)
    session.execute(
        delete(ArticleForm).where(
            ArticleForm.article_id == article, ArticleForm.language == language
        )
    )
    wanted = select(Newsletter.slug, Newsletter.id).where(Newsletter.slug.in_(slugs))
    ids = {row.slug: row.id for row in session.execute(wanted)}
    for position, slug in enumerate(slugs, 1):
        session.add(
            ArticleForm(
                article_id=article,
                language=language,
                newsletter_id=ids[slug],
                position=position,
            )
        )
    session.flush()
    bump(session)
