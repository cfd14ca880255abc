"""What readers find at a slug, at which moment."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.articles import arranging, catalogue, service
from app.articles.addresses import Place
from app.articles.arranging import NarrationFacts
from app.articles.queries import find_edition
from app.articles.reads import EditionRead, Gone
from app.core.clock import now
from app.core.database import Database
from tests.articles.making import make_article, make_draft, make_edition, make_newsroom

CLIP = NarrationFacts("clip.abc.mp3", "audio/mpeg", 80)


@pytest.fixture(autouse=True)
def newsroom(session: Session) -> None:
    make_newsroom(session)


def found(session: Session, slug: str = "grain-en", language: str = "en") -> EditionRead:
    read = find_edition(session.connection(), language, slug, now(session))
    assert isinstance(read, EditionRead)
    return read


def test_a_published_edition_is_found_with_all_that_belongs_to_it(session: Session) -> None:
    make_edition(session, "grain")
    make_article(session, "grain", authors=("bo", "ada"))
    read = found(session)

    assert (read.headline, read.section) == ("Grain in en", "economy")
    assert read.authors == ("bo", "ada")
    assert read.tags == ("ports",)
    assert read.hero is not None
    assert read.hero.alt == {"en": "A ship at a quay."}


def test_ten_authors_keep_their_order(session: Session) -> None:
    names = tuple(f"author-{number}" for number in range(12, 0, -1))
    for name in names:
        arranging.save_author(session, arranging.AuthorFacts(name, {"en": name}, {}))
    make_article(session, authors=names)
    make_edition(session)

    assert found(session).authors == names


def test_an_article_without_picture_tags_and_related_piece_is_found_too(session: Session) -> None:
    make_article(session, tags=(), hero=None)
    make_edition(session)
    read = found(session)

    assert (read.hero, read.tags, read.related, read.narration) == (None, (), None, None)


def test_a_draft_is_nothing(session: Session) -> None:
    make_draft(session)

    assert find_edition(session.connection(), "en", "grain-en", now(session)) is None


def test_a_scheduled_edition_is_nothing_until_its_moment(session: Session) -> None:
    moment = now(session) + timedelta(hours=2)
    service.schedule(session, make_draft(session), moment)

    before = find_edition(
        session.connection(), "en", "grain-en", moment - timedelta(microseconds=1)
    )
    assert before is None
    assert isinstance(find_edition(session.connection(), "en", "grain-en", moment), EditionRead)


def test_a_withdrawn_edition_has_left_a_gap(session: Session) -> None:
    service.withdraw(session, make_edition(session))

    assert find_edition(session.connection(), "en", "grain-en", now(session)) == Gone()


def test_a_former_slug_tells_the_present_place(session: Session) -> None:
    edition = make_edition(session)
    service.change_slug(session, edition, "later")
    place = find_edition(session.connection(), "en", "grain-en", now(session))

    assert isinstance(place, Place)
    assert place.slug == "later"


def test_a_former_slug_of_what_is_withdrawn_is_a_gap_too(session: Session) -> None:
    edition = make_edition(session)
    service.change_slug(session, edition, "later")
    service.withdraw(session, edition)

    assert find_edition(session.connection(), "en", "grain-en", now(session)) == Gone()


def test_a_former_slug_of_a_draft_is_nothing(session: Session) -> None:
    edition = make_draft(session)
    service.change_slug(session, edition, "later")

    assert find_edition(session.connection(), "en", "grain-en", now(session)) is None


def test_a_slug_of_another_language_is_nothing(session: Session) -> None:
    make_edition(session)

    assert find_edition(session.connection(), "uk", "grain-en", now(session)) is None


def test_only_real_translations_are_told(session: Session) -> None:
    make_edition(session)
    uk = make_draft(session, language="uk")
    assert [place.language for place in found(session).translations] == ["en"]

    service.publish(session, uk, now(session))
    places = {place.language: place.slug for place in found(session).translations}
    assert places == {"en": "grain-en", "uk": "grain-uk"}


def test_translations_keep_their_moments(session: Session) -> None:
    edition = make_edition(session)

    assert [place.published_at for place in found(session).translations] == [edition.published_at]


def test_a_narration_of_this_very_body_is_told(session: Session) -> None:
    edition = make_edition(session)
    arranging.add_narration(session, edition, CLIP, now(session))
    narration = found(session).narration

    assert narration is not None
    assert (narration.file, narration.seconds) == ("clip.abc.mp3", 80)


def test_a_narration_falls_silent_when_the_body_changes(session: Session) -> None:
    edition = make_edition(session)
    arranging.add_narration(session, edition, CLIP, now(session))
    make_draft(session, body="Corrected.")

    assert found(session).narration is None


def test_a_narration_speaks_again_when_the_body_comes_back(session: Session) -> None:
    edition = make_edition(session, body="One.")
    arranging.add_narration(session, edition, CLIP, now(session))
    make_draft(session, body="Two.")
    make_draft(session, body="One.")

    assert found(session).narration is not None


def test_a_narration_that_is_not_ready_is_not_told(session: Session) -> None:
    edition = make_edition(session)
    arranging.add_narration(session, edition, CLIP, None)
    assert found(session).narration is None

    arranging.add_narration(session, edition, CLIP, now(session) + timedelta(hours=1))
    assert found(session).narration is None


def test_a_related_piece_is_told_in_the_same_language_only(session: Session) -> None:
    make_edition(session, "orchard")
    make_edition(session, "grain", related="orchard")
    make_edition(session, "grain", "uk", related="orchard")
    related = found(session).related

    assert related is not None
    assert related.headline == "Orchard in en"
    assert found(session, "grain-uk", "uk").related is None


def test_a_related_piece_that_is_withdrawn_is_not_told(session: Session) -> None:
    orchard = make_edition(session, "orchard")
    make_edition(session, "grain", related="orchard")
    service.withdraw(session, orchard)

    assert found(session).related is None


def test_a_linked_article_is_found_in_the_language_else_in_english(session: Session) -> None:
    make_edition(session, "grain")
    make_edition(session, "grain", "uk")
    make_edition(session, "orchard")
    places = catalogue.find_linked(session, "uk", ["grain", "orchard", "none"], now(session))

    assert {key: place.slug for key, place in places.items()} == {
        "grain": "grain-uk",
        "orchard": "orchard-en",
    }


def test_a_linked_draft_is_not_found(session: Session) -> None:
    make_draft(session, "grain")

    assert catalogue.find_linked(session, "en", ["grain"], now(session)) == {}


def test_a_page_is_read_in_one_statement(session: Session, database: Database) -> None:
    make_edition(session, "grain")
    session.commit()
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    with database.read() as reading:
        find_edition(reading.connection(), "en", "grain-en", now(session))

    assert len([one for one in statements if "FROM edition" in one]) == 1
