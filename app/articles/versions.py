"""The content version: it moves, in the same transaction, with every change a reader could see."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.articles.models import ContentVersion

_READ = select(ContentVersion.version).where(ContentVersion.id == 1)


def bump(session: Session) -> None:
    """Say that something a reader could see has changed; every cached page is then too old.

    Writers of content queue here until each has committed, so the version never goes back.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = dialect.insert(ContentVersion).values(id=1, version=1)
    session.execute(
        first.on_conflict_do_update(
            index_elements=[ContentVersion.id], set_={"version": ContentVersion.version + 1}
        )
    )


def content_version(session: Session) -> int:
    """Return the present version; zero before anything was written."""
    return session.scalar(_READ) or 0
