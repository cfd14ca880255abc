"""Reading articles: few statements, built once, and frozen answers.

Whatever takes `now` shows what readers see at that moment: an edition that is published, or
scheduled and due.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from app.articles.addresses import Place
from app.articles.editing_models import Correction
from app.articles.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Author,
    Edition,
    FormerSlug,
    Image,
    Narration,
    Section,
)
from app.articles.reads import (
    CorrectionRead,
    EditionRead,
    Gone,
    NarrationRead,
    PictureRead,
    RelatedRead,
)
from app.core.orm import UtcDateTime

VISIBLE = ("published", "scheduled")


def visible(edition: Any, now: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a model or its alias
    """Return the SQL of "readers see this edition at `now`"."""
    # Spelled out, for the text of an IN is made anew at each execution.
    shown = or_(*(edition.state == literal_column(f"'{state}'") for state in VISIBLE))
    return and_(shown, edition.published_at <= now)


_NOW = bindparam("now", type_=UtcDateTime())

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

EDITION_COLUMNS = (
    *("article_id", "state", "language", "slug", "published_at", "headline", "dek"),
    *("body_html", "excerpt", "updated_at", "withdrawn_note"),
)
BESIDE = len(EDITION_COLUMNS) + 2 + len(PICTURE) + 4 + 4 + 4

_FORMER = (
    select(
        Edition.state,
        Edition.language,
        Edition.slug,
        Edition.published_at,
        Edition.withdrawn_note,
    )
    .join(FormerSlug, FormerSlug.edition_id == Edition.id)
    .where(FormerSlug.language == bindparam("language"), FormerSlug.slug == bindparam("slug"))
)

# Plain tables, for a statement on tables costs half of one on mapped classes.
_e = Edition.__table__.c
_r = Edition.__table__.alias("related")
_t = Edition.__table__.alias("translation")
_by = ArticleAuthor.__table__.c
_tag = ArticleTag.__table__.c
_note = Correction.__table__.c


def numbered(position: ColumnElement[Any], slug: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the SQL of several slugs as one text, each with its position: `2:b 1:a`."""
    return func.aggregate_strings(cast(position, String) + ":" + slug, " ")


def in_order(text: str | None) -> tuple[str, ...]:
    """Return the slugs of such a text in the order of their positions."""
    if not text:
        return ()
    pairs = [one.partition(":") for one in text.split(" ")]
    return tuple(slug for _, _, slug in sorted(pairs, key=lambda pair: int(pair[0])))


_AUTHORS = (
    select(numbered(_by.position, Author.__table__.c.slug))
    .join_from(ArticleAuthor.__table__, Author.__table__)
    .where(_by.article_id == _e.article_id)
    .scalar_subquery()
)
_TAGS = (
    select(numbered(_tag.position, _tag.tag))
    .where(_tag.article_id == _e.article_id)
    .scalar_subquery()
)
_TRANSLATIONS = (
    select(
        func.aggregate_strings(
            _t.c.language + " " + _t.c.slug + " " + cast(_t.c.published_at, String), "\n"
        )
    )
    .where(_t.c.article_id == _e.article_id, visible(_t.c, _NOW))
    .scalar_subquery()
)

_CORRECTIONS = (
    select(func.aggregate_strings(cast(_note.noted_at, String) + "\t" + _note.note, "\n"))
    .where(_note.edition_id == _e.id)
    .scalar_subquery()
)


def finding(*beside: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return the one statement that reads an article page, for `find_edition`.

    Args:
        beside: Columns of the caller's own, correlated with the table `edition`.
    """
    image, narration = Image.__table__, Narration.__table__
    picture = [image.c[column.key] for column in PICTURE]
    return (
        select(
            *(_e[name] for name in EDITION_COLUMNS),
            and_(Article.__table__.c.asks, Section.__table__.c.asks).label("asks"),
            Section.__table__.c.slug.label("section"),
            *picture,
            narration.c.file,
            narration.c.mime,
            narration.c.seconds,
            narration.c.synthetic,
            _r.c.slug.label("related_slug"),
            _r.c.published_at.label("related_published_at"),
            _r.c.headline.label("related_headline"),
            _r.c.excerpt.label("related_excerpt"),
            _AUTHORS.label("authors"),
            _TAGS.label("tags"),
            _TRANSLATIONS.label("translations"),
            _CORRECTIONS.label("corrections"),
            *beside,
        )
        .select_from(Edition.__table__)
        .join(Article.__table__, Article.__table__.c.id == _e.article_id)
        .join(Section.__table__, Section.__table__.c.id == Article.__table__.c.section_id)
        .outerjoin(image, image.c.id == Article.__table__.c.hero_id)
        .outerjoin(
            narration,
            and_(
                narration.c.edition_id == _e.id,
                narration.c.body_hash == _e.body_hash,
                narration.c.ready_at <= _NOW,
            ),
        )
        .outerjoin(
            _r,
            and_(
                _r.c.article_id == _e.related_id,
                _r.c.language == _e.language,
                visible(_r.c, _NOW),
            ),
        )
        .where(_e.language == bindparam("language"), _e.slug == bindparam("slug"))
    )


_FIND = finding()


def find_edition(
    connection: Connection,
    language: str,
    slug: str,
    now: datetime,
    statement: Select[*tuple[Any, ...]] = _FIND,
) -> EditionRead | Place | Gone | None:
    """Return what stands at a slug: an edition, its new place, a gap where one was, or nothing."""
    values = {"language": language, "slug": slug, "now": now}
    row = connection.execute(statement, values).one_or_none()
    if row is None:
        return _former(connection, language, slug, now)
    if row.state == "withdrawn":
        return Gone(row.withdrawn_note or "")
    if row.state not in VISIBLE or row.published_at > now:
        return None
    return _edition(row, row.published_at)


def as_it_would_stand(
    connection: Connection,
    language: str,
    slug: str,
    now: datetime,
    statement: Select[*tuple[Any, ...]] = _FIND,
) -> EditionRead | None:
    """Return an edition as its page would show it, whatever its state: for editors."""
    values = {"language": language, "slug": slug, "now": now}
    row = connection.execute(statement, values).one_or_none()
    return _edition(row, row.published_at or now) if row is not None else None


def _former(connection: Connection, language: str, slug: str, now: datetime) -> Place | Gone | None:
    row = connection.execute(_FORMER, {"language": language, "slug": slug}).one_or_none()
    if row is None:
        return None
    if row.state == "withdrawn":
        return Gone(row.withdrawn_note or "")
    if row.state not in VISIBLE or row.published_at > now:
        return None
    return Place(row.language, row.slug, row.published_at)


def _edition(row: Row[*tuple[Any, ...]], published_at: datetime) -> EditionRead:
    return EditionRead(
        article_id=row.article_id,
        place=Place(row.language, row.slug, published_at),
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
        authors=in_order(row.authors),
        tags=in_order(row.tags),
        translations=tuple(_place(line) for line in (row.translations or "").splitlines()),
        corrections=_corrections(row.corrections or ""),
        beside=tuple(row[BESIDE:]),
    )


def _place(line: str) -> Place:
    language, slug, moment = line.split(" ", 2)
    return Place(language, slug, _moment(moment))


def _moment(text: str) -> datetime:
    """Read a moment that was cast; SQLite keeps it in UTC without saying so."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _corrections(text: str) -> tuple[CorrectionRead, ...]:
    pairs = (line.partition("\t") for line in text.splitlines())
    notes = (CorrectionRead(_moment(moment), note) for moment, _, note in pairs)
    return tuple(sorted(notes, key=lambda one: one.noted_at))


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
