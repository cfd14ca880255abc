"""Writing articles. Callers commit; every change that a reader could see moves the version."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.articles import markdown
from app.articles.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Author,
    Edition,
    FormerSlug,
    Image,
    Section,
    Tag,
)
from app.articles.versions import bump
from app.core.errors import FieldError, UnwalledError

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
VISIBLE_STATES = ("published", "scheduled")


class UnknownReferenceError(UnwalledError):
    """A key or slug that something refers to is not there."""


class WrongStateError(UnwalledError):
    """What was asked for cannot be done to an edition in this state."""


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What is true of an article in every language. Everything is named by key or slug."""

    key: str
    section: str
    authors: tuple[str, ...]
    tags: tuple[str, ...] = ()
    hero: str | None = None
    asks: bool = True
    letters: bool = True


@dataclass(frozen=True, slots=True)
class EditionText:
    """An article in one language, as it was written. `body` is Markdown; `related` is a key.

    `excerpt` is empty where the beginning of the body will do.
    """

    language: str
    slug: str
    headline: str
    dek: str
    body: str
    related: str | None = None
    excerpt: str = ""


def check_slug(slug: str) -> None:
    """Refuse what would not make a plain address.

    Raises:
        FieldError: It is not small Latin letters, digits and single hyphens.
    """
    if not SLUG.fullmatch(slug):
        raise FieldError("slug", "Use small Latin letters, digits and single hyphens.")


def save_article(session: Session, facts: ArticleFacts) -> Article:
    """Make an article or bring it up to `facts`.

    Raises:
        UnknownReferenceError: Its section, an author or its picture is not there.
    """
    check_slug(facts.key)
    section_id = _section_id(session, facts.section)
    hero_id = _picture_id(session, facts.hero) if facts.hero else None
    article = session.scalar(select(Article).where(Article.key == facts.key))
    if article is None:
        article = Article(key=facts.key)
        session.add(article)
    article.section_id, article.hero_id = section_id, hero_id
    article.asks, article.letters = facts.asks, facts.letters
    session.flush()
    _set_authors(session, article.id, facts.authors)
    _set_tags(session, article.id, facts.tags)
    bump(session)
    return article


def _id_of(session: Session, which: Select[int], what: str) -> int:
    found = session.scalar(which)
    if found is None:
        raise UnknownReferenceError(f"There is no {what}.")
    return found


def article_id(session: Session, key: str) -> int:
    """Return the id of the article with a key.

    Raises:
        UnknownReferenceError: There is none.
    """
    return _id_of(session, select(Article.id).where(Article.key == key), f"article named {key}")


def _section_id(session: Session, slug: str) -> int:
    return _id_of(session, select(Section.id).where(Section.slug == slug), f"section {slug}")


def _picture_id(session: Session, key: str) -> int:
    return _id_of(session, select(Image.id).where(Image.key == key), f"picture {key}")


def _author_id(session: Session, slug: str) -> int:
    return _id_of(session, select(Author.id).where(Author.slug == slug), f"author {slug}")


def _set_authors(session: Session, article_id: int, slugs: tuple[str, ...]) -> None:
    session.execute(delete(ArticleAuthor).where(ArticleAuthor.article_id == article_id))
    for position, slug in enumerate(slugs, 1):
        author_id = _author_id(session, slug)
        session.add(ArticleAuthor(article_id=article_id, author_id=author_id, position=position))
    session.flush()


def _set_tags(session: Session, article_id: int, slugs: tuple[str, ...]) -> None:
    session.execute(delete(ArticleTag).where(ArticleTag.article_id == article_id))
    for position, slug in enumerate(slugs, 1):
        if session.get(Tag, slug) is None:
            raise UnknownReferenceError(f"There is no tag {slug}.")
        session.add(ArticleTag(article_id=article_id, tag=slug, position=position))
    session.flush()


def save_edition(
    session: Session,
    article: Article,
    text: EditionText,
    now: datetime,
    *,
    is_news: bool | None = None,
) -> Edition:
    """Make an article's edition in one language, as a draft, or bring it up to `text`.

    A new body of a visible edition moves its `updated_at`, and its narration falls silent: a
    recording belongs to the body whose hash it names.

    Args:
        session: Flushed, not committed.
        article: The article.
        text: What to write.
        now: The present moment.
        is_news: Whether `updated_at` of a visible edition moves; None: if its body changed.

    Raises:
        FieldError: The slug or the headline cannot be taken.
    """
    if not text.headline.strip():
        raise FieldError("headline", "An edition needs a headline.")
    related_id = article_id(session, text.related) if text.related else None
    edition = session.scalar(
        select(Edition).where(Edition.article_id == article.id, Edition.language == text.language)
    )
    if edition is None:
        _check_free(session, text.language, text.slug, None)
        edition = Edition(article_id=article.id, language=text.language, slug=text.slug)
        edition.state = "draft"
        session.add(edition)
    elif edition.slug != text.slug:
        change_slug(session, edition, text.slug)
    if is_news is None:
        is_news = edition.body_hash != body_hash(text.body)
    if is_news and is_visible(edition, now):
        edition.updated_at = now
    _write(edition, text)
    edition.related_id = related_id
    session.flush()
    bump(session)
    return edition


def _write(edition: Edition, text: EditionText) -> None:
    edition.headline, edition.dek = text.headline, text.dek
    edition.body_markdown = text.body
    edition.body_html = markdown.to_html(text.body)
    edition.body_hash = body_hash(text.body)
    made = markdown.excerpt(markdown.plain_text(edition.body_html))
    edition.excerpt = text.excerpt or made


def body_hash(body: str) -> str:
    """Return what names this very body: the SHA-256 of its Markdown, in hex."""
    return hashlib.sha256(body.encode()).hexdigest()


def is_visible(edition: Edition, now: datetime) -> bool:
    """Tell whether readers see the edition at `now`."""
    return (
        edition.state in VISIBLE_STATES
        and edition.published_at is not None
        and edition.published_at <= now
    )


def publish(session: Session, edition: Edition, now: datetime) -> None:
    """Show an edition from `now` on; one that came back keeps the day it first appeared.

    Raises:
        WrongStateError: The article is under an embargo.
    """
    _keep_embargo(session, edition, now)
    if edition.state != "withdrawn" or edition.published_at is None:
        edition.published_at = now
    edition.state, edition.withdrawn_note = "published", None
    session.flush()
    bump(session)


def _keep_embargo(session: Session, edition: Edition, at: datetime) -> None:
    until = session.get_one(Article, edition.article_id).embargo_until
    if until is not None and at < until:
        raise WrongStateError("The article is under an embargo until then.")


def schedule(session: Session, edition: Edition, at: datetime) -> None:
    """Show an edition when `at` comes; nothing has to run then.

    Raises:
        WrongStateError: It has been published already, or the article is under an embargo then.
    """
    _keep_embargo(session, edition, at)
    if edition.state not in {"draft", "scheduled"}:
        raise WrongStateError("Only what has not been published can be scheduled.")
    edition.state, edition.published_at = "scheduled", at
    session.flush()
    bump(session)


def withdraw(session: Session, edition: Edition, note: str | None = None) -> None:
    """Take an edition away; its address says that it is gone, and why if there is a `note`.

    Raises:
        WrongStateError: It was never published.
    """
    if edition.state not in VISIBLE_STATES:
        raise WrongStateError("Only what has been published can be withdrawn.")
    edition.state, edition.withdrawn_note = "withdrawn", note
    session.flush()
    bump(session)


def change_slug(session: Session, edition: Edition, slug: str) -> None:
    """Give an edition a new address; the old one leads to it from now on.

    Raises:
        FieldError: The slug cannot be taken, or another edition has or had it.
    """
    _check_free(session, edition.language, slug, edition.id)
    session.execute(
        delete(FormerSlug).where(FormerSlug.edition_id == edition.id, FormerSlug.slug == slug)
    )
    session.add(FormerSlug(edition_id=edition.id, language=edition.language, slug=edition.slug))
    edition.slug = slug
    session.flush()
    bump(session)


def _check_free(session: Session, language: str, slug: str, edition_id: int | None) -> None:
    check_slug(slug)
    present = select(Edition.id).where(Edition.language == language, Edition.slug == slug)
    former = select(FormerSlug.edition_id).where(
        FormerSlug.language == language, FormerSlug.slug == slug
    )
    for found in (session.scalar(present), session.scalar(former)):
        if found is not None and found != edition_id:
            raise FieldError("slug", "Another article has or had this address.")
