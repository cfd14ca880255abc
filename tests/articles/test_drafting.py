"""Drafts and revisions: nothing is lost, and nobody writes over somebody else unseen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import literal, update
from sqlalchemy.orm import Session

from app.articles import drafting, locking
from app.articles.drafting import AUTOSAVED, HeldError, Save, StaleDraftError, draft_of, revisions
from app.articles.editing_models import EditionLock
from app.articles.versions import content_version
from app.core.clock import raw_after
from app.core.database import Database
from app.core.errors import FieldError
from tests.articles.editing import Newsroom


@pytest.fixture
def room(session: Session) -> Newsroom:
    return Newsroom(session)


def let_the_lock_pass(session: Session) -> None:
    session.execute(update(EditionLock).values(held_until=raw_after(literal(-1.0))))


def kinds(room: Newsroom) -> list[tuple[int, str]]:
    return [(one.number, one.kind) for one in revisions(room.session, room.edition.id)]


def test_a_draft_begins_as_what_readers_see(room: Newsroom) -> None:
    draft = draft_of(room.session, room.edition)

    assert (draft.version, draft.words.headline) == (0, "Grain in en")


def test_a_saved_draft_is_not_what_readers_see(room: Newsroom) -> None:
    room.publish()
    before = content_version(room.session)
    saved = room.save("Another body.")

    assert draft_of(room.session, room.edition).words.body == "Another body."
    assert saved.version == 1
    assert room.edition.body_markdown != "Another body."
    assert content_version(room.session) == before


def test_a_save_on_an_older_version_is_refused_with_what_stands_there(room: Newsroom) -> None:
    room.save("One.", 0)
    with pytest.raises(StaleDraftError) as refused:
        room.save("Two.", 0)

    assert refused.value.present.words.body == "One."
    assert draft_of(room.session, room.edition).words.body == "One."


def test_of_two_saves_at_once_one_is_written_and_one_refused(
    database: Database, room: Newsroom
) -> None:
    room.session.commit()

    def attempt(text: str) -> str:
        with database.write() as session:
            again = Newsroom.again(session)
            try:
                again.save(text, 0)
            except StaleDraftError:
                return "refused"
            session.commit()
        return "written"

    with ThreadPoolExecutor(8) as pool:
        fates = list(pool.map(attempt, (f"Text {number}" for number in range(8))))
    assert sorted(fates) == ["refused"] * 7 + ["written"]


def test_saving_what_stands_there_changes_nothing(room: Newsroom) -> None:
    room.save("One.")

    assert room.save("One.", 0).version == 1


def test_the_text_before_the_first_save_can_be_had_again(room: Newsroom) -> None:
    first = draft_of(room.session, room.edition).words.body
    room.save("One.")
    drafting.restore(
        room.session, room.edition.id, 1, Save(drafting.Words(), 1, room.olena, room.now)
    )

    assert draft_of(room.session, room.edition).words.body == first
    assert kinds(room) == [(3, "restored"), (2, "saved"), (1, "first")]


def test_autosaves_of_one_sitting_are_one_revision(room: Newsroom) -> None:
    for text in ("O", "On", "One"):
        room.save(text, kind=AUTOSAVED)
    later = room.now + timedelta(minutes=11)
    room.save("One, later", kind=AUTOSAVED, now=later)

    assert kinds(room) == [(3, "autosaved"), (2, "autosaved"), (1, "first")]
    assert revisions(room.session, room.edition.id)[1].words.body == "One"


def test_a_save_by_hand_keeps_the_autosaved_text_for_good(room: Newsroom) -> None:
    room.save("One", kind=AUTOSAVED)
    room.save("One")
    room.save("Two", kind=AUTOSAVED)

    assert kinds(room) == [(3, "autosaved"), (2, "saved"), (1, "first")]


def test_whoever_edits_holds_the_edition(room: Newsroom) -> None:
    room.save("One.")
    with pytest.raises(HeldError) as refused:
        room.save("Two.", staff_id=room.taras)

    assert refused.value.lock == locking.Held(room.olena, room.now)
    assert draft_of(room.session, room.edition).words.body == "One."


def test_a_lock_can_be_taken_over_and_the_first_is_then_refused(room: Newsroom) -> None:
    room.save("One.")
    locking.take_over(room.session, room.edition.id, room.taras, room.now)
    room.save("Two.", staff_id=room.taras)

    with pytest.raises(HeldError) as refused:
        room.save("Three.")
    assert refused.value.present.words.body == "Two."


def test_a_lock_that_nobody_keeps_passes(room: Newsroom, session: Session) -> None:
    later = room.now + timedelta(minutes=3)
    locking.hold(session, room.edition.id, room.olena, room.now)
    let_the_lock_pass(session)

    assert locking.holder(session, room.edition.id) is None
    found = locking.hold(session, room.edition.id, room.taras, later)
    assert found == locking.Held(room.taras, later)


def test_a_lock_says_since_when_it_has_been_kept(room: Newsroom, session: Session) -> None:
    for minutes in (0, 1, 2):
        moment = room.now + timedelta(minutes=minutes)
        locking.hold(session, room.edition.id, room.olena, moment)

    assert locking.holder(session, room.edition.id) == locking.Held(room.olena, room.now)


def test_only_whoever_holds_a_lock_gives_it_back(room: Newsroom, session: Session) -> None:
    locking.hold(session, room.edition.id, room.olena, room.now)
    locking.leave(session, room.edition.id, room.taras)
    assert locking.holder(session, room.edition.id) is not None

    locking.leave(session, room.edition.id, room.olena)
    assert locking.holder(session, room.edition.id) is None


def test_what_was_typed_is_kept_as_it_was_but_for_what_no_text_holds() -> None:
    words = drafting.typed({"headline": " A \r\n b\0 ", "body": "One.\r\n\r\n  Two.\0"})

    assert (words.headline, words.body) == ("A b", "One.\n\n  Two.")


@pytest.mark.parametrize(("field", "most"), [("headline", 300), ("slug", 120), ("body", 200_000)])
def test_what_is_longer_than_its_place_is_refused(field: str, most: int) -> None:
    with pytest.raises(FieldError) as refused:
        drafting.typed({field: "x" * (most + 1)})

    assert refused.value.field == field
