"""What reading articles answers: frozen, in every language, without a session behind it."""

from dataclasses import dataclass
from datetime import datetime

from app.articles.addresses import Place


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
class CorrectionRead:
    """A note to readers about what was wrong, and when it was made."""

    noted_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class EditionRead:
    """What an article page shows.

    Attributes:
        article_id: Of the article, in every language.
        place: Where it is.
        headline: As written.
        dek: As written.
        body_html: Clean, its links to other articles still by key.
        excerpt: The beginning of the body.
        updated_at: When it last changed for readers, or None.
        asks: Whether the page asks to join: neither the article nor its section says no.
        section: Slug.
        hero: Its picture.
        narration: The recording of this very body, once it is ready.
        related: The piece to read next, if readers can open it in this language.
        authors: Slugs, in the order of the bylines.
        tags: Slugs, in order.
        translations: Every visible edition of the article, this one among them.
        corrections: Notes to readers, oldest first.
        beside: What the caller's own columns gave.
    """

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
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    translations: tuple[Place, ...]
    corrections: tuple[CorrectionRead, ...]
    beside: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """An edition that was withdrawn, and the sentence about it for readers, if there is one."""

    note: str = ""
