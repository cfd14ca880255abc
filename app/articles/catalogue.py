"""Reading what is small or whole: names of sections, authors and tags, languages, the sitemap."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles.addresses import Place
from app.articles.models import Article, Author, Edition, FeedItem, Image, Narration, Section, Tag
from app.articles.queries import PICTURE, VISIBLE, picture_of, visible
from app.articles.reads import PictureRead
from app.core.languages import DEFAULT


@dataclass(frozen=True, slots=True)
class Named:
    """A section, author or tag: its slug and its texts in every language.

    `asks` says whether the pages of a section ask readers to join.
    """

    slug: str
    name: dict[str, str]
    about: dict[str, str]
    asks: bool = True


def sections(session: Session) -> list[Named]:
    """Return every section in the order of the masthead."""
    rows = session.execute(
        select(Section.slug, Section.name, Section.description, Section.asks).order_by(
            Section.position
        )
    )
    return [Named(*row) for row in rows]


def authors(session: Session) -> list[Named]:
    """Return every author."""
    rows = session.execute(select(Author.slug, Author.name, Author.bio).order_by(Author.slug))
    return [Named(*row) for row in rows]


def tags(session: Session) -> list[Named]:
    """Return every tag."""
    rows = session.execute(select(Tag.slug, Tag.name).order_by(Tag.slug))
    return [Named(slug, name, {}) for slug, name in rows]


def published_languages(session: Session, now: datetime) -> frozenset[str]:
    """Return the languages in which readers find at least one edition."""
    shown = select(Edition.language).where(visible(Edition, now)).distinct()
    return frozenset(session.scalars(shown))


def find_linked(
    session: Session, language: str, keys: Collection[str], now: datetime
) -> dict[str, Place]:
    """Return where readers of a language find articles, by key: in it, else in English."""
    wanted = (
        select(Article.key, Edition.language, Edition.slug, Edition.published_at)
        .join(Edition, Edition.article_id == Article.id)
        .where(
            Article.key.in_(keys), Edition.language.in_({language, DEFAULT}), visible(Edition, now)
        )
    )
    found: dict[str, Place] = {}
    for row in session.execute(wanted):
        if row.key not in found or row.language == language:
            found[row.key] = Place(row.language, row.slug, row.published_at)
    return found


def find_pictured(session: Session, files: Collection[str]) -> dict[str, PictureRead]:
    """Return pictures by the name of their wide file."""
    rows = session.execute(select(*PICTURE).where(Image.wide_file.in_(files))) if files else ()
    return {row.wide_file: read for row in rows if (read := picture_of(row)) is not None}


def next_appearance(session: Session, now: datetime) -> datetime | None:
    """Return when time alone next shows an edition, a line of the feed or a narration."""
    editions = select(func.min(Edition.published_at)).where(
        Edition.state.in_(VISIBLE), Edition.published_at > now
    )
    lines = select(func.min(FeedItem.published_at)).where(
        FeedItem.published_at > now, FeedItem.withdrawn_at.is_(None)
    )
    narrations = select(func.min(Narration.ready_at)).where(Narration.ready_at > now)
    parts = (editions, lines, narrations)
    found = session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    return min((moment for moment in found if moment is not None), default=None)


@dataclass(frozen=True, slots=True)
class SitemapRead:
    """An edition in a sitemap."""

    article_id: int
    place: Place
    headline: str
    changed_at: datetime


def for_sitemap(
    session: Session, now: datetime, since: datetime | None = None, limit: int = 50_000
) -> list[SitemapRead]:
    """Return every visible edition, newest first; 50,000 is what a sitemap may hold."""
    wanted = select(
        Edition.article_id,
        Edition.language,
        Edition.slug,
        Edition.published_at,
        Edition.headline,
        func.coalesce(Edition.updated_at, Edition.published_at).label("changed_at"),
    ).where(visible(Edition, now))
    if since is not None:
        wanted = wanted.where(Edition.published_at >= since)
    rows = session.execute(wanted.order_by(Edition.published_at.desc()).limit(limit))
    return [
        SitemapRead(
            row.article_id,
            Place(row.language, row.slug, row.published_at),
            row.headline,
            row.changed_at,
        )
        for row in rows
    ]
