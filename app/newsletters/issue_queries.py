"""Reading the archive: what appeared of a list, backwards from a moment.

Of a list for members alone nothing appears, nor of one that is not listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.articles.listings import Before
from app.newsletters.issue_models import Issue
from app.newsletters.models import Newsletter

VISIBLE = ("published", "scheduled")


@dataclass(frozen=True, slots=True)
class IssueRead:
    """An issue as readers see it; `newsletter` is a slug, `language` that of its text."""

    id: int
    newsletter: str
    language: str
    slug: str
    state: str
    subject: str
    preheader: str
    body_html: str
    published_at: datetime
    updated_at: datetime | None


_ISSUES: Select[*tuple[Any, ...]] = (
    select(
        Issue.id,
        Newsletter.slug.label("newsletter"),
        Newsletter.language,
        Issue.slug,
        Issue.state,
        Issue.subject,
        Issue.preheader,
        Issue.body_html,
        Issue.published_at,
        Issue.updated_at,
    )
    .join(Newsletter, Newsletter.id == Issue.newsletter_id)
    .where(Newsletter.listed, ~Newsletter.members_only)
)
_IS_VISIBLE = or_(*(Issue.state == state for state in VISIBLE))


def archive(
    session: Session, newsletter: str, now: datetime, limit: int, before: Before | None = None
) -> list[IssueRead]:
    """Return the newest issues of a list, or the newest before a place in its archive."""
    wanted = _visible(now).where(Newsletter.slug == newsletter)
    if before is not None:
        place = tuple_(Issue.published_at, Issue.id)
        wanted = wanted.where(place < (before.moment, before.id))
    return _read(session, wanted.order_by(Issue.published_at.desc(), Issue.id.desc()).limit(limit))


def find_issue(session: Session, newsletter: str, slug: str, now: datetime) -> IssueRead | None:
    """Return what stands at a slug, a withdrawn issue too; None if nothing does yet."""
    wanted = _ISSUES.where(
        Newsletter.slug == newsletter,
        Issue.slug == slug,
        or_(_IS_VISIBLE, Issue.state == "withdrawn"),
        Issue.published_at <= now,
    )
    return next(iter(_read(session, wanted)), None)


def neighbours(
    session: Session, issue: IssueRead, now: datetime
) -> tuple[IssueRead | None, IssueRead | None]:
    """Return the issues before and after one in its archive."""
    wanted = _visible(now).where(Newsletter.slug == issue.newsletter)
    place, here = tuple_(Issue.published_at, Issue.id), (issue.published_at, issue.id)
    older = wanted.where(place < here).order_by(Issue.published_at.desc(), Issue.id.desc())
    newer = wanted.where(place > here).order_by(Issue.published_at, Issue.id)
    found = [_read(session, one.limit(1)) for one in (older, newer)]
    return tuple(next(iter(one), None) for one in found)  # type: ignore[return-value] # two of them


def with_archive(session: Session, now: datetime) -> frozenset[str]:
    """Return the slugs of the lists of which something has appeared."""
    return frozenset(session.scalars(_visible(now).with_only_columns(Newsletter.slug).distinct()))


def all_issues(session: Session, now: datetime) -> Sequence[IssueRead]:
    """Return every issue that has appeared, newest first, for the sitemap."""
    return _read(session, _visible(now).order_by(Issue.published_at.desc(), Issue.id.desc()))


def next_appearance(session: Session, now: datetime) -> datetime | None:
    """Return when the next scheduled issue appears."""
    wanted = select(func.min(Issue.published_at)).where(_IS_VISIBLE, Issue.published_at > now)
    return session.scalar(wanted)


def _visible(now: datetime) -> Select[*tuple[Any, ...]]:
    return _ISSUES.where(_IS_VISIBLE, Issue.published_at <= now)


def _read(session: Session, wanted: Select[*tuple[Any, ...]]) -> list[IssueRead]:
    return [IssueRead(*row) for row in session.execute(wanted)]
