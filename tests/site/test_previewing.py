"""An article before readers see it, and what stands on its page afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.articles import preview_links, publishing
from app.articles.models import Article, Edition, Image
from app.articles.preview_links import Wish
from app.articles.publishing import CORRECTION
from app.articles.versions import bump
from app.core.clock import now
from app.newsletters import arranging as lists
from tests.articles.editing import Newsroom
from tests.site.making import Reader, make_list


class Draft:
    """A draft that readers do not see, with links to it."""

    def __init__(self, session: Session) -> None:
        self.room = Newsroom.beside(session)
        self.room.save("Words that nobody has **read**.")

    def link(self, days: int = 1, *, under_embargo: bool = False) -> str:
        """Make a link; return its path."""
        wish = Wish("The lawyer", days, under_embargo)
        room = self.room
        _row, secret = preview_links.make(room.session, room.edition.id, wish, room.olena, room.now)
        room.session.commit()
        return f"/preview/{secret}/"


@pytest.fixture
def link(reader: Reader) -> str:
    with reader.database.write() as session:
        return Draft(session).link()


def test_a_guest_reads_the_draft_as_readers_would(reader: Reader, link: str) -> None:
    answer = reader.get(link)

    assert "<p>Words that nobody has <strong>read</strong>.</p>" in answer.text
    assert "A preview, not published" in answer.text
    assert 'class="masthead"' in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_readers_do_not_see_it(reader: Reader, link: str) -> None:
    with reader.database.read() as session:
        path = f"/{now(session):%Y/%m}/grain-en/"

    assert reader.get(path).status_code == 404
    assert "nobody has" not in reader.text("/")


def test_a_link_that_was_taken_back_or_never_made_opens_nothing(reader: Reader, link: str) -> None:
    with reader.database.write() as session:
        preview_links.revoke(session, 1, 1, now(session))
        session.commit()

    for path in (link, "/preview/never/"):
        answer = reader.get(path)
        assert answer.status_code == 404
        assert "opens nothing" in answer.text


def test_a_link_runs_out(reader: Reader, link: str) -> None:
    secret = link.split("/")[2]
    with reader.database.read() as session:
        moment = now(session)

        assert preview_links.opened(session, secret, moment + timedelta(hours=23)) is not None
        assert preview_links.opened(session, secret, moment + timedelta(hours=25)) is None


@pytest.mark.parametrize(("promised", "status"), [(False, 403), (True, 200)])
def test_a_link_keeps_to_an_embargo(reader: Reader, promised: bool, status: int) -> None:
    with reader.database.write() as session:
        draft = Draft(session)
        article = session.get_one(Article, draft.room.edition.article_id)
        until = draft.room.now + timedelta(hours=3)
        publishing.set_embargo(session, article, until, draft.room.now)
        path = draft.link(under_embargo=promised)

    answer = reader.get(path)
    assert answer.status_code == status
    assert "Under embargo until" in answer.text
    assert ("nobody has" in answer.text) is promised


def test_a_picture_in_the_text_has_its_caption_and_credit(reader: Reader) -> None:
    with reader.database.write() as session:
        session.get_one(Image, 1).caption = {"en": "At <six>."}
        room = Newsroom.beside(session)
        room.save('Words.\n\n![Ropes & "><i>](/media/ship-1200.abc.webp)\n\n![x](/media/none.webp)')
        path = reader.path_of(room.publish())
        session.commit()
    page = reader.text(path).partition('<div class="prose">')[2]

    assert '<figure class="inset">' in page
    assert 'srcset="/media/ship-640.abc.webp 640w' in page
    assert 'alt="Ropes &amp; &#34;&gt;&lt;i&gt;"' in page
    assert "At &lt;six&gt;." in page
    assert "Drawing: us" in page
    assert '<img src="/media/none.webp" alt="x">' in page


def test_readers_find_a_correction_under_the_text(reader: Reader) -> None:
    with reader.database.write() as session:
        room = Newsroom.beside(session)
        edition = room.publish()
        session.commit()
        path = reader.path_of(edition)
    assert "corrections" not in reader.text(path)
    with reader.database.write() as session:
        Newsroom.again(session).publish(kind=CORRECTION, note="It said <ten>.")
        session.commit()

    page = reader.text(path)
    assert "It said &lt;ten&gt;." in page
    assert '"@type":"CorrectionComment"' in page
    assert "Updated" in page


def test_an_article_that_is_gone_says_why(reader: Reader) -> None:
    with reader.database.write() as session:
        room = Newsroom.beside(session)
        path = reader.path_of(room.publish())
        publishing.withdraw(session, room.edition.id, "A source <asked> us.", room.now)
        session.commit()

    answer = reader.get(path)
    assert answer.status_code == 410
    assert "A source &lt;asked&gt; us." in answer.text


def test_an_article_can_be_without_forms_whatever_its_section_has(reader: Reader) -> None:
    with reader.database.write() as session:
        make_list(session, "daily")
        lists.set_section_forms(session, "economy", "en", ["daily"])
        room = Newsroom.beside(session)
        path = reader.path_of(room.publish())
        session.commit()
    assert "email-daily" in reader.text(path)
    with reader.database.write() as session:
        edition = session.get_one(Edition, 1)
        session.get_one(Article, edition.article_id).letters = False
        bump(session)
        session.commit()

    assert "email-daily" not in reader.text(path)
