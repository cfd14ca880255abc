"""Articles, their editions by language, and what stands around them on a page."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Author(Base):
    """Someone who writes."""

    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[dict[str, str]]
    bio: Mapped[dict[str, str]]


class Section(Base):
    """A part of the site with a page of its own; `asks` says whether its pages ask to join."""

    __tablename__ = "section"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int]
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]
    asks: Mapped[bool] = mapped_column(default=True, server_default=true())


class Tag(Base):
    """A subject with a page of its own."""

    __tablename__ = "tag"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[dict[str, str]]


class Image(Base):
    """A picture in two widths, with three texts kept apart: alt, caption and credit.

    `width` and `height` are those of the wide file, in pixels.
    """

    __tablename__ = "image"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    wide_file: Mapped[str] = mapped_column(String(120))
    narrow_file: Mapped[str] = mapped_column(String(120))
    width: Mapped[int]
    height: Mapped[int]
    narrow_width: Mapped[int]
    alt: Mapped[dict[str, str]]
    caption: Mapped[dict[str, str]]
    credit: Mapped[dict[str, str]]


class Article(Base):
    """A piece of work, whatever the languages it appears in.

    `asks` and `letters` say whether its pages carry the call to join and forms for newsletters.
    Before `embargo_until` no reader sees an edition of it.
    """

    __tablename__ = "article"
    __table_args__ = (Index("ix_article_section_id", "section_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    hero_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"))
    asks: Mapped[bool] = mapped_column(default=True)
    letters: Mapped[bool] = mapped_column(default=True, server_default=true())
    embargo_until: Mapped[datetime | None]


class ArticleAuthor(Base):
    """Who wrote an article, in the order of the bylines."""

    __tablename__ = "article_author"
    __table_args__ = (Index("ix_article_author_author_id", "author_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), primary_key=True)
    position: Mapped[int]


class ArticleTag(Base):
    """A subject that an article is filed under."""

    __tablename__ = "article_tag"
    __table_args__ = (Index("ix_article_tag_tag", "tag"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(ForeignKey("tag.slug"), primary_key=True)
    position: Mapped[int]


class Edition(Base):
    """An article in one language: what a page shows.

    `state` is draft, scheduled, published or withdrawn. A scheduled edition becomes visible when
    `published_at` comes; nothing has to run for it. `body_hash` names this very body. In the HTML,
    links to other articles stay `article:KEY` and are resolved when a page is rendered.
    `withdrawn_note` is the sentence that stands at its address once it was taken away.
    """

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("article_id", "language"),
        UniqueConstraint("language", "slug"),
        Index("ix_edition_language_published_at", "language", "published_at"),
        CheckConstraint("state IN ('draft','scheduled','published','withdrawn')", name="state"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="dated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    language: Mapped[str] = mapped_column(String(8))
    slug: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(16))
    headline: Mapped[str] = mapped_column(String(300))
    dek: Mapped[str] = mapped_column(Text)
    body_markdown: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    body_hash: Mapped[str] = mapped_column(String(64))
    excerpt: Mapped[str] = mapped_column(String(300))
    related_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    withdrawn_note: Mapped[str | None] = mapped_column(Text)


class FormerSlug(Base):
    """A slug that an edition had; its address redirects to the present one."""

    __tablename__ = "former_slug"
    __table_args__ = (UniqueConstraint("language", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    language: Mapped[str] = mapped_column(String(8))
    slug: Mapped[str] = mapped_column(String(120))


class Narration(Base):
    """A recording of one body, told by its hash: another body makes it stale."""

    __tablename__ = "narration"
    __table_args__ = (UniqueConstraint("edition_id", "body_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    body_hash: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(120))
    mime: Mapped[str] = mapped_column(String(40))
    seconds: Mapped[int]
    synthetic: Mapped[bool] = mapped_column(default=True)
    ready_at: Mapped[datetime | None]


class FeedItem(Base):
    """One line of the news feed; readers see it from `published_at` until it is withdrawn."""

    __tablename__ = "feed_item"
    __table_args__ = (Index("ix_feed_item_published_at", "published_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    headline: Mapped[dict[str, str]]
    body: Mapped[dict[str, str]]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Pick(Base):
    """An article that the editors put forward."""

    __tablename__ = "pick"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    position: Mapped[int]


class ContentVersion(Base):
    """One row that moves with every change a reader could see; caches compare it."""

    __tablename__ = "content_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
