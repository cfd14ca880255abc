"""Erasing: names and addresses go, the person's row stays, and nobody is found by it."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import leases
from app.mail.models import Suppression
from app.mail.suppression import COMPLAINT, ERASED, closed, suppress
from app.people.erasing import erase, remembering
from app.people.models import EmailAddress, Person
from app.people.registers import REGISTERS, Registers
from app.people.sign_in_models import SignIn
from app.tables import metadata
from tests.people.making import ANN, BOB, Door, code_in, link_in, make_person

# Every column that holds an address, and which part takes it out of it.
ADDRESSES = {
    "email_address.address": "people",
    "email_address.key": "people",
    "sign_in.address": "people",
    "sign_in.address_key": "people",
    "outgoing_mail.address": "mail",
    "signup_request.address": "newsletters",
    "signup_request.address_key": "newsletters",
    "address_change.address": "newsletters",
    "address_change.address_key": "newsletters",
    "settings_link.address_key": "newsletters",
    "subscriber_import_row.address": "newsletters",
    "subscriber_import_row.address_key": "newsletters",
    "gift_membership.recipient_address": "memberships",
    "gift_membership.recipient_key": "memberships",
    "intent.recipient_address": "memberships",
    "intent.recipient_key": "memberships",
    "member_import_row.address": "memberships",
    "member_import_row.address_key": "memberships",
}


def erases(door: Door, registers: Registers | None = None, person: int = 1) -> bool:
    with door.database.write() as session:
        done = erase(session, registers or Registers(), person, door.now())
        session.commit()
    return done


def person_of(door: Door, person: int = 1) -> Person:
    with door.database.read() as session:
        return session.get_one(Person, person)


def test_names_and_addresses_are_gone_and_the_row_stays(door: Door) -> None:
    assert erases(door)
    person = person_of(door)

    assert (person.name, person.erased_at is None) == (None, False)
    assert door.count(EmailAddress) == 0


def test_they_are_signed_out_everywhere_and_cannot_come_in(door: Door) -> None:
    door.signs_in()
    other = door.another_browser()
    other.asks()
    erases(door)

    assert not door.is_in()
    assert all(row.ended_at for row in door.sessions())
    assert other.types(code_in(door.mails[-1])).status_code == 422
    assert other.post(link_in(door.mails[-1])).status_code == 410


def test_their_wishes_lose_the_address(door: Door) -> None:
    door.asks()
    door.another_browser().post("/account/sign-in/", email=ANN)
    erases(door)

    assert {(one.address, one.address_key) for one in door.wishes()} == {("", "")}
    assert door.work() == 0
    assert len(door.mails) == 1


def test_a_lane_that_is_at_work_on_a_wish_keeps_nothing_of_it(door: Door) -> None:
    door.post("/account/sign-in/", email=ANN)
    with door.database.write() as session:
        rows = leases.claim(session, SignIn, now=door.now(), limit=9)
        session.commit()
    erases(door)

    with door.database.write() as session:
        assert leases.mark_done(session, SignIn, rows, now=door.now()) == 0
    assert len(rows) == 1


def test_others_are_left_as_they_were(door: Door) -> None:
    bob = make_person(door.database, BOB)
    other = door.another_browser()
    other.signs_in(BOB)
    erases(door)

    assert other.is_in()
    assert person_of(door, bob).erased_at is None
    assert [one.address for one in door.wishes()] == [BOB]


def test_nobody_is_erased_twice(door: Door) -> None:
    called: list[int] = []
    registers = Registers(erasers=(lambda _session, person, _now: called.append(person),))
    assert erases(door, registers)
    at = person_of(door).erased_at

    assert not erases(door, registers)
    assert not erases(door, registers, 99)
    assert called == [1]
    assert person_of(door).erased_at == at


def test_features_still_find_the_addresses_when_they_erase(door: Door) -> None:
    seen: list[str] = []

    def eraser(session: Session, person: int, _now: datetime) -> None:
        whose = EmailAddress.person_id == person
        seen.extend(session.scalars(select(EmailAddress.address).where(whose)))

    erases(door, Registers(erasers=(eraser,)))
    assert seen == [ANN]


def test_what_fails_on_the_way_erases_nothing(door: Door) -> None:
    def fails(session: Session, _person: int, _now: datetime) -> None:
        raise RuntimeError(session)

    with pytest.raises(RuntimeError):
        erases(door, Registers(erasers=(fails,)))
    assert person_of(door).erased_at is None
    assert door.count(EmailAddress) == 1


def test_an_erased_address_is_remembered_as_a_hash_and_may_come_back(door: Door) -> None:
    registers = door.app.extensions[REGISTERS]
    assert isinstance(registers, Registers)
    erases(door, registers)
    with door.database.read() as session:
        (row,) = session.scalars(select(Suppression))
        assert row.reason == ERASED
        assert closed(session, door.settings, [ANN]) == set()

    make_person(door.database, ANN)
    door.asks()
    assert [mail.recipient for mail in door.mails] == [ANN]


def test_a_graver_reason_is_left_as_it_was(door: Door) -> None:
    with door.database.write() as session:
        suppress(session, door.settings, ANN, COMPLAINT, door.now())
        session.commit()
    erases(door, Registers(erasers=(remembering(door.settings),)))
    with door.database.read() as session:
        assert closed(session, door.settings, [ANN]) == {ANN}


def test_whoever_comes_back_is_somebody_new(door: Door) -> None:
    erases(door)
    assert make_person(door.database, ANN) != 1


def test_every_column_that_holds_an_address_is_known_here() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if any(word in column.name for word in ("address", "email", "recipient"))
        and not column.name.endswith(("_hash", "_id"))
    }
    assert found == set(ADDRESSES) - {"email_address.key"}
