"""Other sites that may carry our forms, at the desk."""

import pytest
from sqlalchemy import select

from app.core.database import Database
from app.newsletters.embeds.embeds import Embed, embed_at, read_embeds
from app.people.audit import AuditEntry
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of
from tests.newsletters.making import make_list

HERE, NEW = "/desk/sites/", "/desk/new-site/"
ORIGINS = "https://partner.example\nhttps://www.partner.example/"


@pytest.fixture
def at(desk: SitDown, database: Database) -> Desk:
    """An administrator, a newsletter, and a partner's site."""
    with database.write() as session:
        make_list(session, "daily")
        session.commit()
    sitting = desk("admin")
    sitting.post(NEW, name="partner", origins=ORIGINS, list="daily")
    return sitting


def sites(database: Database) -> list[Embed]:
    with database.read() as session:
        return read_embeds(session)


def test_a_site_may_post_at_once_and_is_shown_what_to_paste(at: Desk, database: Database) -> None:
    (site,) = sites(database)
    assert site.origins == ("https://partner.example", "https://www.partner.example")
    assert embed_at(database, "https://partner.example") == site
    page = at.get(f"{HERE}partner/")
    assert "&lt;form action=" in page.text
    assert "The Test Post</title>" in page.text
    assert "https://www.partner.example" in at.get(HERE).text


def test_it_is_changed_and_written_down(at: Desk, database: Database) -> None:
    assert "https://partner.example" in at.get(f"{HERE}partner/edit/").text
    at.post(f"{HERE}partner/edit/", origins="https://partner.example")
    (site,) = sites(database)
    assert (site.origins, site.lists) == (("https://partner.example",), frozenset())
    with database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [one.what for one in entries] == ["site.made", "site.changed"]
    assert entries[1].before["lists"] == ["daily"]


def test_closed_it_posts_no_more_after_a_question(at: Desk, database: Database) -> None:
    assert "Take no more sign-ups from partner." in words_of(at.get(f"{HERE}partner/close/"))
    at.post(f"{HERE}partner/close/")
    assert embed_at(database, "https://partner.example") is None
    assert "closed" in words_of(at.get(f"{HERE}?state=closed"))


WRONG = (
    ("name", {"name": "Bad name"}, "Use a to z"),
    ("name", {"name": "partner"}, "choose another"),
    ("origins", {"origins": ""}, "Write at least one address"),
    ("origins", {"origins": "http//x"}, "cannot be taken"),
    ("origins", {"origins": "https://partner.example"}, "belongs to partner"),
    ("list", {"list": "gone"}, "is not there any more"),
)


def test_what_cannot_be_taken_is_told_at_its_field(at: Desk, database: Database) -> None:
    for field, changed, said in WRONG:
        answer = at.post(NEW, **{"name": "other", "origins": "https://other.example", **changed})
        assert answer.status_code == 422, changed
        assert f'id="error-{field}"' in answer.text, changed
        assert said in words_of(answer)
    assert [one.name for one in sites(database)] == ["partner"]


def test_a_site_that_is_not_there_is_not_found(at: Desk) -> None:
    assert at.get(f"{HERE}nobody/").status_code == 404
