"""What stands around articles: sections, authors, tags, pictures, narrations, feed, picks.

Callers commit; every change that a reader could see moves the content version.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.articles.models import (
    Article,
    Author,
    Edition,
    FeedItem,
    Image,
    Narration,
    Pick,
    Section,
    Tag,
)
from app.articles.service import article_id, check_slug
from app.articles.versions import bump
from app.core.errors import FieldError
from app.core.seen import refuse_if_changed

Row = TypeVar("Row")
Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """A section; `position` orders the masthead."""

    slug: str
    position: int
    name: Texts
    description: Texts


@dataclass(frozen=True, slots=True)
class AuthorFacts:
    """An author."""

    slug: str
    name: Texts
    bio: Texts


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A picture: two files in the media folder, sizes in pixels."""

    key: str
    wide_file: str
    narrow_file: str
    width: int
    height: int
    narrow_width: int
    alt: Texts
    caption: Texts
    credit: Texts


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """A line of the news feed; `article` is a key."""

    key: str
    headline: Texts
    body: Texts
    published_at: datetime
    article: str | None = None


@dataclass(frozen=True, slots=True)
class NarrationFacts:
    """A recording in the media folder; `synthetic` says that a computer's voice reads."""

    file: str
    mime: str
    seconds: int
    synthetic: bool = True


def save_section(session: Session, facts: SectionFacts, *, taken: Collection[str]) -> Section:
    """Make a section or bring it up to `facts`.

    Args:
        session: Flushed, not committed.
        facts: What to write.
        taken: First parts of the site's own addresses, which a section would hide or lose to.

    Raises:
        FieldError: The slug is malformed or taken.
    """
    check_slug(facts.slug)
    if facts.slug in taken:
        raise FieldError("slug", "The site itself uses this address.")
    return _save(session, Section, Section.slug == facts.slug, asdict(facts))


def save_author(session: Session, facts: AuthorFacts) -> Author:
    """Make an author or bring them up to `facts`."""
    check_slug(facts.slug)
    return _save(session, Author, Author.slug == facts.slug, asdict(facts))


def save_tag(session: Session, slug: str, name: Texts) -> Tag:
    """Make a tag or rename it."""
    check_slug(slug)
    return _save(session, Tag, Tag.slug == slug, {"slug": slug, "name": name})


def save_picture(session: Session, facts: PictureFacts) -> Image:
    """Make a picture or bring it up to `facts`."""
    return _save(session, Image, Image.key == facts.key, asdict(facts))


def save_feed_item(session: Session, facts: FeedFacts) -> FeedItem:
    """Make a line of the feed or bring it up to `facts`; one in the future waits for its time."""
    values = asdict(facts)
    key = values.pop("article")
    values["article_id"] = article_id(session, key) if key else None
    return _save(session, FeedItem, FeedItem.key == facts.key, values)


def remove_feed_item(session: Session, key: str) -> None:
    """Take a line out of the feed."""
    session.execute(delete(FeedItem).where(FeedItem.key == key))
    bump(session)


def set_picks(session: Session, keys: Sequence[str], seen: str | None = None) -> None:
    """Put these articles forward, in this order, and no others.

    Args:
        session: Flushed, not committed.
        keys: Each article once.
        seen: The mark of the order that this one was made from; None has the last word.

    Raises:
        ChangedMeanwhileError: The picks are no longer what `seen` marks.
        UnknownReferenceError: An article is not there.
    """
    bump(session)  # whoever sets the picks queues here, so that what is read next stays true
    refuse_if_changed(seen, picked_keys(session))
    session.execute(delete(Pick))
    for position, key in enumerate(dict.fromkeys(keys), 1):
        session.add(Pick(article_id=article_id(session, key), position=position))
    session.flush()


def picked_keys(session: Session) -> list[str]:
    """Return the keys of the editors' picks, in their order."""
    chosen = select(Article.key).join(Pick, Pick.article_id == Article.id)
    return list(session.scalars(chosen.order_by(Pick.position)))


def add_narration(
    session: Session, edition: Edition, facts: NarrationFacts, ready_at: datetime | None
) -> Narration:
    """Attach a recording of the edition's present body, ready now, later or not yet."""
    mine = (Narration.edition_id == edition.id) & (Narration.body_hash == edition.body_hash)
    values = asdict(facts) | {
        "edition_id": edition.id,
        "body_hash": edition.body_hash,
        "ready_at": ready_at,
    }
    return _save(session, Narration, mine, values)


def _save(session: Session, model: type[Row], which: Any, values: dict[str, Any]) -> Row:  # noqa: ANN401 - a SQL condition
    row = session.scalar(select(model).where(which))
    if row is None:
        row = model(**values)
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    bump(session)
    return row
