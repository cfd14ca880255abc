"""A small newsroom for tests: what an edition needs, and editions in every state."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import arranging, service
from app.articles.arranging import AuthorFacts, PictureFacts, SectionFacts
from app.articles.models import Article, Edition
from app.articles.service import ArticleFacts, EditionText
from app.core.clock import ClockOffset, now

BODY = "The first paragraph says what happened, where and to whom.\n\nThe second says why."


def make_newsroom(session: Session) -> None:
    """Make two sections, two authors, a tag and a picture."""
    for position, slug in enumerate(("economy", "culture"), 1):
        facts = SectionFacts(
            slug, position, {"en": slug.title(), "uk": f"Розділ {position}"}, {"en": "About it."}
        )
        arranging.save_section(session, facts, taken=())
    arranging.save_author(
        session, AuthorFacts("ada", {"en": "Ada", "uk": "Ада"}, {"en": "Writes."})
    )
    arranging.save_author(session, AuthorFacts("bo", {"en": "Bo"}, {}))
    arranging.save_tag(session, "ports", {"en": "Ports", "uk": "Порти"})
    arranging.save_picture(
        session,
        PictureFacts(
            key="ship",
            wide_file="ship-1200.abc.webp",
            narrow_file="ship-640.abc.webp",
            width=1200,
            height=800,
            narrow_width=640,
            alt={"en": "A ship at a quay."},
            caption={"en": "Loading began at six."},
            credit={"en": "Drawing: us"},
        ),
    )


def make_article(session: Session, key: str = "grain", **others: Any) -> Article:  # noqa: ANN401 - any fact
    """Make an article with one author, a tag and a picture, or with `others` of its facts."""
    facts: dict[str, object] = {
        "key": key,
        "section": "economy",
        "authors": ("ada",),
        "tags": ("ports",),
        "hero": "ship",
        **others,
    }
    return service.save_article(session, ArticleFacts(**facts))  # type: ignore[arg-type] # a test's own facts


def make_draft(
    session: Session, key: str = "grain", language: str = "en", **others: object
) -> Edition:
    """Make a draft of an article, which is made if it is not there."""
    article = session.scalar(select(Article).where(Article.key == key))
    values: dict[str, object] = {
        "language": language,
        "slug": f"{key}-{language}",
        "headline": f"{key.title()} in {language}",
        "dek": "What it is about.",
        "body": BODY,
        **others,
    }
    text = EditionText(**values)  # type: ignore[arg-type] # a test's own words
    return service.save_edition(session, article or make_article(session, key), text, now(session))


def make_edition(
    session: Session,
    key: str = "grain",
    language: str = "en",
    *,
    at: datetime | None = None,
    **others: object,
) -> Edition:
    """Make an edition that readers see, published an hour ago if not `at`."""
    edition = make_draft(session, key, language, **others)
    service.publish(session, edition, at or now(session) - timedelta(hours=1))
    return edition


def set_clock(session: Session, moment: datetime) -> None:
    """Move the domain's clock to a moment."""
    session.merge(ClockOffset(id=1, seconds=0))
    session.flush()
    seconds = round((moment - now(session)).total_seconds())
    session.merge(ClockOffset(id=1, seconds=seconds))
    session.flush()
