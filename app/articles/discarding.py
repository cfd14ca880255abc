"""A draft that no reader has seen, thrown away with all that was kept of it. Callers commit."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.articles import drafting, locking
from app.articles.drafting import HeldError
from app.articles.editing_models import (
    Correction,
    EditionDraft,
    EditionLock,
    EditionRevision,
    PreviewLink,
)
from app.articles.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Edition,
    FeedItem,
    FormerSlug,
    Narration,
    Pick,
)
from app.articles.service import WrongStateError
from app.articles.versions import bump
from app.core.languages import gettext as _

_OF_EDITION = (
    EditionDraft, EditionRevision, EditionLock, Correction, PreviewLink, FormerSlug, Narration
)  # fmt: skip
_OF_ARTICLE = (ArticleAuthor, ArticleTag, Pick)


def may_be_discarded(edition: Edition) -> bool:
    """Tell whether an edition is a draft that never appeared."""
    return edition.state == "draft" and edition.published_at is None


def is_last(session: Session, edition: Edition) -> bool:
    """Tell whether its article has no other edition."""
    others = select(Edition.id).where(
        Edition.article_id == edition.article_id, Edition.id != edition.id
    )
    return session.scalar(others.limit(1)) is None


def discard(session: Session, edition_id: int, staff_id: int, now: datetime) -> None:
    """Delete a draft, its revisions and links; with its last edition the article goes too.

    What other features hold of the article is to be gone by then.

    Raises:
        HeldError: Somebody else is editing it.
        WrongStateError: Readers have seen it, or it is to appear.
    """
    bump(session)
    edition = session.get_one(Edition, edition_id, with_for_update=True, populate_existing=True)
    if not may_be_discarded(edition):
        raise WrongStateError(_("Only a draft that never appeared can be deleted."))
    held = locking.hold(session, edition_id, staff_id, now)
    if held.staff_id != staff_id:
        raise HeldError(held, drafting.draft_of(session, edition))
    last, article_id = is_last(session, edition), edition.article_id
    for table in _OF_EDITION:
        session.execute(delete(table).where(table.edition_id == edition_id))
    session.delete(edition)
    session.flush()
    if last:
        _drop_article(session, article_id)


def _drop_article(session: Session, article_id: int) -> None:
    session.execute(
        update(FeedItem).where(FeedItem.article_id == article_id).values(article_id=None)
    )
    session.execute(update(Edition).where(Edition.related_id == article_id).values(related_id=None))
    for table in _OF_ARTICLE:
        session.execute(delete(table).where(table.article_id == article_id))
    session.execute(delete(Article).where(Article.id == article_id))
    session.flush()
