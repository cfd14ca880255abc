"""Drafts that never appeared, deleted at the desk with all that hangs on them."""

import pytest
from sqlalchemy import func, select

from app.articles import arranging, locking
from app.articles.models import Article, Edition, Pick
from app.core.clock import now
from app.core.database import Database
from app.newsletters import placing
from app.newsletters.models import ArticleForm
from app.people.audit import AuditEntry
from tests.articles.making import make_draft, make_edition, make_newsroom
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, make_staff, words_of
from tests.newsletters.making import make_list

DELETE = "/desk/articles/1/delete/"


@pytest.fixture
def at(desk: SitDown, database: Database) -> Desk:
    """An editor, and a draft with the id 1 that is picked and carries a form."""
    with database.write() as session:
        make_newsroom(session)
        edition = make_draft(session)
        arranging.set_picks(session, ["grain"])
        placing.place_on_article(session, make_list(session, "daily").id, edition.article_id, "uk")
        session.commit()
    return desk("editor")


def left(database: Database) -> list[int]:
    with database.read() as session:
        return [session.scalar(select(func.count()).select_from(one)) or 0
                for one in (Edition, Article, Pick, ArticleForm)]  # fmt: skip


def test_a_draft_goes_with_its_article_once_it_is_asked_for_twice(
    at: Desk, database: Database
) -> None:
    at.post("/desk/articles/1/", builds_on="0", do="save", headline="Grain", slug="g", body="x")
    assert DELETE in at.get("/desk/articles/1/").text
    assert "Delete the draft “Grain” (English)." in words_of(at.get(DELETE))
    assert left(database)[0] == 1
    assert at.post(DELETE).location == "/desk/articles/"

    assert left(database) == [0, 0, 0, 0]
    with database.read() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert entry is not None
        assert (entry.what, entry.about) == ("article.deleted", "edition:1")


def test_the_other_language_stays(at: Desk, database: Database) -> None:
    with database.write() as session:
        make_edition(session, language="uk")
        session.commit()
    assert "stays in its other language" in words_of(at.get(DELETE))
    at.post(DELETE)

    assert left(database) == [1, 1, 1, 1]


def test_what_readers_saw_is_never_deleted(at: Desk, database: Database) -> None:
    with database.write() as session:
        edition = session.get_one(Edition, 1)
        edition.state, edition.published_at = "withdrawn", now(session)
        session.commit()

    assert DELETE not in at.get("/desk/articles/1/").text
    assert at.get(DELETE).status_code == 404
    assert "never appeared" in words_of(at.get(at.post(DELETE).location))
    assert left(database) == [1, 1, 1, 1]


def test_nor_is_what_somebody_else_has_open(at: Desk, database: Database) -> None:
    other = make_staff(database, "editor", "other@post.example")
    with database.write() as session:
        locking.hold(session, 1, other, now(session))
        session.commit()

    assert "Somebody else has it open" in words_of(at.get(at.post(DELETE).location))
    assert left(database) == [1, 1, 1, 1]
