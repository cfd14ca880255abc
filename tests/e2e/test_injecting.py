"""A body full of attacks, in a real browser: nothing of it runs, and nothing of it is markup."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Page

from app.articles import service
from app.core.database import Database
from tests.articles.attacks import ATTACKS
from tests.articles.making import make_article, make_edition
from tests.newsroom import Newsroom, until

ODD = """() => [...document.querySelectorAll('*')].flatMap(one => [...one.attributes]
    .filter(given => given.name.startsWith('on')
        || /^\\s*(javascript|vbscript|data):/i.test(given.value))
    .map(given => `${one.tagName} ${given.name}=${given.value}`))"""

OURS = {"section": "rebuilding", "authors": ("daryna-kolodrub",), "hero": None, "tags": ()}


@pytest.fixture
def path(newsroom: Newsroom) -> Iterator[str]:
    """An article made of attacks, there for this test alone."""
    database = Database(f"sqlite:///{newsroom.clone}/instance/unwalled.sqlite3")
    with database.write() as session:
        body = "\n\n".join(["It begins.", *ATTACKS, "It ends."])
        make_article(session, "attacked", **OURS)
        headline = "<script>alert(2)</script>\"'><img src=x onerror=alert(2)>"
        edition = make_edition(session, "attacked", headline=headline, dek=headline, body=body)
        session.commit()
        assert edition.published_at is not None
    yield f"/{edition.published_at:%Y/%m}/{edition.slug}/"
    with database.write() as session:
        service.withdraw(session, session.merge(edition))
        session.commit()
    database.dispose()


def test_nothing_in_a_body_runs(page: Page, path: str) -> None:
    said: list[str] = []

    def hear(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    until(lambda: (answer := page.goto(path)) is not None and answer.ok)
    for link in page.locator("article a").all():
        link.dispatch_event("mouseover")
    page.wait_for_load_state("networkidle")

    assert page.get_by_text("It ends.").is_visible()
    assert said == []
    assert page.evaluate(ODD) == []
    assert page.locator("article script, article iframe, article style, article base").count() == 0
    assert page.locator("body form input[name=email][type=text]").count() == 0
