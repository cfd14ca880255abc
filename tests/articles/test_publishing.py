"""From the draft to readers and back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import corrections, publishing, service
from app.articles.drafting import StaleDraftError, revisions
from app.articles.models import Article, FormerSlug
from app.articles.publishing import CORRECTION, TYPO, UPDATE
from app.articles.queries import find_edition
from app.articles.reads import CorrectionRead, EditionRead, Gone
from app.articles.service import WrongStateError
from app.articles.versions import content_version
from app.core.errors import FieldError
from tests.articles.editing import Newsroom

HOUR = timedelta(hours=1)


@pytest.fixture
def room(session: Session) -> Newsroom:
    return Newsroom(session)


def read(room: Newsroom, slug: str = "grain-en") -> object:
    return find_edition(room.session.connection(), "en", slug, room.now + HOUR)


def article_of(room: Newsroom) -> Article:
    return room.session.get_one(Article, room.edition.article_id)


def test_publishing_shows_the_draft(room: Newsroom) -> None:
    room.save("What readers see.")
    room.publish()

    found = read(room)
    assert isinstance(found, EditionRead)
    assert found.body_html == "<p>What readers see.</p>\n"
    assert revisions(room.session, room.edition.id)[0].kind == "published"


def test_what_was_saved_since_is_not_published_unseen(room: Newsroom) -> None:
    seen = room.save("One.").version
    room.save("Two.")

    with pytest.raises(StaleDraftError):
        room.publish(builds_on=seen)
    assert room.edition.state == "draft"


def test_a_correction_is_noted_under_the_text_and_dated(room: Newsroom) -> None:
    room.publish()
    room.save("Twelve ships left.")
    later = room.now + timedelta(minutes=5)
    room.publish(kind=CORRECTION, note=" It said ten\nships. ", now=later)

    found = read(room)
    assert isinstance(found, EditionRead)
    assert found.corrections == (CorrectionRead(later, "It said ten ships."),)
    assert found.updated_at == later


def test_corrections_stand_in_their_order(room: Newsroom) -> None:
    room.publish()
    for minutes in (1, 2, 3):
        moment = room.now + timedelta(minutes=minutes)
        corrections.add_note(room.session, room.edition, f"Note {minutes}.", room.olena, moment)

    found = read(room)
    assert isinstance(found, EditionRead)
    assert [one.note for one in found.corrections] == ["Note 1.", "Note 2.", "Note 3."]
    notes = corrections.notes_of(room.session, room.edition.id)
    assert tuple(notes) == found.corrections


def test_a_correction_without_a_note_changes_nothing(room: Newsroom) -> None:
    room.publish()
    room.save("Twelve.")
    with pytest.raises(FieldError) as refused:
        room.publish(kind=CORRECTION, note=" ")

    assert refused.value.field == "note"
    assert "Twelve" not in room.edition.body_markdown


@pytest.mark.parametrize(("kind", "moves"), [(TYPO, False), (UPDATE, True)])
def test_an_update_moves_its_time_and_a_typo_does_not(
    room: Newsroom, kind: str, moves: bool
) -> None:
    room.publish()
    room.save("Twelve.")
    later = room.now + timedelta(minutes=5)
    room.publish(kind=kind, now=later)

    assert room.edition.updated_at == (later if moves else None)
    assert room.edition.body_markdown == "Twelve."


def test_publishing_again_keeps_the_first_date(room: Newsroom) -> None:
    first = room.publish().published_at

    assert room.publish(now=room.now + HOUR).published_at == first


def test_a_new_address_is_led_to_from_the_old(room: Newsroom, session: Session) -> None:
    room.publish()
    words = service.EditionText("en", "new-address", "Head", "", "Body.")
    service.save_edition(session, article_of(room), words, room.now)

    assert session.scalars(select(FormerSlug.slug)).all() == ["grain-en"]


def test_what_is_scheduled_appears_by_itself_as_it_was_then(room: Newsroom) -> None:
    room.save("Then.")
    publishing.schedule(room.session, room.edition.id, room.now + HOUR, room.going())
    room.save("Later thoughts.")

    assert find_edition(room.session.connection(), "en", "grain-en", room.now) is None
    found = read(room)
    assert isinstance(found, EditionRead)
    assert "Then." in found.body_html


def test_a_moment_that_has_passed_is_refused(room: Newsroom) -> None:
    with pytest.raises(FieldError, match="passed"):
        publishing.schedule(room.session, room.edition.id, room.now, room.going())


def test_what_waits_can_be_made_a_draft_again(room: Newsroom) -> None:
    publishing.schedule(room.session, room.edition.id, room.now + HOUR, room.going())
    publishing.unschedule(room.session, room.edition.id, room.now)

    assert (room.edition.state, room.edition.published_at) == ("draft", None)
    with pytest.raises(WrongStateError):
        publishing.unschedule(room.session, room.edition.id, room.now)


def test_what_is_withdrawn_says_why_and_comes_back_as_it_was(room: Newsroom) -> None:
    first = room.publish().published_at
    publishing.withdraw(room.session, room.edition.id, "A source asked us.", room.now)
    gone = read(room)
    publishing.bring_back(room.session, room.edition.id, room.now + HOUR)

    assert gone == Gone("A source asked us.")
    assert isinstance(read(room), EditionRead)
    assert room.edition.published_at == first


def test_withdrawing_wants_a_sentence_and_something_to_withdraw(room: Newsroom) -> None:
    with pytest.raises(FieldError):
        publishing.withdraw(room.session, room.edition.id, "", room.now)
    with pytest.raises(WrongStateError):
        publishing.withdraw(room.session, room.edition.id, "Why.", room.now)


def test_nobody_publishes_before_an_embargo_ends(room: Newsroom) -> None:
    until = room.now + HOUR
    publishing.set_embargo(room.session, article_of(room), until, room.now)

    with pytest.raises(WrongStateError, match="embargo"):
        room.publish()
    early = until - timedelta(minutes=1)
    with pytest.raises(FieldError, match="embargo"):
        publishing.schedule(room.session, room.edition.id, early, room.going())
    publishing.schedule(room.session, room.edition.id, until, room.going())
    assert room.edition.published_at == until


def test_what_was_to_appear_earlier_waits_for_an_embargo(room: Newsroom) -> None:
    publishing.schedule(room.session, room.edition.id, room.now + HOUR, room.going())
    until, before = room.now + 2 * HOUR, content_version(room.session)

    assert publishing.set_embargo(room.session, article_of(room), until, room.now) == 1
    assert room.edition.published_at == until
    assert content_version(room.session) > before


def test_an_embargo_on_what_readers_see_is_refused(room: Newsroom) -> None:
    room.publish()

    with pytest.raises(FieldError, match="already"):
        publishing.set_embargo(room.session, article_of(room), room.now + HOUR, room.now)
