"""Killed at any moment, an import goes on where it was, and ends as if nothing had been."""

import multiprocessing
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.core.alone import BusyError
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.newsletters.imports import applying, forgetting, importing, staging
from app.newsletters.imports.models import (
    SubscriberImport,
    SubscriberImportProblem,
    SubscriberImportRow,
)
from app.newsletters.models import Consent, Subscription
from app.people.erasing import erase
from app.people.registers import Registers
from tests.memberships.making import make_person
from tests.newsletters.imports.files_of_subscribers import Moving, plain

MANY = 350


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)


def small(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(staging, "BATCH", 100)
    patch.setattr(applying, "BATCH", 100)


@pytest.fixture
def path(moving: Moving) -> Path:
    return moving.file(plain(*(f"r{number}@post.example" for number in range(MANY)), "nobody"))


def _bring_and_hang(url: str, settings: Settings, path: Path, there: Path, when: str) -> None:
    """Import in a process of its own, and stop after the second batch of reading or applying."""
    module, name = {
        "reading": (staging, "_keep"),
        "applying": (applying, "_apply_batch"),
    }[when]
    inner, calls = getattr(module, name), list[int]()

    def hanging(*args: object) -> object:
        done = inner(*args)
        calls.append(1)
        if len(calls) == 2:
            there.touch()
            time.sleep(600)
        return done

    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        patch.setattr(module, name, hanging)
        Moving(Database(url), settings, path.parent).bring(path)


@pytest.mark.parametrize("when", ["reading", "applying"])
def test_killed_in_the_middle_it_goes_on(
    moving: Moving, database_url: str, path: Path, tmp_path: Path, when: str
) -> None:
    there = tmp_path / "there"
    process = multiprocessing.get_context("spawn").Process(
        target=_bring_and_hang,
        args=(database_url, moving.settings, path, there, when),
        daemon=True,
    )
    process.start()
    _wait_for(there)
    process.kill()
    process.join()
    half = len(moving.all_of(SubscriberImportRow)), len(moving.all_of(Consent))
    assert half == {"reading": (200, 0), "applying": (150, 200)}[when]

    report = moving.bring(path)
    assert (report.effect.fates, report.effect.people) == ({"new": MANY}, MANY)
    assert (report.records, report.problems) == (MANY + 1, 1)
    assert len(moving.all_of(SubscriberImport)) == len(moving.all_of(SubscriberImportProblem)) == 1
    assert len(moving.all_of(Subscription)) == len(moving.all_of(Consent)) == MANY
    assert moving.all_of(SubscriberImportRow) == []


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 90
    while not path.exists():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def test_two_imports_do_not_run_at_once(moving: Moving, path: Path) -> None:
    with importing.running(moving.database), pytest.raises(BusyError, match="Another import"):
        moving.bring(path)

    assert moving.bring(path).applied


def test_people_sign_up_while_a_file_is_applied(moving: Moving, path: Path) -> None:
    over, written = threading.Event(), [0]

    def sign_up() -> None:
        while not over.is_set():
            with moving.database.write() as session:
                make_person(session, f"new{written[0]}@b.org")
                session.commit()
            written[0] += 1

    thread = threading.Thread(target=sign_up)
    thread.start()
    report = moving.bring(path)
    over.set()
    thread.join()

    assert report.effect.fates == {"new": MANY}
    assert written[0] > 3


def test_an_address_that_signs_up_between_dry_run_and_applying_is_not_taken_twice(
    moving: Moving, path: Path
) -> None:
    import_id = moving.read(path)
    with moving.database.write() as session:
        make_person(session, "r7@post.example")
        session.commit()
    moving.apply(import_id)

    assert len(moving.states()) == MANY
    assert moving.report(import_id).effect.people == MANY - 1


def test_what_was_never_applied_is_forgotten_after_a_day(moving: Moving, path: Path) -> None:
    moving.read(path)
    assert forgetting.forget(moving.database) == 0
    _age(moving, timedelta(days=1, minutes=1))

    assert forgetting.forget(moving.database) == MANY + 1
    assert moving.all_of(SubscriberImport) == moving.all_of(SubscriberImportRow) == []


def test_of_what_was_applied_errors_are_forgotten_after_a_month(moving: Moving, path: Path) -> None:
    moving.bring(path)
    _age(moving, timedelta(days=29))
    assert forgetting.forget(moving.database) == 0
    _age(moving, timedelta(days=2))

    assert forgetting.forget(moving.database) == 1
    assert len(moving.all_of(SubscriberImport)) == 1


def _age(moving: Moving, time: timedelta) -> None:
    with moving.database.write() as session:
        (found,) = moving.all_of(SubscriberImport)
        session.execute(update(SubscriberImport).values(started_at=found.started_at - time))
        session.commit()


def test_an_erased_person_is_in_no_file_that_was_read(moving: Moving) -> None:
    path = moving.file(plain("Ann@post.example", "ann@post.example", "bob@post.example"))
    moving.read(path)
    with moving.database.write() as session:
        person = make_person(session, "ann@post.example")
        assert erase(session, Registers(erasers=(forgetting.erase,)), person, now(session))
        session.commit()

    assert [one.address for one in moving.all_of(SubscriberImportRow)] == ["bob@post.example"]
    assert moving.all_of(SubscriberImportProblem) == []


def test_a_role_or_a_domain_that_the_settings_refuse_is_not_imported(moving: Moving) -> None:
    moving.settings = replace(moving.settings, refuse_roles=True, blocked_domains=("bad.example",))
    path = moving.file(plain("info@post.example", "a@mail.bad.example", "ann@post.example"))

    assert [one.reason for one in moving.errors(path)] == [
        "the address of an office, which the settings refuse",
        "an address of a domain that the settings refuse",
    ]
    moving.bring(path)
    assert list(moving.states()) == ["ann@post.example"]
