"""Links for somebody outside who is to read a draft: for some days, and no longer than wanted.

Whoever has a link sees the draft as it stands when they look. Of the secret in it only the hash is
kept. Before the embargo on an article ends a link opens nothing, unless it was made for somebody
who has promised to keep to it. Callers commit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.editing_models import PreviewLink
from app.articles.models import Article, Edition
from app.articles.picture_intake import one_line
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.retention import Part, old_rows
from app.core.tokens import new_token, token_hash

DAYS = (1, 3, 7, 30)
LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to. `until` is the moment of an embargo that still holds it shut."""

    link_id: int
    edition_id: int
    language: str
    expires_at: datetime
    embargo: datetime | None
    is_shut: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """A link as it is asked for: whom it is for, for how many days, and under an embargo or not."""

    label: str
    days: int
    under_embargo: bool = False


def make(
    session: Session, edition_id: int, wish: Wish, staff_id: int, now: datetime
) -> tuple[PreviewLink, str]:
    """Make a link; return its row and its secret, which is never seen again.

    Raises:
        FieldError: It says nobody whom it is for, or a number of days that is not offered.
    """
    label = one_line(wish.label)
    if not label:
        raise FieldError("label", _("Say whom the link is for."))
    if len(label) > LONGEST_LABEL:
        raise FieldError("label", _("It is longer than %(most)d signs.", most=LONGEST_LABEL))
    if wish.days not in DAYS:
        raise FieldError("days", _("Choose for how long the link opens."))
    secret = new_token()
    link = PreviewLink(
        edition_id=edition_id,
        token_hash=token_hash(secret),
        label=label,
        under_embargo=wish.under_embargo,
        made_at=now,
        staff_id=staff_id,
        expires_at=now + timedelta(days=wish.days),
    )
    session.add(link)
    session.flush()
    return link, secret


def links_of(session: Session, edition_id: int) -> list[PreviewLink]:
    """Return every link that was made for an edition, newest first."""
    mine = select(PreviewLink).where(PreviewLink.edition_id == edition_id)
    return list(session.scalars(mine.order_by(PreviewLink.id.desc())))


def revoke(session: Session, edition_id: int, link_id: int, now: datetime) -> PreviewLink | None:
    """Have a link open nothing any more; None if the edition has no such link."""
    link = session.get(PreviewLink, link_id, with_for_update=True)
    if link is None or link.edition_id != edition_id:
        return None
    if link.revoked_at is None:
        link.revoked_at = now
    session.flush()
    return link


def opened(session: Session, secret: str, now: datetime) -> Opened | None:
    """Return what a secret leads to, or None if it leads nowhere, or nowhere any more."""
    row = session.execute(
        select(PreviewLink, Edition.language, Article.embargo_until)
        .join(Edition, Edition.id == PreviewLink.edition_id)
        .join(Article, Article.id == Edition.article_id)
        .where(
            PreviewLink.token_hash == token_hash(secret),
            PreviewLink.revoked_at.is_(None),
            PreviewLink.expires_at > now,
        )
    ).one_or_none()
    if row is None:
        return None
    link, language, until = row
    embargo = until if until is not None and until > now else None
    shut = embargo is not None and not link.under_embargo
    return Opened(link.id, link.edition_id, language, link.expires_at, embargo, shut)


def forgetting() -> Part:
    """Return the part of retention that forgets for whom links were, once they are long over."""
    return old_rows("preview links", timedelta(days=90), PreviewLink.expires_at)
