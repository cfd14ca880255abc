"""The content version goes up, and only with what is committed."""

from app.articles.versions import bump, content_version
from app.core.database import Database


def test_a_change_that_is_rolled_back_moves_nothing(database: Database) -> None:
    with database.write() as session:
        bump(session)
        session.rollback()
        assert content_version(session) == 0


def test_the_version_begins_at_one(database: Database) -> None:
    with database.write() as session:
        bump(session)
        assert content_version(session) == 1
        bump(session)
        assert content_version(session) == 2
