"""Files to take away: what is in them, how they are prepared, and when they are gone."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.core.database import Database
from app.core.private_files import path_of
from app.core.settings import Settings
from app.desk.exports import preparing as exports
from app.desk.exports import products as export_products
from app.desk.exports.models import PreparedExport
from app.desk.exports.preparing import KEPT
from app.desk.exports.products import Wanted, lines
from app.memberships.models import Entitlement
from app.people.models import Person
from tests.mail.making import advance
from tests.memberships.account.making import make_payment, make_refund
from tests.memberships.making import make_person
from tests.newsletters.imports.files_of_subscribers import Moving, plain, table
from tests.newsletters.making import make_list

ANN, BOB = "ann@post.example", "bob@post.example"
MAY = {"first": "2026-05-01", "last": "2026-05-31"}


@pytest.fixture
def moving(database: Database, settings: Settings, tmp_path: Any) -> Moving:  # noqa: ANN401 - a path
    with database.write() as session:
        lists = {slug: make_list(session, slug).id for slug in ("daily", "weekly")}
        session.commit()
    return Moving(database, settings, tmp_path, lists)


def asks(moving: Moving, kind: str, **wishes: object) -> int:
    with moving.database.write() as session:
        wanted = Wanted(kind, wishes)
        made = exports.ask(session, moving.settings, wanted, "Vira", now(session))
        session.commit()
    return made.id


def prepares(moving: Moving, kind: str, **wishes: object) -> PreparedExport:
    export_id = asks(moving, kind, **wishes)
    exports.prepare(moving.database, moving.settings, export_id)
    return found(moving, export_id)


def found(moving: Moving, export_id: int) -> PreparedExport:
    with moving.database.read() as session:
        return session.get_one(PreparedExport, export_id)


def rows(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))


def written(moving: Moving, one: PreparedExport) -> list[dict[str, str]]:
    assert one.stored is not None
    return list(rows(path_of(moving.settings, one.stored).read_text("utf-8")))


def test_a_segment_is_counted_before_and_prepared_as_it_was_counted(moving: Moving) -> None:
    moving.bring(plain(ANN, BOB))
    moving.bring(table(["email", "status"], {"email": "cy@post.example", "status": "cleaned"}))
    one = prepares(
        moving, "subscribers", lists=[moving.lists["daily"]], states=["confirmed"], source="import"
    )

    assert (one.state, one.total, one.done) == ("ready", 2, 2)
    assert [row["email"] for row in written(moving, one)] == [ANN, BOB]


def test_a_name_that_is_a_formula_is_text_in_a_spreadsheet(moving: Moving) -> None:
    moving.bring(table(["email", "name"], {"email": ANN, "name": "=HYPERLINK(1)"}))
    (row,) = written(moving, prepares(moving, "subscribers"))

    assert row["name"] == "'=HYPERLINK(1)"


def test_money_of_a_period_is_parted_by_currency_and_refunds_stand_apart(moving: Moving) -> None:
    with moving.database.write() as session:
        ann = make_person(session, ANN)
        paid_at = datetime(2026, 5, 31, 20, 59, tzinfo=UTC)  # the newsroom's last minute of May
        euros = make_payment(session, ann, paid_at=paid_at)
        make_payment(session, ann, paid_at=paid_at + timedelta(minutes=1))
        make_payment(session, ann, paid_at=paid_at, currency="UAH", amount_minor=30_050)
        make_refund(session, euros, 250, created_at=paid_at)
        make_refund(session, euros, 100, created_at=paid_at, status="failed")
        session.commit()
    one = prepares(moving, "payments", **MAY)
    told = [
        (row["what"], row["currency"], row["paid"], row["refunded"]) for row in written(moving, one)
    ]

    assert told == [
        ("payment", "EUR", "7.00", ""),
        ("refund", "EUR", "", "2.50"),
        ("payment", "UAH", "300.50", ""),
    ]
    assert one.total == 3
    (alone,) = written(moving, prepares(moving, "payments", currency="UAH", **MAY))
    assert alone["receipt"].startswith("R-2026-")


def test_members_are_those_of_now_in_columns_that_can_be_brought_in_again(moving: Moving) -> None:
    with moving.database.write() as session:
        moment = now(session)
        for address, ends_at in ((ANN, moment + timedelta(days=1)), (BOB, moment)):
            person = make_person(session, address)
            times = {"starts_at": moment - timedelta(days=9), "ends_at": ends_at}
            about = {"source": "old", "source_ref": address, "reason": "import 1", "revision": 1}
            session.add(Entitlement(person_id=person, recorded_at=moment, **about, **times))
        session.commit()
    (row,) = written(moving, prepares(moving, "members"))

    assert (row["email"], row["source"], row["source_ref"]) == (ANN, "old", ANN)
    assert list(row)[:6] == ["email", "name", "source", "source_ref", "starts_at", "ends_at"]


def test_everything_is_an_archive_that_another_installation_takes_in(moving: Moving) -> None:
    moving.bring(plain(ANN))
    one = prepares(moving, "everything")
    assert one.stored is not None
    with zipfile.ZipFile(path_of(moving.settings, one.stored)) as archive:
        names = set(archive.namelist())

    assert {"unwalled/about.json", "unwalled/people.csv", "unwalled/consents.csv"} <= names
    assert list(moving.settings.private_dir.glob("export-all-*")) == []


def test_a_stopped_file_is_not_there(moving: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    export_id = asks(moving, "subscribers")

    def stopping(*given: Any) -> Iterator[str]:  # noqa: ANN401 - as they came
        with moving.database.write() as session:
            exports.stop(session, session.get_one(PreparedExport, export_id), now(session))
            session.commit()
        yield from lines(*given)

    monkeypatch.setattr(export_products, "lines", stopping)
    exports.prepare(moving.database, moving.settings, export_id)

    assert found(moving, export_id).state == "stopped"
    assert list(moving.settings.private_dir.iterdir()) == []


def test_a_file_is_deleted_after_seven_days(moving: Moving) -> None:
    one = prepares(moving, "subscribers")
    assert exports.delete_old(moving.database, moving.settings) == 0
    assert exports.is_there(moving.settings, one)
    advance(moving.database, days=KEPT.days, seconds=1)
    assert exports.delete_old(moving.database, moving.settings) == 1

    assert found(moving, one.id).state == "deleted"
    assert list(moving.settings.private_dir.iterdir()) == []


def test_a_file_that_could_name_somebody_who_is_erased_is_taken_away_by_nobody(
    moving: Moving,
) -> None:
    moving.bring(plain(ANN))
    named, unnamed = prepares(moving, "subscribers"), prepares(moving, "payments", **MAY)
    waiting = asks(moving, "members")
    with moving.database.write() as session:
        person = session.scalars(select(Person.id)).one()
        exports.erase(session, person, now(session))
        session.commit()
    assert not exports.is_there(moving.settings, found(moving, named.id))
    exports.delete_old(moving.database, moving.settings)
    exports.prepare(moving.database, moving.settings, waiting)

    states = [found(moving, one).state for one in (named.id, unnamed.id, waiting)]
    assert states == ["deleted", "ready", "stopped"]
    assert len(list(moving.settings.private_dir.iterdir())) == 1


@pytest.mark.parametrize("kind", ["subscribers", "everything"])
def test_a_file_that_was_being_written_when_somebody_was_erased_is_not_kept(
    moving: Moving, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    export_id = asks(moving, kind)
    written = exports._ready  # all is written, and not yet offered

    def erased_just_before(*about: Any) -> None:  # noqa: ANN401 - as it is called
        with moving.database.write() as session:
            exports.erase(session, 0, now(session))
            session.commit()
        written(*about)

    monkeypatch.setattr(exports, "_ready", erased_just_before)
    exports.prepare(moving.database, moving.settings, export_id)

    one = found(moving, export_id)
    assert (one.state, one.stored) == ("stopped", None)
    assert list(moving.settings.private_dir.glob("export-*")) == []
