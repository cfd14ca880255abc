"""Reading articles: few statements, built once, and frozen answers.

Whatever takes `now` shows what readers see at that moment: an edition that is published, or
scheduled and due.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    bindparam,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.articles.addresses import Place
from app.articles.models import (
    Article,
    Edition,
    FormerSlug,
    Image,
    Narration,
    Section,
)
from app.core.orm import UtcDateTime

VISIBLE = ("published", "scheduled")


@dataclass(frozen=True, slots=True)
class PictureRead:
    """A picture and its texts in every language."""

    wide_file: str
    narrow_file: str
    width: int
    height: int
    narrow_width: int
    alt: dict[str, str]
    caption: dict[str, str]
    credit: dict[str, str]


@dataclass(frozen=True, slots=True)
class NarrationRead:
    """A recording of the very body that is shown."""

    file: str
    mime: str
    seconds: int
    synthetic: bool


@dataclass(frozen=True, slots=True)
class RelatedRead:
    """The piece to read next."""

    place: Place
    headline: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class EditionRead:
    """What an article page shows of the edition itself."""

    article_id: int
    place: Place
    headline: str
    dek: str
    body_html: str
    excerpt: str
    updated_at: datetime | None
    asks: bool
    section: str
    hero: PictureRead | None
    narration: NarrationRead | None
    related: RelatedRead | None


@dataclass(frozen=True, slots=True)
class Gone:
    """An edition that was withdrawn."""


def visible(edition: Any, now: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a model or its alias
    """Return the SQL of "readers see this edition at `now`"."""
    return and_(edition.state.in_(VISIBLE), edition.published_at <= now)


_NOW = bindparam("now", type_=UtcDateTime())
_Related = aliased(Edition)

PICTURE = (
    Image.wide_file,
    Image.narrow_file,
    Image.width,
    Image.height,
    Image.narrow_width,
    Image.alt,
    Image.caption,
    Image.credit,
)

_FIND = (
    select(
        Edition.article_id,
        Edition.state,
        Edition.language,
        Edition.slug,
        Edition.published_at,
        Edition.headline,
        Edition.dek,
        Edition.body_html,
        Edition.excerpt,
        Edition.updated_at,
        Article.asks,
        Section.slug.label("section"),
        *PICTURE,
        Narration.file,
        Narration.mime,
        Narration.seconds,
        Narration.synthetic,
        _Related.slug.label("related_slug"),
        _Related.published_at.label("related_published_at"),
        _Related.headline.label("related_headline"),
        _Related.excerpt.label("related_excerpt"),
    )
    .join(Article, Article.id == Edition.article_id)
    .join(Section, Section.id == Article.section_id)
    .outerjoin(Image, Image.id == Article.hero_id)
    .outerjoin(
        Narration,
        and_(
            Narration.edition_id == Edition.id,
            Narration.body_hash == Edition.body_hash,
            Narration.ready_at <= _NOW,
        ),
    )
    .outerjoin(
        _Related,
        and_(
            _Related.article_id == Edition.related_id,
            _Related.language == Edition.language,
            visible(_Related, _NOW),
        ),
    )
    .where(Edition.language == bindparam("language"), Edition.slug == bindparam("slug"))
)

_FORMER = (
    select(Edition.state, Edition.language, Edition.slug, Edition.published_at)
    .join(FormerSlug, FormerSlug.edition_id == Edition.id)
    .where(FormerSlug.language == bindparam("language"), FormerSlug.slug == bindparam("slug"))
)


def find_edition(
    session: Session, language: str, slug: str, now: datetime
) -> EditionRead | Place | Gone | None:
    """Return what stands at a slug: an edition, its new place, a gap where one was, or nothing."""
    values = {"language": language, "slug": slug, "now": now}
    row = session.execute(_FIND, values).one_or_none()
    if row is None:
        return _former(session, language, slug, now)
    if row.state == "withdrawn":
        return Gone()
    if row.state not in VISIBLE or row.published_at > now:
        return None
    return _edition(row)


def _former(session: Session, language: str, slug: str, now: datetime) -> Place | Gone | None:
    row = session.execute(_FORMER, {"language": language, "slug": slug}).one_or_none()
    if row is None:
        return None
    if row.state == "withdrawn":
        return Gone()
    if row.state not in VISIBLE or row.published_at > now:
        return None
    return Place(row.language, row.slug, row.published_at)


def _edition(row: Row[*tuple[Any, ...]]) -> EditionRead:
    return EditionRead(
        article_id=row.article_id,
        place=Place(row.language, row.slug, row.published_at),
        headline=row.headline,
        dek=row.dek,
        body_html=row.body_html,
        excerpt=row.excerpt,
        updated_at=row.updated_at,
        asks=row.asks,
        section=row.section,
        hero=picture_of(row),
        narration=_narration(row),
        related=_related(row),
    )


def picture_of(row: Row[*tuple[Any, ...]]) -> PictureRead | None:
    """Return the picture in a row that selected `PICTURE` by an outer join."""
    if row.wide_file is None:
        return None
    return PictureRead(
        row.wide_file,
        row.narrow_file,
        row.width,
        row.height,
        row.narrow_width,
        row.alt,
        row.caption,
        row.credit,
    )


def _narration(row: Row[*tuple[Any, ...]]) -> NarrationRead | None:
    if row.file is None:
        return None
    return NarrationRead(row.file, row.mime, row.seconds, row.synthetic)


def _related(row: Row[*tuple[Any, ...]]) -> RelatedRead | None:
    if row.related_slug is None:
        return None
    place = Place(row.language, row.related_slug, row.related_published_at)
    return RelatedRead(place, row.related_headline, row.related_excerpt)
