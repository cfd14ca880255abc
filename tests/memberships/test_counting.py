"""The counter: one row to read, right at every moment, with and without its sweep."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

from app.core.clock import ClockOffset
from app.core.clock import now as domain_now
from app.core.database import Database
from app.memberships import counting, queries, service
from app.memberships.jobs import move_counter
from app.memberships.models import MemberCounter
from app.memberships.queries import Count, count_at, current_count
from app.memberships.service import Grant
from tests.memberships.making import NOW, make_person

HOUR = timedelta(hours=1)


def grant(
    session: Session,
    ref: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
    now: datetime = NOW,
) -> None:
    given = Grant(make_person(session), "patreon", ref, starts_at, ends_at)
    service.grant(session, given, reason="test", now=now)


def read(session: Session, now: datetime) -> Count:
    count = current_count(session, now)
    assert count is not None
    return count


def counter(session: Session) -> MemberCounter:
    return session.scalars(select(MemberCounter)).one()


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_count_changes_when_its_cause_is_recorded(session: Session) -> None:
    grant(session, "a", NOW - HOUR, now=NOW)

    assert read(session, NOW + HOUR) == Count(1, NOW, 2, None)


def test_what_counts_nobody_now_leaves_as_of_alone(session: Session) -> None:
    grant(session, "a", NOW - HOUR, now=NOW)
    grant(session, "later", NOW + 9 * HOUR, now=NOW + HOUR)

    assert read(session, NOW + HOUR).as_of == NOW


def test_a_count_holds_until_the_next_span_begins_or_ends(session: Session) -> None:
    grant(session, "a", NOW - HOUR, NOW + 5 * HOUR)
    grant(session, "b", NOW + 3 * HOUR)

    assert read(session, NOW).valid_until == NOW + 3 * HOUR
    assert read(session, NOW + 3 * HOUR).valid_until == NOW + 5 * HOUR


def test_past_its_end_the_count_is_right_without_a_sweep(session: Session) -> None:
    grant(session, "a", NOW - HOUR, NOW + 5 * HOUR)
    grant(session, "b", NOW + 3 * HOUR)

    seen = [(read(session, NOW + hours * HOUR)) for hours in (0, 2, 3, 4, 5, 9)]
    assert [count.members for count in seen] == [1, 1, 2, 2, 1, 1]
    assert [count.as_of for count in seen[2:]] == [NOW + 3 * HOUR] * 2 + [NOW + 5 * HOUR] * 2


def test_the_sweep_changes_the_row_and_not_the_count(session: Session) -> None:
    grant(session, "a", NOW - HOUR, NOW + 5 * HOUR)
    before = read(session, NOW + 6 * HOUR)

    assert counting.sweep(session, NOW + 6 * HOUR)
    after = read(session, NOW + 6 * HOUR)
    assert (after.members, after.as_of) == (before.members, before.as_of) == (0, NOW + 5 * HOUR)
    assert counter(session).members == 0
    assert after.version > before.version


def test_the_sweep_does_nothing_before_its_time(session: Session) -> None:
    grant(session, "a", NOW - HOUR, NOW + 5 * HOUR)

    assert not counting.sweep(session, NOW + 4 * HOUR)


def test_the_sweep_makes_no_counter_where_nothing_was_counted(session: Session) -> None:
    assert not counting.sweep(session, NOW)
    assert current_count(session, NOW) is None


def test_a_clock_put_back_shows_the_earlier_count(session: Session) -> None:
    grant(session, "a", NOW - 9 * HOUR, NOW - 2 * HOUR)
    grant(session, "b", NOW - 5 * HOUR)

    earlier = read(session, NOW - 3 * HOUR)
    assert (earlier.members, earlier.as_of) == (2, NOW - 5 * HOUR)
    assert earlier.valid_until == NOW - 2 * HOUR
    assert counting.sweep(session, NOW - 3 * HOUR)
    assert read(session, NOW - 3 * HOUR).members == counter(session).members == 2


def test_a_change_after_the_clock_was_put_back_is_counted_rightly(session: Session) -> None:
    grant(session, "a", NOW - HOUR, now=NOW)
    grant(session, "b", NOW - 9 * HOUR, now=NOW - 5 * HOUR)

    assert counter(session).members == 1
    assert read(session, NOW).members == 2


def test_a_change_past_a_boundary_takes_the_boundary_along(session: Session) -> None:
    grant(session, "a", NOW - HOUR, NOW + HOUR)
    grant(session, "b", NOW - HOUR, now=NOW + 2 * HOUR)

    assert counter(session).members == read(session, NOW + 2 * HOUR).members == 1


def test_many_changes_at_once_are_counted_as_a_few_are(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MANY", 0)
    grant(session, "a", NOW - HOUR)
    grant(session, "b", NOW - HOUR, NOW + HOUR)
    service.revoke(session, "patreon", "a", reason="refunded", now=NOW)

    assert counter(session).members == count_at(session, NOW) == 1


def test_rebuilding_gives_the_same_counter(session: Session) -> None:
    grant(session, "a", NOW - HOUR, NOW + HOUR)
    grant(session, "b", NOW - HOUR)
    before = read(session, NOW)
    counting.rebuild(session, NOW)

    after = read(session, NOW)
    assert (after.members, after.valid_until) == (before.members, before.valid_until)


def test_reading_a_valid_count_is_one_statement(database: Database) -> None:
    with database.write() as session:
        grant(session, "a", NOW - HOUR)
        session.commit()
    with database.read() as session, statements(database) as seen:
        read(session, NOW)

    assert len([one for one in seen if "SELECT" in one]) == 1
    assert not any("member_span" in one or "entitlement" in one for one in seen)


def test_that_statement_finds_its_row_by_key(database: Database) -> None:
    with database.write() as session:
        # A planner may read a table of one row whole; it may not once there are more.
        row = {"members": 0, "valid_from": NOW, "valid_until": None, "changed_at": NOW}
        rows = [{"id": number, **row, "version": 1, "through_id": 0} for number in range(1, 2_000)]
        session.execute(insert(MemberCounter), rows)
        if not database.is_sqlite:
            session.execute(text("ANALYZE member_counter"))
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        asked = queries._COUNTER.compile(database.engine, compile_kwargs={"literal_binds": True})
        plan = " ".join(str(row) for row in session.execute(text(f"{explain} {asked}")))

    assert "INTEGER PRIMARY KEY" in plan or "Index Scan using pk_member_counter" in plan


def test_reading_past_the_end_looks_only_at_what_has_passed(database: Database) -> None:
    with database.write() as session:
        grant(session, "a", NOW - HOUR, NOW + HOUR)
        session.commit()
    with database.read() as session, statements(database) as seen:
        read(session, NOW + 2 * HOUR)

    assert len([one for one in seen if "SELECT" in one]) == 4


def test_the_cron_follows_the_rehearsals_clock(database: Database) -> None:
    with database.write() as session:
        present = domain_now(session)
        grant(session, "a", present - HOUR, present + HOUR, now=present)
        session.commit()
    assert not move_counter(database)
    with database.write() as session:
        session.add(ClockOffset(id=1, seconds=7200))
        session.commit()

    assert move_counter(database)
    with database.read() as session:
        assert counter(session).members == 0
        assert counter(session).valid_until is None
