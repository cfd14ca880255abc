"""New articles, and editions of one in another language. Callers commit."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import drafting, service
from app.articles.models import Article, Edition, FormerSlug
from app.articles.service import ArticleFacts, EditionText
from app.articles.slugs import slug_of
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _

UNNAMED = "article"
LONGEST_HEADLINE = 300
LONGEST_KEY = 70


@dataclass(frozen=True, slots=True)
class NewArticle:
    """What is known of an article when somebody begins it. `authors` are slugs."""

    headline: str
    language: str
    section: str
    authors: tuple[str, ...] = ()


def begin(session: Session, wanted: NewArticle, now: datetime) -> Edition:
    """Make an article and its first edition, a draft without a body.

    Raises:
        FieldError: The headline or the language cannot be taken.
        UnknownReferenceError: The section or an author is not there.
    """
    headline = " ".join(wanted.headline.split())
    if not headline:
        raise FieldError("headline", _("Give it a headline; it can change until it appears."))
    if len(headline) > LONGEST_HEADLINE:
        raise FieldError("headline", _("It is longer than %(most)d signs.", most=LONGEST_HEADLINE))
    if wanted.language not in LANGUAGES:
        raise FieldError("in", _("Choose a language."))
    key = _free_key(session, slug_of(headline, LONGEST_KEY) or UNNAMED)
    facts = ArticleFacts(key=key, section=wanted.section, authors=wanted.authors)
    article = service.save_article(session, facts)
    slug = free_slug(session, wanted.language, key)
    text = EditionText(wanted.language, slug, headline, dek="", body="")
    return service.save_edition(session, article, text, now)


def _free_key(session: Session, wanted: str) -> str:
    for number in count(1):
        key = wanted if number == 1 else f"{wanted}-{number}"
        if session.scalar(select(Article.id).where(Article.key == key)) is None:
            return key
    raise AssertionError


def free_slug(session: Session, language: str, wanted: str) -> str:
    """Return an address that no edition of a language has or had: as wanted, or numbered."""
    for number in count(1):
        slug = wanted if number == 1 else f"{wanted}-{number}"
        here = select(Edition.id).where(Edition.language == language, Edition.slug == slug)
        before = select(FormerSlug.id).where(
            FormerSlug.language == language, FormerSlug.slug == slug
        )
        if session.scalar(here) is None and session.scalar(before) is None:
            return slug
    raise AssertionError


def translate(session: Session, source: Edition, language: str, now: datetime) -> Edition:
    """Return the article's edition in another language, made from a source if there is none.

    It begins as the source's words, to be written over: checks before publishing refuse a body
    that is still the other language's.

    Raises:
        FieldError: The site has no such language.
    """
    if language not in LANGUAGES or language == source.language:
        raise FieldError("in", _("Choose a language."))
    mine = (Edition.article_id == source.article_id) & (Edition.language == language)
    found = session.scalar(select(Edition).where(mine))
    if found is not None:
        return found
    words = drafting.draft_of(session, source).words
    slug = free_slug(session, language, source.slug)
    text = EditionText(
        language=language,
        slug=slug,
        headline=words.headline or source.headline,
        dek=words.dek,
        body=words.body,
        related=words.related or None,
        excerpt=words.excerpt,
    )
    article = session.get_one(Article, source.article_id)
    return service.save_edition(session, article, text, now)
