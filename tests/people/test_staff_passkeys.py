"""Passkeys of staff: each for one challenge, one person, and never the last one away."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.people import staff_passkeys, staff_team
from app.people.passkeys import Owner, PasskeyError
from app.people.staff_challenges import ENTER, PROVE
from app.people.staff_credentials_models import StaffPasskey
from app.people.staff_errors import LastProofError
from app.people.staff_passkeys import Signed, handle_of
from tests.people.authenticator import Authenticator
from tests.people.staff_making import COMMAND, NOW, SITE, make_app, make_staff

ANN = "ann@post.example"


def add(
    session: Session, settings: Settings, staff_id: int, device: Authenticator, name: str = "Laptop"
) -> StaffPasskey:
    owner = Owner(handle_of(settings, staff_id), ANN, "")
    options = staff_passkeys.ask_to_make(session, SITE, owner, staff_id, NOW)
    signed = Signed(SITE, device.make(options), "add")
    return staff_passkeys.add(session, signed, staff_id, name, NOW)


def enter(
    session: Session,
    settings: Settings,
    device: Authenticator,
    *,
    key: str = "",
    at: datetime = NOW,
) -> int:
    options = staff_passkeys.ask_to_enter(session, settings, SITE, key, NOW)
    signed = Signed(SITE, device.sign(options), ENTER)
    return staff_passkeys.check(session, settings, signed, at).staff_id


def test_a_passkey_tells_who_comes_in(session: Session, settings: Settings) -> None:
    ann, device = make_staff(session), Authenticator()
    row = add(session, settings, ann, device)
    assert enter(session, settings, device, at=NOW + timedelta(minutes=1)) == ann
    assert (row.sign_count, row.used_at) == (1, NOW + timedelta(minutes=1))


def test_an_answer_is_good_once_and_for_five_minutes(session: Session, settings: Settings) -> None:
    device = Authenticator(counts=False)
    add(session, settings, make_staff(session), device)
    options = staff_passkeys.ask_to_enter(session, settings, SITE, "", NOW)
    signed = Signed(SITE, device.sign(options), ENTER)
    staff_passkeys.check(session, settings, signed, NOW)
    with pytest.raises(PasskeyError, match="nothing that was asked"):
        staff_passkeys.check(session, settings, signed, NOW)
    with pytest.raises(PasskeyError, match="nothing that was asked"):
        enter(session, settings, device, at=NOW + timedelta(minutes=5))


def test_an_answer_for_one_purpose_or_person_is_none_for_another(
    session: Session, settings: Settings
) -> None:
    ann, bob = make_staff(session), make_staff(session, address="bob@post.example")
    device = Authenticator()
    add(session, settings, ann, device)
    entering = staff_passkeys.ask_to_enter(session, settings, SITE, "", NOW)
    of_bob = staff_passkeys.ask_to_prove(session, SITE, bob, NOW)
    owner = Owner(handle_of(settings, ann), ANN, "")
    making = json.loads(staff_passkeys.ask_to_make(session, SITE, owner, ann, NOW))
    adding = json.dumps({"rpId": SITE.host, "challenge": making["challenge"]})
    for options, whose in ((entering, ann), (of_bob, ann), (of_bob, bob), (adding, ann)):
        signed = Signed(SITE, device.sign(options), PROVE, whose)
        with pytest.raises(PasskeyError):
            staff_passkeys.check(session, settings, signed, NOW)


def test_whoever_has_left_does_not_come_in_by_an_old_passkey(
    session: Session, settings: Settings
) -> None:
    make_staff(session, address="boss@post.example")
    ann, device = make_staff(session), Authenticator()
    add(session, settings, ann, device)
    staff_team.end(session, COMMAND, ann, NOW)
    with pytest.raises(PasskeyError, match="left"):
        enter(session, settings, device)


def test_with_an_address_the_passkeys_are_named_and_a_strangers_too(
    session: Session, settings: Settings
) -> None:
    device = Authenticator()
    add(session, settings, make_staff(session), device)

    def named(key: str) -> list[str]:
        options = json.loads(staff_passkeys.ask_to_enter(session, settings, SITE, key, NOW))
        return [one["id"] for one in options["allowCredentials"]]

    assert len(named(ANN)) == 1
    lengths = [tuple(map(len, named(f"{one}@post.example"))) for one in range(30)]
    assert {len(one) for one in lengths} == {1, 2}
    assert len(set(lengths)) > 3
    assert named("nobody@post.example") == named("nobody@post.example") != named("x@post.example")
    assert named("") == []


def test_a_passkey_is_kept_once(session: Session, settings: Settings) -> None:
    device = Authenticator()
    add(session, settings, make_staff(session), device)
    bob = make_staff(session, address="bob@post.example")
    with pytest.raises(PasskeyError, match="kept already"):
        add(session, settings, bob, device)


def test_one_is_renamed_and_removed_by_its_owner_alone(
    session: Session, settings: Settings
) -> None:
    ann, bob = make_staff(session), make_staff(session, address="bob@post.example")
    row = add(session, settings, ann, Authenticator())
    add(session, settings, ann, Authenticator(), "Phone")
    assert not staff_passkeys.rename(session, bob, row.id, "Mine")
    assert not staff_passkeys.remove(session, bob, row.id)
    assert staff_passkeys.rename(session, ann, row.id, "Desk")
    assert staff_passkeys.remove(session, ann, row.id)
    assert [one.name for one in staff_passkeys.of(session, ann)] == ["Phone"]


def test_the_last_passkey_stays_unless_there_is_an_app(
    session: Session, settings: Settings
) -> None:
    ann = make_staff(session)
    row = add(session, settings, ann, Authenticator())
    with pytest.raises(LastProofError):
        staff_passkeys.remove(session, ann, row.id)
    make_app(session, settings, ann)
    assert staff_passkeys.remove(session, ann, row.id)
