"""Giving a list another slug: the one that it had leads to it for good.

Pages, forms on other sites, feeds and the unsubscribe links in mails of years ago carry slugs, so
no slug that a list ever had is given to another one.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.articles.versions import bump
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.newsletters.former_models import FormerListSlug
from app.newsletters.models import Newsletter

Found = TypeVar("Found")


class BySlug(Mapping[str, Found], Generic[Found]):
    """Lists by their slugs; a former slug finds its list too, and is not among the keys.

    Args:
        present: By present slug.
        former: Present slugs by former ones.
    """

    def __init__(self, present: Mapping[str, Found], former: Mapping[str, str]) -> None:
        self._present = present
        self._former = former

    def __getitem__(self, slug: str) -> Found:
        """Return the list that has this slug, or had it."""
        return self._present[self._former.get(slug, slug)]

    def __iter__(self) -> Iterator[str]:
        """Yield the present slugs."""
        return iter(self._present)

    def __len__(self) -> int:
        """Return how many lists there are."""
        return len(self._present)


def former_slugs(session: Session) -> dict[str, str]:
    """Return the present slug of each former one."""
    rows = session.execute(
        select(FormerListSlug.slug, Newsletter.slug).join(
            Newsletter, Newsletter.id == FormerListSlug.newsletter_id
        )
    )
    return {former: present for former, present in rows}  # noqa: C416 - rows, not pairs


def owner_of_former(session: Session, slug: str) -> int | None:
    """Return the id of the list that had a slug, or None."""
    return session.scalar(select(FormerListSlug.newsletter_id).where(FormerListSlug.slug == slug))


def rename_list(session: Session, newsletter: Newsletter, slug: str, now: datetime) -> None:
    """Give a list another slug, and have the present one lead to it. Flushed, not committed.

    Raises:
        FieldError: Another list has this slug, or had it.
    """
    if slug == newsletter.slug:
        return
    taken = session.scalar(select(Newsletter.id).where(Newsletter.slug == slug))
    had_by = owner_of_former(session, slug)
    if taken is not None or had_by not in {None, newsletter.id}:
        raise FieldError("slug", _("Another list has this address, or had it."))
    session.execute(delete(FormerListSlug).where(FormerListSlug.slug == slug))
    session.add(FormerListSlug(slug=newsletter.slug, newsletter_id=newsletter.id, changed_at=now))
    newsletter.slug = slug
    session.flush()
    bump(session)
