"""One person's story: everything, newest first, a page at a time, and nothing of anybody else."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.settings import Settings
from app.desk.people.kinds import KINDS
from app.desk.people.sentences import _LINES
from app.desk.people.sources import SOURCES
from app.desk.people.timeline import PAGE, Place, read_place, timeline, who_is
from app.mail.event_models import MailEvent
from app.mail.models import OutgoingMail
from app.mail.suppression import address_hash
from app.memberships.orders.models import MembershipChange
from app.memberships.service import Grant, grant
from app.people.audit import Actor, Deed, record
from tests.memberships.account.making import make_membership, make_payment, make_refund
from tests.memberships.making import NOW, make_person

ANN = "ann@post.example"


def story(session: Session, settings: Settings, person: int, *kinds: str) -> list[str]:
    found = timeline(session, who_is(session, settings, person), kinds)
    return [one.what for one in found.happenings]


def mails(session: Session, person: int, count: int) -> None:
    values = {"stream": "confirm", "address": ANN, "language": "en", "template": "receipt"}
    session.execute(
        insert(table_of(OutgoingMail)),
        [
            {
                **values, "person_id": person, "context": {}, "message_id": f"{person}-{number}",
                "created_at": NOW, "due_at": NOW,
            }
            for number in range(count)
        ],
    )  # fmt: skip


def test_every_source_has_words_and_a_kind_that_can_be_chosen() -> None:
    assert {one.what for one in SOURCES} == set(_LINES)
    assert {one.kind for one in SOURCES} == set(KINDS)
    assert len({one.what for one in SOURCES}) == len(SOURCES)


def test_money_memberships_and_staff_stand_in_one_story_newest_first(
    session: Session, settings: Settings
) -> None:
    ann = make_person(session, ANN)
    held = make_membership(session, ann, started_at=NOW - timedelta(days=3))
    paid = make_payment(session, ann, membership_id=held.id, paid_at=NOW - timedelta(days=2))
    make_refund(session, paid, 700, created_at=NOW + timedelta(hours=1))
    session.add(MembershipChange(membership_id=held.id, what="paused", at=NOW))
    grant(session, Grant(ann, "membership", "sub", NOW), reason="paid", now=NOW)
    record(session, Actor.command("test"), Deed("note.added", "note:1", ann), NOW)

    told = story(session, settings, ann)

    assert told == ["refund", "deed", "entitled", "change", "known", "paid", "begun"]
    assert story(session, settings, ann, "money") == ["refund", "paid"]
    assert story(session, settings, make_person(session)) == ["known"]


def test_a_long_story_is_turned_page_by_page_and_loses_nothing_that_happened_at_once(
    session: Session, settings: Settings
) -> None:
    ann = make_person(session, ANN)
    mails(session, ann, 2 * PAGE + 5)
    who, seen, before = who_is(session, settings, ann), [], None

    while True:
        turned = timeline(session, who, (), before)
        seen += [(one.what, one.place.key) for one in turned.happenings]
        if turned.older is None:
            break
        before = read_place(str(turned.older))

    assert len(seen) == len(set(seen)) == 2 * PAGE + 5 + 1


def test_what_became_of_mail_is_found_by_the_address_it_came_back_from(
    session: Session, settings: Settings
) -> None:
    ann = make_person(session, ANN)
    told = {"provider": "inbound", "about": "x", "status": "5.1.1", "received_at": NOW}
    for number, key in enumerate((ANN, "bo@post.example")):
        hashed = address_hash(settings, key)
        session.add(
            MailEvent(
                **told, event_id=str(number), kind="hard", happened_at=NOW, due_at=NOW,
                address_hash=hashed,
            )
        )  # fmt: skip
    session.flush()

    assert story(session, settings, ann, "mail") == ["came_back"]


@pytest.mark.parametrize("text", ["", "x", "1-2", "-1-2-3", "9" * 20 + "-1-1", "1-1-1; DROP"])
def test_what_is_no_place_in_a_story_is_none(text: str) -> None:
    assert read_place(text) is None


def test_a_place_in_a_story_comes_back_out_of_an_address_as_it_was() -> None:
    place = Place(NOW.replace(microsecond=123_456), 7, 42)

    assert read_place(str(place)) == place
