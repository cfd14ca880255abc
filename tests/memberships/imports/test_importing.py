"""A file is applied whole or not at all, and twice is as good as once."""

import multiprocessing
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.memberships import service
from app.memberships.imports import applying, staging
from app.memberships.imports.applying import Effect
from app.memberships.imports.parsing import Problem, Row
from app.memberships.models import Entitlement, MemberImport, MemberImportRow, MemberSpan
from app.memberships.queries import Count, current_count
from app.memberships.recounting import recount
from app.memberships.service import Grant
from app.people.models import EmailAddress, Person
from tests.memberships.imports.files import bring_in, line, write_file
from tests.memberships.making import make_person

MANY = 2_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "members.csv"


def rows(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def count(database: Database) -> Count | None:
    with database.read() as session:
        return current_count(session, now(session))


def drifts(database: Database) -> tuple[str, ...]:
    with database.read() as session:
        return recount(session, now(session)).drifts


def nothing_waits(database: Database) -> bool:
    return rows(database, MemberImportRow) == 0


def test_a_dry_run_says_what_would_happen_and_changes_nothing(
    database: Database, path: Path
) -> None:
    write_file(path, [line(1), line(2), line(3, email="READER2@example.org")])
    outcome = bring_in(database, path, apply=False)

    assert outcome.effect == Effect(3, 0, 0, 2, 0, before=0, after=2)
    assert not outcome.applied
    tables = (Person, EmailAddress, Entitlement, MemberSpan, MemberImport, MemberImportRow)
    assert [rows(database, table) for table in tables] == [0] * 6
    assert count(database) is None


def test_applying_does_what_the_dry_run_said(database: Database, path: Path) -> None:
    write_file(path, [line(number, email=f"p{number // 2}@b.org") for number in range(MANY)])
    foreseen = bring_in(database, path, apply=False).effect

    assert bring_in(database, path).effect == foreseen
    assert foreseen == Effect(MANY, 0, 0, MANY // 2, 0, before=0, after=MANY // 2)
    assert (rows(database, Person), rows(database, Entitlement)) == (MANY // 2, MANY)
    assert drifts(database) == ()
    assert nothing_waits(database)


def test_a_person_is_made_with_name_and_address_as_written(database: Database, path: Path) -> None:
    bring_in(database, write_file(path, [line(1, email="Ann@B.org", name="Ганна")]))
    with database.read() as session:
        mailbox = session.scalars(select(EmailAddress)).one()
        person = session.get_one(Person, mailbox.person_id)

    assert (mailbox.address, mailbox.key, mailbox.verified_at) == ("Ann@b.org", "ann@b.org", None)
    assert (person.name, len(person.public_id)) == ("Ганна", 36)


def test_somebody_known_by_address_is_not_made_again(database: Database, path: Path) -> None:
    with database.write() as session:
        known = make_person(session, "reader1@example.org")
        session.commit()
    outcome = bring_in(database, write_file(path, [line(1), line(2)]))

    assert outcome.effect is not None
    assert (outcome.effect.people_new, outcome.effect.people_known) == (1, 1)
    with database.read() as session:
        assert known in session.scalars(select(Entitlement.person_id)).all()


def test_the_same_file_twice_changes_nothing(database: Database, path: Path) -> None:
    write_file(path, [line(number) for number in range(50)])
    bring_in(database, path)
    tables = (Person, EmailAddress, Entitlement, MemberSpan, MemberImport)
    before = [rows(database, table) for table in tables], count(database)
    outcome = bring_in(database, path)

    assert outcome.effect == Effect(0, 0, 50, 0, 50, before=50, after=50)
    assert ([rows(database, table) for table in tables], count(database)) == before


def test_nor_do_the_same_rows_in_another_file(
    database: Database, path: Path, tmp_path: Path
) -> None:
    bring_in(database, write_file(path, [line(1), line(2)]))
    other = write_file(tmp_path / "other.csv", [line(3), line(2, starts_at="2025-12-31T22:00Z")])

    assert bring_in(database, other).effect == Effect(1, 0, 1, 1, 1, before=2, after=3)


def test_a_changed_row_is_a_revision_that_names_its_import(database: Database, path: Path) -> None:
    bring_in(database, write_file(path, [line(1), line(2)]))
    outcome = bring_in(database, write_file(path, [line(1, ends_at="2026-02-01"), line(2)]))

    assert outcome.effect == Effect(0, 1, 1, 0, 2, before=2, after=1)
    with database.read() as session:
        found = session.execute(
            select(Entitlement.revision, Entitlement.reason).where(Entitlement.source_ref == "p-1")
        ).all()
    assert sorted(found) == [(1, "import 1"), (2, "import 2")]


def test_a_row_whose_address_changed_makes_the_other_person_a_member(
    database: Database, path: Path
) -> None:
    bring_in(database, write_file(path, [line(1)]))
    outcome = bring_in(database, write_file(path, [line(1, email="other@b.org")]))

    assert outcome.effect == Effect(0, 1, 0, 1, 0, before=1, after=1)
    assert drifts(database) == ()


def test_members_of_other_sources_are_counted_once(database: Database, path: Path) -> None:
    with database.write() as session:
        person = make_person(session, "reader1@example.org")
        moment = now(session)
        service.grant(session, Grant(person, "stripe", "s", moment), reason="paid", now=moment)
        session.commit()
    outcome = bring_in(database, write_file(path, [line(1), line(2)]), apply=False)

    assert outcome.effect is not None
    assert (outcome.effect.before, outcome.effect.after) == (1, 2)


def test_one_bad_row_and_none_is_applied(database: Database, path: Path) -> None:
    problems: list[Problem] = []
    write_file(path, [line(1), line(2, email="nobody"), line(3), line(4, starts_at="soon")])
    outcome = bring_in(database, path, problems=problems)

    assert (outcome.effect, outcome.rows, outcome.problems) == (None, 4, 2)
    assert [one.line for one in problems] == [3, 5]
    assert (rows(database, Person), rows(database, MemberImport)) == (0, 0)
    assert nothing_waits(database)


def test_a_reference_that_comes_twice_is_named_with_the_first(
    database: Database, path: Path
) -> None:
    problems: list[Problem] = []
    write_file(path, [line(1), line(2), line(9, source_ref="p-1"), line(1, source="bank")])
    bring_in(database, path, problems=problems)

    assert problems == [Problem(4, "the same membership as in line 2")]


def test_an_error_while_applying_leaves_nothing(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(applying, "_mark", fail)
    with pytest.raises(RuntimeError, match="full"):
        bring_in(database, write_file(path, [line(1)]))

    assert (rows(database, Person), rows(database, Entitlement)) == (0, 0)
    assert count(database) is None
    assert nothing_waits(database)


def test_rows_cleared_by_somebody_else_are_not_applied_in_part(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = applying._append

    def steal(session: Session, import_id: int, moment: object) -> None:
        session.connection().execute(
            MemberImportRow.__table__.delete().where(MemberImportRow.line == 2)  # type: ignore[attr-defined] # a table of Core
        )
        append(session, import_id, moment)  # type: ignore[arg-type] # handed through

    monkeypatch.setattr(applying, "_append", steal)
    with pytest.raises(OperatorError, match="run the import again"):
        bring_in(database, write_file(path, [line(1), line(2)]))
    assert rows(database, Entitlement) == 0


def test_two_imports_do_not_run_at_once(database: Database, path: Path) -> None:
    write_file(path, [line(1)])
    with staging.alone(database), pytest.raises(OperatorError, match="Another import"):
        bring_in(database, path)

    assert bring_in(database, path).applied


def test_persons_made_for_nothing_go_again(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody signs up with an address of the file between the two inserts."""
    put, calls = applying._put, list[int]()

    def slowly(session: Session, statement: object) -> int:
        done = put(session, statement)  # type: ignore[arg-type] # handed through
        if not calls:
            other = make_person(session)
            late = {"address": "reader1@example.org", "key": "reader1@example.org"}
            session.execute(
                insert(EmailAddress).values(person_id=other, created_at=now(session), **late)
            )
        calls.append(done)
        return done

    monkeypatch.setattr(applying, "_put", slowly)
    outcome = bring_in(database, write_file(path, [line(1), line(2)]))

    assert outcome.effect is not None
    assert (outcome.effect.people_new, outcome.effect.people_known) == (1, 1)
    assert rows(database, Person) == rows(database, EmailAddress) == 2
    assert drifts(database) == ()


def _import_and_hang(url: str, path: str, there: str, when: str) -> None:
    """Import in a process of its own, and stop at a point in the middle of it."""

    def hang(*_args: object) -> None:
        Path(there).touch()
        time.sleep(600)

    keep = staging.Stage.keep

    def keep_and_hang(stage: staging.Stage, batch: list[Row]) -> None:
        keep(stage, batch)
        hang()

    with pytest.MonkeyPatch.context() as patch:
        if when == "staging":
            patch.setattr(staging.Stage, "keep", keep_and_hang)
        else:
            patch.setattr(applying, "_mark", hang)
        bring_in(Database(url), Path(path))


@pytest.mark.parametrize("when", ["staging", "applying"])
def test_killed_in_the_middle_nothing_is_applied_and_the_next_try_works(
    database: Database, database_url: str, path: Path, tmp_path: Path, when: str
) -> None:
    write_file(path, [line(number) for number in range(MANY + 1)])
    there = tmp_path / "there"
    process = multiprocessing.get_context("spawn").Process(
        target=_import_and_hang, args=(database_url, str(path), str(there), when), daemon=True
    )
    process.start()
    _wait_for(there)
    process.kill()
    process.join()
    assert rows(database, MemberImportRow) >= MANY
    assert (rows(database, Person), rows(database, Entitlement)) == (0, 0)

    assert bring_in(database, path).applied
    assert (rows(database, Entitlement), rows(database, MemberImport)) == (MANY + 1, 1)
    assert nothing_waits(database)
    assert drifts(database) == ()


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 90
    while not path.exists():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def test_sign_ups_go_on_while_a_file_is_applied(database: Database, path: Path) -> None:
    write_file(path, [line(number) for number in range(3 * MANY)])
    over, written, longest = threading.Event(), [0], [0.0]

    def sign_up() -> None:
        while not over.is_set():
            started = time.monotonic()
            with database.write() as session:
                make_person(session, f"new{written[0]}@b.org")
                session.commit()
            written[0] += 1
            longest[0] = max(longest[0], time.monotonic() - started)

    thread = threading.Thread(target=sign_up)
    thread.start()
    outcome = bring_in(database, path)
    over.set()
    thread.join()

    assert outcome.applied
    assert written[0] > 3
    assert longest[0] < 20
    assert rows(database, Person) == 3 * MANY + written[0]
    assert drifts(database) == ()
