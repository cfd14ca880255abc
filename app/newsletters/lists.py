"""The lists themselves, as readers see them, and which of them an article's page has forms for."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, case, exists, null, select
from sqlalchemy.orm import Session

from app.articles.models import Article, Author, Edition, Image
from app.articles.queries import PICTURE, numbered, picture_of
from app.articles.reads import PictureRead
from app.core.orm import table_of
from app.newsletters.models import ArticleForm, Newsletter, SectionForm


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
    members_only: bool
    picture: PictureRead | None


_LISTS: Select[*tuple[Any, ...]] = (
    select(
        Newsletter.slug,
        Newsletter.name,
        Newsletter.description,
        Newsletter.cadence,
        Newsletter.language,
        Author.slug.label("author"),
        Newsletter.open,
        Newsletter.listed,
        Newsletter.members_only,
        *PICTURE,
    )
    .outerjoin(Author, Author.id == Newsletter.author_id)
    .outerjoin(Image, Image.id == Newsletter.picture_id)
    .order_by(Newsletter.position, Newsletter.id)
)

_edition = table_of(Edition).c


def _forms(table: Table, is_theirs: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return the open lists of one table of forms, for the page of an edition."""
    newsletter = table_of(Newsletter)
    return (
        select(numbered(table.c.position, newsletter.c.slug))
        .join_from(table, newsletter)
        .where(is_theirs, table.c.language == _edition.language, newsletter.c.open)
        .correlate(table_of(Edition), table_of(Article))
        .scalar_subquery()
    )


_chosen, _of_section = table_of(ArticleForm), table_of(SectionForm)
_IS_CHOSEN = _chosen.c.article_id == _edition.article_id
_HAS_CHOICE = (
    exists().where(_IS_CHOSEN, _chosen.c.language == _edition.language).correlate(table_of(Edition))
)

FORMS: ColumnElement[Any] = case(
    (table_of(Article).c.letters.is_(False), null()),
    (_HAS_CHOICE, _forms(_chosen, _IS_CHOSEN)),
    else_=_forms(_of_section, _of_section.c.section_id == table_of(Article).c.section_id),
)
"""The open lists that an edition's page has forms for, to be read beside the edition: those
chosen for the article, or where nothing was chosen those of its section; none where the article
is to carry none."""


def all_lists(session: Session) -> list[ListRead]:
    """Return every newsletter in its order, closed and unlisted ones too."""
    return [_list(row) for row in session.execute(_LISTS)]


def forms_chosen(session: Session, article_id: int, language: str) -> list[str]:
    """Return the lists chosen for an article's page in a language; none: it has its section's."""
    wanted = (
        select(Newsletter.slug)
        .join(ArticleForm, ArticleForm.newsletter_id == Newsletter.id)
        .where(ArticleForm.article_id == article_id, ArticleForm.language == language)
        .order_by(ArticleForm.position)
    )
    return list(session.scalars(wanted))


def _list(row: Row[*tuple[Any, ...]]) -> ListRead:
    return ListRead(
        slug=row.slug,
        name=row.name,
        description=row.description,
        cadence=row.cadence,
        language=row.language,
        author=row.author,
        open=row.open,
        listed=row.listed,
        members_only=row.members_only,
        picture=picture_of(row),
    )
