"""An event is kept once and marks its object; a mark during a look is never lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event as listening
from sqlalchemy import func, select, update

from app.core import bell
from app.core.bell import Bell
from app.core.clock import now
from app.core.database import Database
from app.payments.inbox import LANE, mark, receive
from app.payments.models import DirtyKey, StripeEvent
from tests.payments.fakes import NOON, make_event
from tests.waiting import until


def keys(database: Database) -> list[DirtyKey]:
    with database.read() as session:
        return list(session.scalars(select(DirtyKey).order_by(DirtyKey.id)))


def events(database: Database) -> list[StripeEvent]:
    with database.read() as session:
        return list(session.scalars(select(StripeEvent).order_by(StripeEvent.event_id)))


def test_an_event_is_kept_and_its_object_is_due(database: Database) -> None:
    assert receive(database, make_event(), NOON)

    (kept,), (key,) = events(database), keys(database)
    assert (kept.event_id, kept.type, kept.state) == ("evt_1", make_event().type, "ours")
    assert (kept.object_kind, kept.object_id) == (key.kind, key.object_id) == ("checkout", "cs_1")
    assert kept.created_at == kept.received_at == key.due_at == NOON
    assert (key.dirty_seq, key.done_seq, key.attempts, key.lost, key.failures) == (1, 0, 0, 0, 0)


def test_the_database_says_the_time_where_nobody_does(database: Database) -> None:
    with database.read() as session:
        before = now(session)
        receive(database, make_event())
    with database.read() as session:
        after = now(session)

    slack = timedelta(milliseconds=1)  # SQLite's clock ticks so
    assert before - slack <= events(database)[0].received_at <= after + slack
    assert before - slack <= keys(database)[0].due_at <= after + slack


def test_an_event_that_comes_twice_changes_nothing(database: Database) -> None:
    receive(database, make_event(), NOON)

    assert not receive(database, make_event(object_id="cs_2"), NOON + timedelta(days=1))

    (kept,), (key,) = events(database), keys(database)
    assert (kept.received_at, kept.object_id) == (NOON, "cs_1")
    assert (key.dirty_seq, key.due_at) == (1, NOON)


def test_each_event_of_an_object_counts_one_mark(database: Database) -> None:
    for number in range(3):
        assert receive(database, make_event(f"evt_{number}"), NOON)

    (key,) = keys(database)
    assert (key.dirty_seq, key.done_seq) == (3, 0)


def test_an_event_that_comes_many_times_at_once_counts_once(database: Database) -> None:
    names = ["evt_1", "evt_2", "evt_3"] * 6
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda name: receive(database, make_event(name)), names))

    assert sum(answers) == len(events(database)) == 3
    assert [key.dirty_seq for key in keys(database)] == [3]


def test_a_thin_event_is_the_same_mark(database: Database) -> None:
    receive(database, make_event("evt_1", type="v1.checkout.session.completed"))
    receive(database, make_event("evt_2", type="checkout.session.completed"))

    assert [(key.kind, key.dirty_seq) for key in keys(database)] == [("checkout", 2)]


@pytest.mark.parametrize(
    "values",
    [
        {"type": "invoice.created", "object_kind": "invoice", "object_id": "in_1"},
        {"type": "balance.available", "object_kind": "balance", "object_id": ""},
        {"type": "checkout.session.completed", "object_kind": "", "object_id": ""},
    ],
)
def test_an_event_that_we_do_not_act_on_is_kept_and_marks_nothing(
    database: Database, values: dict[str, str]
) -> None:
    assert receive(database, make_event(**values))
    assert not receive(database, make_event(**values))

    assert [one.state for one in events(database)] == ["unread"]
    assert keys(database) == []


@pytest.mark.parametrize("column", ["done_at", "parked_at"])
def test_a_mark_opens_a_key_that_was_closed_or_set_aside(database: Database, column: str) -> None:
    receive(database, make_event("evt_1"), NOON)
    with database.write() as session:
        closed = {column: NOON, "attempts": 8, "lost": 5, "done_seq": 1}
        session.execute(update(DirtyKey).values(closed))
        session.commit()

    receive(database, make_event("evt_2"), NOON + timedelta(hours=1))

    (key,) = keys(database)
    assert (key.done_at, key.parked_at, key.attempts) == (None, None, 0)
    assert (key.dirty_seq, key.done_seq, key.due_at) == (2, 1, NOON + timedelta(hours=1))
    assert key.lost == (0 if column == "parked_at" else 5)


def test_a_mark_leaves_the_lease_to_its_holder(database: Database) -> None:
    receive(database, make_event("evt_1"), NOON)
    with database.write() as session:
        session.execute(update(DirtyKey).values(lease="theirs", leased_until=NOON))
        session.commit()

    receive(database, make_event("evt_2"), NOON)

    assert [(key.lease, key.leased_until) for key in keys(database)] == [("theirs", NOON)]


def test_others_mark_in_their_own_transaction(database: Database) -> None:
    with database.write() as session:
        first = mark(session, "checkout", "cs_1")
        assert mark(session, "checkout", "cs_1") == first
        assert mark(session, "payment", "pi_1") != first
        session.rollback()
        mark(session, "payment", "pi_2")
        session.commit()

    assert [(key.kind, key.object_id, key.dirty_seq) for key in keys(database)] == [
        ("payment", "pi_2", 1)
    ]


def test_a_new_mark_rings_and_a_repeated_event_does_not(database: Database) -> None:
    heard: list[int] = []

    def hear(lane: str) -> bool:
        assert lane == LANE
        with database.read() as session:
            heard.append(session.scalar(select(func.sum(DirtyKey.dirty_seq))) or 0)
        return True

    ringing = Bell(hear)
    bell.attach(database.engine, ringing)
    try:
        receive(database, make_event("evt_1"))
        until(lambda: heard == [1])
        receive(database, make_event("evt_1"))
        receive(database, make_event("evt_2", type="balance.available"))
        with database.write() as session:
            mark(session, "checkout", "cs_1")
            session.commit()
        until(lambda: heard[1:])
        assert heard == [1, 2]
    finally:
        bell.detach(database.engine)
        ringing.stop()


def test_an_event_costs_one_statement_where_that_saves_a_journey(database: Database) -> None:
    receive(database, make_event("evt_0"))
    said: list[str] = []
    listening.listen(
        database.engine, "before_cursor_execute", lambda *args: said.append(str(args[2]))
    )

    receive(database, make_event("evt_1"))
    assert len(said) == (2 if database.is_sqlite else 1)
    said.clear()
    receive(database, make_event("evt_1"))
    assert len(said) == 1
