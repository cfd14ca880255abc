"""Codes as a proof: of the app or from paper, each once, and never guessed at will."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.alarms import Alarm
from app.core.database import Database
from app.core.settings import Settings
from app.people import staff_code_apps, staff_recovery
from app.people.staff_code_apps import Moments
from app.people.staff_codes import APP, RECOVERY, TOO_MANY, WRONG, Trial, prove
from app.people.staff_credentials_models import StaffCodeApp, StaffRecoveryCode
from app.people.staff_errors import LastProofError
from tests.people.staff_making import HOUR, NOW, another, code_at, make_app, make_staff

LATER = NOW + timedelta(minutes=5)


def tried(
    session: Session, settings: Settings, staff_id: int, typed: str, at: datetime = LATER
) -> str:
    return prove(session, settings, Trial(staff_id, typed, "network", at), at)


def test_a_code_of_the_app_is_a_proof_once(session: Session, settings: Settings) -> None:
    ann = make_staff(session)
    code = code_at(make_app(session, settings, ann), LATER)
    assert tried(session, settings, ann, f" {code[:3]} {code[3:]} ") == APP
    assert tried(session, settings, ann, code) == WRONG


def test_the_step_before_one_that_was_used_is_worth_nothing(
    session: Session, settings: Settings
) -> None:
    ann = make_staff(session)
    secret = make_app(session, settings, ann)
    assert tried(session, settings, ann, code_at(secret, LATER)) == APP
    assert tried(session, settings, ann, code_at(secret, LATER - timedelta(seconds=30))) == WRONG


def test_of_fifty_who_bring_one_code_at_once_one_comes_in(
    database: Database, settings: Settings
) -> None:
    with database.write() as session:
        ann = make_staff(session)
        code = code_at(make_app(session, settings, ann), LATER)
        session.commit()

    def bring(_number: int) -> str:
        with database.write() as session:
            outcome = tried(session, settings, ann, code)
            session.commit()
        return outcome

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(bring, range(50))).count(APP) == 1


def test_the_secret_of_an_app_stands_nowhere_in_its_row(
    session: Session, settings: Settings
) -> None:
    secret = make_app(session, settings, make_staff(session))
    assert secret not in session.scalars(select(StaffCodeApp)).one().sealed_secret


def test_a_new_app_holds_once_its_code_is_typed_and_the_old_one_until_then(
    session: Session, settings: Settings
) -> None:
    ann = make_staff(session)
    old = make_app(session, settings, ann)
    new = staff_code_apps.begin(session, settings, ann, LATER)
    wrong = another(code_at(new, LATER))
    assert not staff_code_apps.confirm(session, settings, ann, wrong, Moments(LATER, LATER))
    assert tried(session, settings, ann, code_at(old, LATER)) == APP

    then = LATER + HOUR
    code = code_at(new, then)
    assert staff_code_apps.confirm(session, settings, ann, code, Moments(then, then))
    assert tried(session, settings, ann, code, then) == WRONG  # it was the one that confirmed
    after = then + HOUR
    assert tried(session, settings, ann, code_at(old, after), after) == WRONG
    assert tried(session, settings, ann, code_at(new, after), after) == APP


def test_the_last_proof_is_not_removed(session: Session, settings: Settings) -> None:
    ann = make_staff(session)
    make_app(session, settings, ann)
    with pytest.raises(LastProofError):
        staff_code_apps.remove(session, ann)


def test_a_recovery_code_is_good_once_however_it_is_typed(
    session: Session, settings: Settings
) -> None:
    ann = make_staff(session)
    codes = staff_recovery.make_anew(session, settings, ann, NOW)
    assert len(set(codes)) == 10
    assert tried(session, settings, ann, codes[3].lower().replace("-", " ")) == RECOVERY
    assert tried(session, settings, ann, codes[3]) == WRONG
    assert staff_recovery.left(session, ann) == 9


def test_of_many_who_bring_one_recovery_code_at_once_one_comes_in(
    database: Database, settings: Settings
) -> None:
    with database.write() as session:
        ann = make_staff(session)
        code = staff_recovery.make_anew(session, settings, ann, NOW)[0]
        session.commit()
    together = Barrier(6)

    def bring(_number: int) -> str:
        together.wait()
        with database.write() as session:
            outcome = tried(session, settings, ann, code)
            session.commit()
        return outcome

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(bring, range(6))).count(RECOVERY) == 1


def test_recovery_codes_are_one_persons_and_end_when_made_anew(
    session: Session, settings: Settings
) -> None:
    ann, bob = make_staff(session), make_staff(session, address="bob@post.example")
    first = staff_recovery.make_anew(session, settings, ann, NOW)
    staff_recovery.make_anew(session, settings, bob, NOW)
    assert tried(session, settings, bob, first[0]) == WRONG
    staff_recovery.make_anew(session, settings, ann, NOW)
    assert tried(session, settings, ann, first[0]) == WRONG


def test_no_recovery_code_stands_in_its_row(session: Session, settings: Settings) -> None:
    codes = staff_recovery.make_anew(session, settings, make_staff(session), NOW)
    kept = str([vars(row) for row in session.scalars(select(StaffRecoveryCode))])
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_whoever_guesses_waits_an_hour_even_with_the_right_code_and_staff_are_told(
    session: Session, settings: Settings
) -> None:
    ann = make_staff(session)
    secret = make_app(session, settings, ann)
    for _ in range(10):
        assert tried(session, settings, ann, "WRONG") == WRONG
    assert tried(session, settings, ann, code_at(secret, LATER)) == TOO_MANY
    (alarm,) = session.scalars(select(Alarm))
    assert (alarm.kind, alarm.ref) == ("staff-codes-guessed", str(ann))
    later = LATER + HOUR + timedelta(seconds=1)
    assert tried(session, settings, ann, code_at(secret, later), later) == APP


def test_a_network_that_guesses_at_many_waits_too(session: Session, settings: Settings) -> None:
    staff = [make_staff(session, address=f"{one}@post.example") for one in "abcd"]
    for turn in range(30):
        assert tried(session, settings, staff[turn % 4], "WRONG") == WRONG
    assert tried(session, settings, staff[0], "WRONG") == TOO_MANY
    assert "network" in session.scalars(select(Alarm.ref)).all()
