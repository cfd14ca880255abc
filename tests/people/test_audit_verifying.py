"""Whether the audit log is what it was, and who could change it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from structlog.testing import capture_logs

from app.core.alarms import open_alarms
from app.core.database import Database
from app.core.work import Runtime
from app.people import audit_verifying
from app.people.audit import (
    FIRST_HASH,
    Actor,
    AuditEntry,
    AuditNetwork,
    Deed,
    Head,
    forgetting,
    hash_of,
    head_of,
    record,
)
from app.people.audit_verifying import verify
from tests.conftest import make_settings

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
ADA = Actor.staff(3, "f" * 64)


def add(database: Database, count: int = 1, at: datetime = NOON) -> Head:
    """Add entries; return the end of the chain."""
    for _ in range(count):
        with database.write() as session:
            record(session, ADA, Deed("goal.changed", "campaign:1", 7, {"goal": 1}), at)
            session.commit()
    with database.read() as session:
        head = head_of(session)
    assert head is not None
    return head


def meddle(database: Database, *statements: str) -> None:
    """Change the log as only whoever owns the database can."""
    off = (
        ("DROP TRIGGER audit_entry_not_changed", "DROP TRIGGER audit_entry_not_deleted")
        if database.is_sqlite
        else ("SET LOCAL session_replication_role = replica",)
    )
    with database.write() as session:
        for statement in (*off, "DELETE FROM audit_network", *statements):
            session.connection().exec_driver_sql(statement)
        session.commit()


def test_an_untouched_log_holds(database: Database) -> None:
    assert verify(database) == audit_verifying.Verified(0, Head(0, FIRST_HASH))
    head = add(database, 3)
    assert verify(database) == audit_verifying.Verified(3, head)


def test_those_who_write_at_once_make_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(6) as threads:
        assert len(list(threads.map(lambda _: add(database, 5), range(6)))) == 6

    assert verify(database).count == 30
    assert verify(database).holds


def test_what_was_not_committed_leaves_no_gap(database: Database) -> None:
    add(database)
    with database.write() as session:
        record(session, ADA, Deed("x", "y"), NOON)
        record(session, ADA, Deed("x", "z"), NOON)
    assert add(database, 1) == verify(database).head
    assert verify(database).count == 2


@pytest.mark.parametrize(
    "change",
    [
        "who = 'staff:4'",
        "what = 'goal.kept'",
        "about = 'campaign:2'",
        "person_id = NULL",
        "at = '2027-03-01 12:00:01.000000'",
        """before = '{"goal":2}'""",
        """after = '{"goal":1}'""",
    ],
)
def test_a_changed_column_is_found_at_its_entry(database: Database, change: str) -> None:
    add(database, 4)
    meddle(database, f"UPDATE audit_entry SET {change} WHERE number = 3")  # noqa: S608 - ours

    found = verify(database)
    assert (found.number, found.count) == (3, 2)
    assert found.why == "Entry 3 was changed."


def test_a_changed_entry_with_a_hash_to_fit_breaks_at_the_next(database: Database) -> None:
    add(database, 4)
    with database.read() as session:
        entry = session.get_one(AuditEntry, 2)
        entry.who = "staff:4"
        fits = hash_of(entry)
    meddle(database, f"UPDATE audit_entry SET who = 'staff:4', hash = '{fits}' WHERE number = 2")  # noqa: S608 - ours

    assert verify(database).why == "Entry 3 does not continue the one before it."


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        ("number = 2", "Entry 2 is missing."),
        ("number < 3", "Entries 1 to 2 are missing."),
        ("number > 2", "Entries 3 to 4 are missing. The end was cut off."),
    ],
)
def test_missing_entries_are_named(database: Database, gone: str, why: str) -> None:
    add(database, 4)
    meddle(database, f"DELETE FROM audit_entry WHERE {gone}")  # noqa: S608 - ours
    assert verify(database).why == why


def test_an_end_that_was_cut_with_its_row_is_seen_by_what_was_told(database: Database) -> None:
    early = add(database, 2)
    told = add(database, 2)
    meddle(
        database,
        "DELETE FROM audit_entry WHERE number > 2",
        f"UPDATE audit_head SET number = 2, hash = '{early.hash}'",  # noqa: S608 - ours
    )
    assert verify(database).holds
    assert verify(database, early).holds
    why = "Entries 3 to 4 are missing. The end was cut off since it was told."
    assert verify(database, told).why == why


def test_a_log_written_anew_is_seen_by_what_was_told(database: Database) -> None:
    told = add(database, 3)
    meddle(
        database,
        "DELETE FROM audit_entry",
        f"UPDATE audit_head SET number = 0, hash = '{FIRST_HASH}'",  # noqa: S608 - ours
    )
    add(database, 5, NOON + timedelta(seconds=1))
    assert verify(database).holds
    assert verify(database, told).number == 3


def test_an_end_whose_row_was_changed_or_is_gone_is_seen(database: Database) -> None:
    add(database, 2)
    meddle(database, "UPDATE audit_head SET number = 1")
    assert verify(database).why == "The row that keeps the end does not fit the last entry."
    with database.write() as session:
        session.execute(text("DELETE FROM audit_head"))
        session.commit()
    assert verify(database).why == "The row that keeps the end is gone."


@pytest.mark.parametrize("act", ["UPDATE audit_entry SET who = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_an_entry(database: Database, act: str) -> None:
    add(database)
    with database.write() as session:
        session.execute(text("DELETE FROM audit_network"))
        with pytest.raises(DatabaseError, match="never changed"):
            session.execute(text(act))


def test_postgresql_refuses_to_empty_the_log(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    with database.write() as session, pytest.raises(DatabaseError, match="never changed"):
        session.execute(text("TRUNCATE audit_entry CASCADE"))


def test_it_holds_once_the_networks_are_forgotten(database: Database) -> None:
    head = add(database, 2)
    part = forgetting()
    with database.write() as session:
        assert part.forget(session, NOON - timedelta(seconds=1), NOON) == {"rows": 0}
        assert part.forget(session, NOON + timedelta(days=31), NOON) == {"rows": 2}
        session.commit()
        assert session.scalars(select(AuditNetwork)).all() == []
    assert verify(database, head).holds


def test_every_night_tells_the_end_to_our_log_and_staff_if_it_broke(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime(database, make_settings(str(database.engine.url), tmp_path))
    # A log that was used keeps the way that was set then, and would not be overheard.
    monkeypatch.setattr(audit_verifying, "log", structlog.get_logger())
    head = add(database, 2)
    with capture_logs() as said:
        audit_verifying.nightly().run(runtime)
    assert said == [
        {"event": "the audit log holds", "entries": 2, "head": str(head), "log_level": "info"}
    ]
    meddle(database, "UPDATE audit_entry SET who = 'x' WHERE number = 1")
    audit_verifying.nightly().run(runtime)
    with database.read() as session:
        assert [one.kind for one in open_alarms(session)] == ["audit-broken"]


def test_values_are_hashed_as_the_database_gives_them_back(database: Database) -> None:
    odd = {"10": 1, 2: (1, 2), "é": 0.1}
    with database.write() as session:
        record(session, ADA, Deed("x", "y", None, odd), NOON)  # type: ignore[arg-type] # a wrong name
        session.commit()
    assert verify(database).holds
    with database.write() as session, pytest.raises(ValueError, match="JSON"):
        record(session, ADA, Deed("x", "y", None, {"share": float("nan")}), NOON)
