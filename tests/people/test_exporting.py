"""Everything that is known of a person, in one file."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.people.exporting import export
from app.people.models import Person
from app.people.registers import Registers, the_registers
from tests.people.making import ANN, BOB, Door, make_person


def exported(door: Door, registers: Registers, person: int = 1) -> dict[str, object]:
    with door.database.read() as session:
        found: dict[str, object] = json.loads(export(session, registers, person))
    return found


def test_a_person_has_their_name_addresses_sessions_and_sign_ins_in_it(door: Door) -> None:
    with door.database.write() as session:
        session.execute(update(Person).values(name="Енн ‘Кобзар’"))
        session.commit()
    door.signs_in()
    door.asks()

    whole = exported(door, Registers())

    assert whole.keys() == {"person", "addresses", "sessions", "sign_ins"}
    person, addresses = whole["person"], whole["addresses"]
    assert isinstance(person, dict)
    assert isinstance(addresses, list)
    assert (person["name"], person["language"]) == ("Енн ‘Кобзар’", "en")
    assert [one["address"] for one in addresses] == [ANN]
    assert datetime.fromisoformat(addresses[0]["verified_at"]).tzinfo == UTC
    for name, length in (("sessions", 1), ("sign_ins", 2)):
        rows = whole[name]
        assert isinstance(rows, list)
        assert len(rows) == length


def test_it_holds_no_secret_and_nobody_else(door: Door) -> None:
    make_person(door.database, BOB)
    door.another_browser().signs_in(BOB)
    door.signs_in()
    with door.database.read() as session:
        text = export(session, Registers(), 1)

    assert BOB not in text
    assert "hash" not in text
    hashes = [one.token_hash for one in door.sessions()] + [one.token_hash for one in door.wishes()]
    assert len(hashes) == 4
    assert not [one for one in hashes if one in text]


def test_features_put_their_parts_beside_it(door: Door) -> None:
    moment = datetime(2026, 11, 25, tzinfo=UTC)
    registers = Registers(
        exporters=(lambda _session, person: {"gifts": [{"at": moment, "by": person}]},)
    )
    assert exported(door, registers)["gifts"] == [{"at": "2026-11-25T00:00:00+00:00", "by": 1}]


def test_no_feature_overwrites_what_another_put_in(door: Door) -> None:
    registers = Registers(exporters=(lambda _session, _person: {"person": "mine"},))
    with pytest.raises(ValueError, match="person"):
        exported(door, registers)


def test_what_cannot_be_written_down_is_refused_and_not_guessed_at(door: Door) -> None:
    registers = Registers(exporters=(lambda _session, _person: {"odd": object()},))
    with pytest.raises(TypeError, match="object"):
        exported(door, registers)


def test_of_nobody_there_is_no_file(door: Door) -> None:
    with pytest.raises(LookupError):
        exported(door, Registers(), 99)


def test_the_parts_of_all_features_fit_into_one_file(door: Door) -> None:
    door.signs_in()
    with door.app.app_context():
        whole = exported(door, the_registers())
    assert {"person", "subscriptions", "mails"} <= whole.keys()
    assert len(whole) > 7
