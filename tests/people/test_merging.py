"""Who may be merged into whom, how often, in which order, and how long it can be undone."""

from collections.abc import Sequence
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import retention
from app.core.database import Database
from app.core.errors import UnwalledError
from app.mail.models import OutgoingMail
from app.people.gathering import gather
from app.people.merge_models import Merge
from app.people.merging import UNDO_FOR, NotMergedError, forgetting, merge, undo
from app.people.models import EmailAddress, Person
from app.people.note_models import PersonNote
from app.people.registers import Pair, Registers
from app.people.sign_in_models import PersonSession
from app.people.staff_models import Staff
from app.people.survivors import all_of, survivor_of
from app.wiring import MERGERS
from tests.memberships.making import NOW, make_person
from tests.people.making import ANN, BOB, Door

REGISTERS = Registers(mergers=MERGERS)
DAY = timedelta(days=1)


def people(session: Session, number: int) -> list[int]:
    return [make_person(session, f"{one}@post.example") for one in range(number)]


def merges(session: Session, gone: int, stays: int) -> int:
    return merge(session, REGISTERS, Pair(gone, stays, NOW), "staff:1").id


def refused(session: Session, gone: int, stays: int) -> str:
    with pytest.raises(NotMergedError) as caught:
        merges(session, gone, stays)
    return caught.value.why


def not_undone(session: Session, number: int, after: timedelta = DAY) -> str:
    with pytest.raises(NotMergedError) as caught:
        undo(session, REGISTERS, number, "staff:1", NOW + after)
    return caught.value.why


def owners(session: Session) -> list[int]:
    return list(session.scalars(select(EmailAddress.person_id).order_by(EmailAddress.key)))


def test_what_is_merged_is_merged_once(session: Session) -> None:
    gone, stays = people(session, 2)

    assert merges(session, gone, stays) == merges(session, gone, stays)


def test_nobody_is_merged_into_themselves_or_into_nobody(session: Session) -> None:
    (one,) = people(session, 1)

    assert (refused(session, one, one), refused(session, one, 99)) == ("same", "unknown")


def test_whoever_was_erased_is_not_merged(session: Session) -> None:
    gone, stays = people(session, 2)
    session.execute(update(Person).where(Person.id == gone).values(erased_at=NOW))

    assert {refused(session, gone, stays), refused(session, stays, gone)} == {"erased"}


def test_who_works_here_cannot_be_merged_away_only_into(session: Session) -> None:
    gone, stays = people(session, 2)
    session.add(Staff(person_id=gone, role="editor", invited_at=NOW))
    session.flush()

    assert refused(session, gone, stays) == "refused"
    assert merges(session, stays, gone)


def test_a_chain_leads_to_its_last_and_back_from_there(session: Session) -> None:
    one, two, three = people(session, 3)
    first = merges(session, one, two)
    second = merges(session, two, three)
    assert survivor_of(session, one) == three
    assert set(session.scalars(all_of(three))) == {one, two, three}
    assert owners(session) == [three] * 3
    assert not_undone(session, first) == "later"
    for number in (second, first):
        undo(session, REGISTERS, number, "staff:1", NOW)

    assert owners(session) == [one, two, three]


def test_two_merged_into_one_are_parted_from_the_latest_back(session: Session) -> None:
    one, two, three = people(session, 3)
    first, second = merges(session, one, three), merges(session, two, three)
    assert not_undone(session, first) == "later"
    undo(session, REGISTERS, second, "staff:1", NOW)
    undo(session, REGISTERS, first, "staff:1", NOW)

    assert owners(session) == [one, two, three]


def test_who_was_merged_away_is_not_merged_again(session: Session) -> None:
    one, two, three = people(session, 3)
    merges(session, one, two)

    assert {refused(session, one, three), refused(session, three, one)} == {"merged"}


def test_a_merge_is_undone_within_thirty_days_and_once(session: Session) -> None:
    number = merges(session, *people(session, 2))
    assert not_undone(session, number, UNDO_FOR) == "late"
    undo(session, REGISTERS, number, "staff:1", NOW + UNDO_FOR - DAY)

    assert not_undone(session, number) == "undone"


def test_what_was_moved_is_forgotten_once_nobody_can_undo_it(
    session: Session, database: Database
) -> None:
    number = merges(session, *people(session, 2))
    session.execute(update(Merge).values(merged_at=NOW - 400 * DAY))
    session.commit()
    (_,) = [retention.run(database, [forgetting()])]
    session.expire_all()

    assert session.get_one(Merge, number).moved == {}


def test_a_name_notes_and_waiting_mail_go_along(session: Session) -> None:
    gone, stays = people(session, 2)
    session.get_one(Person, gone).name = "Ann Example"
    staff = Staff(person_id=make_person(session), role="admin", invited_at=NOW)
    session.add(staff)
    session.flush()
    said = {"public_id": "x", "author_id": staff.id, "text": "Rang us", "created_at": NOW}
    session.add(PersonNote(person_id=gone, **said))
    row = {"message_id": "m", "stream": "lists", "address": "x", "language": "en"}
    then = {"template": "welcome", "context": {}, "created_at": NOW, "due_at": NOW}
    session.add(OutgoingMail(person_id=gone, **row, **then))
    session.flush()
    merges(session, gone, stays)

    assert session.get_one(Person, stays).name == "Ann Example"
    for model in (PersonNote, OutgoingMail):
        assert session.scalars(select(model.person_id)).one() == stays


def at_once(database: Database, pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Merge pairs of people at the same time; return what came of each."""
    barrier, came = Barrier(len(pairs)), []

    def run(gone: int, stays: int) -> None:
        with database.write() as session:
            barrier.wait()
            try:
                done = merge(session, REGISTERS, Pair(gone, stays, NOW), "staff:1")
                session.commit()
                came.append("new" if done.is_new else "known")
            except UnwalledError as error:
                came.append(getattr(error, "why", ""))

    threads = [Thread(target=run, args=pair) for pair in pairs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(came)


@pytest.mark.parametrize(
    ("pairs", "came"),
    [
        ([(1, 2), (1, 2)], ["known", "new"]),
        ([(1, 2), (2, 1)], ["merged", "new"]),
        ([(1, 2), (1, 3)], ["merged", "new"]),
    ],
)
def test_two_merges_at_once_take_turns(
    database: Database, session: Session, pairs: list[tuple[int, int]], came: list[str]
) -> None:
    people(session, 3)
    session.commit()
    session.close()

    assert at_once(database, pairs) == came


def test_what_came_late_is_given_on_and_goes_back_too(session: Session) -> None:
    gone, stays = people(session, 2)
    number = merges(session, gone, stays)
    late = {"address": "late@post.example", "key": "late@post.example", "created_at": NOW}
    session.add(EmailAddress(person_id=gone, **late))
    session.flush()
    gather(session, REGISTERS, number, NOW)
    session.expire_all()
    assert owners(session) == [stays] * 3
    undo(session, REGISTERS, number, "staff:1", NOW)

    assert owners(session) == [gone, stays, gone]


def test_who_went_is_signed_out_and_their_mailbox_signs_in_as_the_one_who_stays(
    door: Door,
) -> None:
    with door.database.write() as session:
        stays = make_person(session, BOB)
        session.commit()
    door.signs_in(ANN)
    assert "room of 1" in door.get("/private/").text
    with door.database.write() as session:
        merge(session, REGISTERS, Pair(1, stays, door.now()), "staff:1")
        session.commit()
    assert not door.is_in()
    door.signs_in(ANN)

    assert f"room of {stays}" in door.get("/private/").text
    assert [one.person_id for one in door.sessions()] == [1, stays]


def test_undoing_lets_who_was_signed_out_go_on(session: Session) -> None:
    gone, stays = people(session, 2)
    times = dict.fromkeys(("created_at", "signed_in_at", "seen_at"), NOW)
    session.add(PersonSession(token_hash="x", person_id=gone, expires_at=NOW + DAY, **times))
    session.flush()
    number = merges(session, gone, stays)
    ended = select(PersonSession.ended_at)
    assert session.scalars(ended).one() == NOW
    undo(session, REGISTERS, number, "staff:1", NOW)

    assert session.scalars(ended).one() is None
