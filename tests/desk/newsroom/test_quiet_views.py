"""Pages that ask readers nothing, whatever campaign runs."""

import pytest
from sqlalchemy import select

from app.articles.models import Article
from tests.articles.making import make_edition, make_newsroom
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of
from tests.goal.making import make_campaign
from tests.site.making import set_count

QUIET = "/desk/campaigns/quiet/"


@pytest.fixture
def at(desk: SitDown) -> Desk:
    """A membership manager; a campaign runs, and an article stands in a section."""
    manager = desk("membership")
    with manager.database.write() as session:
        make_newsroom(session)
        make_edition(session)
        make_campaign(session)
        set_count(session, 3)
        session.commit()
    return manager


def asks(at: Desk, path: str) -> tuple[bool, bool]:
    """Tell whether a page of readers carries the strip, and the call to join."""
    at.app.extensions["unwalled_site"].watch.forget()
    page = at.client.get(path)
    assert page.status_code == 200
    return 'class="strip"' in page.text, 'class="ask"' in page.text


def article(at: Desk) -> tuple[int, str]:
    """Return the article's id, and its path out of the front page."""
    with at.database.read() as session:
        found = session.scalars(select(Article.id)).one()
    front = at.client.get("/").text
    return found, front[: front.index("/grain-en/")].rpartition('"')[2] + "/grain-en/"


def test_a_section_that_asks_nothing_is_quiet_with_its_articles(at: Desk) -> None:
    _id, path = article(at)
    assert asks(at, path) == (True, True)
    at.post(f"{QUIET}section/economy/quiet/")

    assert asks(at, path) == asks(at, "/economy/") == (False, False)
    assert asks(at, "/") == (True, True)
    assert "no ask here" in words_of(at.get(QUIET))
    at.post(f"{QUIET}section/economy/ask/")
    assert asks(at, path) == (True, True)


def test_an_article_is_found_made_quiet_listed_and_asks_again(at: Desk) -> None:
    found, path = article(at)
    assert f'action="{QUIET}article/{found}/quiet/"' in at.get(f"{QUIET}?find=grain").text
    at.post(f"{QUIET}article/{found}/quiet/")
    assert asks(at, path) == (False, False)

    assert "Grain in en" in words_of(at.get(QUIET))
    assert "Ask again" in words_of(at.get(f"{QUIET}article/{found}/ask/"))
    at.post(f"{QUIET}article/{found}/ask/")
    assert asks(at, path) == (True, True)


def test_what_is_not_there_is_not_found(at: Desk) -> None:
    assert at.post(f"{QUIET}section/sport/quiet/").status_code == 404
    assert at.post(f"{QUIET}article/99/quiet/").status_code == 404
    assert at.get(f"{QUIET}article/99/ask/").status_code == 404
