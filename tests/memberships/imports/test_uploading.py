"""A file of members brought to the desk is understood, checked, and applied whole by a job."""

import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.errors import FieldError, OperatorError
from app.core.private_files import keep, path_of
from app.core.settings import Settings
from app.memberships.imports import jobs, uploading
from app.memberships.imports.models import MemberUpload, MemberUploadProblem
from app.memberships.models import Entitlement
from app.memberships.queries import current_count
from app.memberships.recounting import recount
from app.people.models import Person

STEADY = "Mitglied;E-Mail;Since;Expiry\nAnn;ann@post.example;2026-01-31;2030-01-31\n"
TITLES = {"email": "E-Mail", "name": "Mitglied", "starts_at": "Since", "ends_at": "Expiry"}


class Desk:
    """What the desk asks, and the worker that does it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings

    def bring(self, text: str) -> int:
        data = io.BytesIO(text.encode())
        kept = keep(self.settings, uploading.KIND, data, uploading.LARGEST_FILE)
        with self.database.write() as session:
            made = uploading.bring(session, kept, "members.csv", "Vira", now(session))
            session.commit()
        return made.id

    def check(self, one: int, titles: Mapping[str, str] = TITLES, source: str = "steady") -> None:
        with self.database.write() as session:
            upload = session.get_one(MemberUpload, one)
            uploading.ask_checking(session, upload, titles, source, now(session))
            session.commit()
        jobs.work(self.database, self.settings, one)

    def apply(self, one: int) -> None:
        with self.database.write() as session:
            uploading.ask_applying(
                session, session.get_one(MemberUpload, one), "Vira", now(session)
            )
            session.commit()
        jobs.work(self.database, self.settings, one)

    def undo(self, one: int) -> None:
        with self.database.write() as session:
            uploading.ask_undoing(session, session.get_one(MemberUpload, one), now(session))
            session.commit()
        jobs.work(self.database, self.settings, one)

    def record(self, one: int) -> MemberUpload:
        with self.database.read() as session:
            return session.get_one(MemberUpload, one)

    def problems(self) -> list[tuple[int, str]]:
        with self.database.read() as session:
            rows = session.scalars(select(MemberUploadProblem).order_by(MemberUploadProblem.id))
            return [(row.line, row.reason) for row in rows]


@pytest.fixture
def desk(database: Database, settings: Settings) -> Desk:
    return Desk(database, settings)


def test_columns_are_found_by_their_usual_titles(desk: Desk) -> None:
    one = desk.record(desk.bring(STEADY))
    titles = uploading.titles_of(desk.settings, one)

    assert titles == ["Mitglied", "E-Mail", "Since", "Expiry"]
    assert uploading.found_columns(titles) == {
        "email": "E-Mail",
        "starts_at": "Since",
        "ends_at": "Expiry",
    }


def test_checking_says_what_would_come_of_it_and_applying_does_it(desk: Desk) -> None:
    one = desk.bring(STEADY)
    path = path_of(desk.settings, desk.record(one).stored or "")
    desk.check(one)
    foreseen = desk.record(one).foreseen
    assert (desk.record(one).state, foreseen and foreseen["after"]) == ("checked", 1)
    desk.apply(one)

    with desk.database.read() as session:
        person, entitlement = _only(session)
        count = current_count(session, now(session))
    assert (desk.record(one).state, desk.record(one).effect) == ("applied", foreseen)
    assert (person.name, entitlement.source) == ("Ann", "steady")
    assert entitlement.source_ref == "ann@post.example"
    assert count is not None
    assert count.members == 1
    assert not path.exists()


def _only(session: Session) -> tuple[Person, Entitlement]:
    return session.scalars(select(Person)).one(), session.scalars(select(Entitlement)).one()


def members(desk: Desk) -> int:
    with desk.database.read() as session:
        found = current_count(session, now(session))
        assert recount(session, now(session)).drifts == ()
    return found.members if found else 0


def test_taking_it_back_revokes_what_was_new_and_unsays_what_was_changed(desk: Desk) -> None:
    first = desk.bring(STEADY)
    desk.check(first)
    desk.apply(first)
    over = (
        "E-Mail,Since,Expiry\nann@post.example,2026-01-31,2026-02-28\nbo@post.example,2026-01-31,\n"
    )
    second = desk.bring(over)
    desk.check(second, {name: title for name, title in TITLES.items() if name != "name"})
    desk.apply(second)
    with desk.database.read() as session:
        latest = session.scalars(select(Entitlement).order_by(Entitlement.id.desc())).all()
    assert (members(desk), len(latest)) == (1, 3)
    desk.undo(second)

    assert (desk.record(second).state, desk.record(second).undone) == ("undone", 2)
    assert members(desk) == 1  # Ann again, and Bo no more
    desk.undo(first)
    assert members(desk) == 1  # something was said of her since
    assert desk.record(first).undone == 0


def test_a_line_that_cannot_be_taken_is_said_and_nothing_can_be_applied(desk: Desk) -> None:
    one = desk.bring(STEADY + "Bob;bob@post.example;soon;\nCy;cy;2026-01-01;\n")
    desk.check(one)

    assert (desk.record(one).rows, desk.record(one).problems) == (3, 2)
    assert [line for line, _reason in desk.problems()] == [3, 4]
    assert "Since is no date" in desk.problems()[0][1]
    with pytest.raises(OperatorError, match="not waiting"):
        desk.apply(one)


@pytest.mark.parametrize("missing", ["email", "starts_at", "ends_at"])
def test_each_column_that_is_needed_is_asked_for(desk: Desk, missing: str) -> None:
    one = desk.bring(STEADY)
    with pytest.raises(FieldError) as refused:
        desk.check(one, {**TITLES, missing: ""})

    assert refused.value.field == missing
    with pytest.raises(FieldError, match="where these members come from"):
        desk.check(one, source=" ")


def test_a_file_that_waited_too_long_is_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = desk.bring(STEADY)
    monkeypatch.setattr(jobs, "KEPT_SECONDS", -1.0)
    assert jobs.forget(desk.database, desk.settings) == 1
    desk.check(one)

    assert desk.record(one).state == "failed"
    assert desk.record(one).failed == "members.csv cannot be read: No such file or directory."
    assert list((tmp_path / "private").iterdir()) == []
