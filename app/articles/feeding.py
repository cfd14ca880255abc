"""Lines of the news feed, as editors write them. Callers commit.

A line that is withdrawn stays, so that it can be put back; readers see it no more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article, FeedItem
from app.articles.versions import bump
from app.core.errors import FieldError, UnwalledError
from app.core.languages import gettext as _
from app.core.seen import mark_of, refuse_if_changed
from app.core.tokens import new_token

LONGEST_HEADLINE, LONGEST_BODY = 200, 2_000

Texts = dict[str, str]


class NoSuchLineError(UnwalledError):
    """There is no line of the feed with this id."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line as it was written.

    Attributes:
        headline: In one language at least.
        body: A sentence more, in any of them.
        published_at: From when on readers see it.
        article_id: Where it leads, or None.
    """

    headline: Texts
    body: Texts
    published_at: datetime
    article_id: int | None = None


def facts_of(line: FeedItem) -> LineFacts:
    """Return what a line says."""
    return LineFacts(line.headline, line.body, line.published_at, line.article_id)


def line_mark(line: FeedItem) -> str:
    """Return the mark of a line as it stands."""
    return mark_of(_content(line))


def _content(line: FeedItem) -> tuple[Any, ...]:
    return (line.headline, line.body, line.published_at, line.article_id, line.withdrawn_at)


def add_line(session: Session, facts: LineFacts) -> FeedItem:
    """Put a line into the feed; one of a later time waits for it.

    Raises:
        FieldError: A text is missing or too long, or the article is not there.
    """
    facts = _checked(session, facts)
    line = FeedItem(key=f"line-{new_token()[:16].lower()}", **_values(facts))
    session.add(line)
    session.flush()
    bump(session)
    return line


def change_line(session: Session, line_id: int, facts: LineFacts, seen: str | None) -> FeedItem:
    """Bring a line up to `facts`.

    Raises:
        NoSuchLineError: There is none.
        ChangedMeanwhileError: It is no longer what `seen` marks.
        FieldError: As for a new one.
    """
    line = line_to_change(session, line_id)
    refuse_if_changed(seen, _content(line))
    for name, value in _values(_checked(session, facts)).items():
        setattr(line, name, value)
    session.flush()
    return line


def withdraw_line(session: Session, line_id: int, now: datetime) -> FeedItem:
    """Take a line out of the feed; the first withdrawal is the one that is kept."""
    line = line_to_change(session, line_id)
    line.withdrawn_at = line.withdrawn_at or now
    session.flush()
    return line


def restore_line(session: Session, line_id: int) -> FeedItem:
    """Put a withdrawn line back where it was."""
    line = line_to_change(session, line_id)
    line.withdrawn_at = None
    session.flush()
    return line


def line_to_change(session: Session, line_id: int) -> FeedItem:
    """Return a line for whoever has queued to write it; the version of the content moves.

    Raises:
        NoSuchLineError: There is none.
    """
    bump(session)
    line = session.get(FeedItem, line_id, populate_existing=True)
    if line is None:
        raise NoSuchLineError(line_id)
    return line


def _values(facts: LineFacts) -> dict[str, Any]:
    return {
        "headline": facts.headline,
        "body": facts.body,
        "published_at": facts.published_at,
        "article_id": facts.article_id,
    }


def _checked(session: Session, facts: LineFacts) -> LineFacts:
    headline, body = _said(facts.headline), _said(facts.body)
    if not headline:
        raise FieldError("headline", _("A line of the feed needs a headline in one language."))
    for name, texts, longest in (
        ("headline", headline, LONGEST_HEADLINE),
        ("body", body, LONGEST_BODY),
    ):
        for language, text in texts.items():
            if len(text) > longest:
                sentence = _("That is longer than %(number)s characters.", number=longest)
                raise FieldError(f"{name}_{language}", sentence)
    if set(body) - set(headline):
        language = next(iter(set(body) - set(headline)))
        raise FieldError(f"headline_{language}", _("There is a text and no headline above it."))
    wanted = select(Article.id).where(Article.id == facts.article_id)
    if facts.article_id is not None and session.scalar(wanted) is None:
        raise FieldError("article", _("This article is not there any more."))
    return LineFacts(headline, body, facts.published_at, facts.article_id)


def _said(texts: Texts) -> Texts:
    """Return the texts that say something, each on one line of single spaces."""
    tidy = {language: " ".join(text.split()) for language, text in texts.items()}
    return {language: text for language, text in tidy.items() if text}
