"""A key is done only when what it stands for was seen, whatever happens meanwhile."""

import pytest
from sqlalchemy import select

from app.core import bell, leases
from app.core.bell import Bell
from app.core.clock import now
from app.core.database import Database
from app.core.pace import Pace
from app.core.settings import Settings
from app.payments import jobs, sync
from app.payments.gateway import GatewayDownError
from app.payments.inbox import LANE, mark, receive
from app.payments.models import DirtyKey
from tests.payments.fakes import euros, make_checkout, make_event, make_payment
from tests.payments.making import Till, make_till, words
from tests.waiting import until

OLD, NEW = make_checkout(money=euros(100)), make_checkout(money=euros(200))
SILENT = GatewayDownError("timeout", "Stripe did not answer")


@pytest.fixture
def till(database: Database, settings: Settings) -> Till:
    made = make_till(database, settings)
    made.gateway.put(OLD)
    return made


def test_nothing_due_asks_nothing(till: Till) -> None:
    assert till.drain() == 0
    assert till.gateway.asked == []


def test_a_key_that_is_done_is_not_looked_at_again(till: Till) -> None:
    till.mark()

    assert [till.drain(), till.drain()] == [1, 0]
    assert till.times("cs_1") == 1


def test_a_change_during_the_fetch_makes_it_fetch_again_at_once(till: Till) -> None:
    rung: list[str] = []

    def hear(lane: str) -> bool:
        rung.append(lane)
        return True

    ringing = Bell(hear)
    receive(till.database, make_event("evt_1"))

    def change(_question: str, _object_id: str) -> None:
        till.answer()
        till.gateway.put(NEW)
        assert receive(till.database, make_event("evt_2"))
        bell.attach(till.database.engine, ringing)

    till.gateway.meanwhile = change
    till.drain()

    key = till.key()
    assert (key.dirty_seq, key.done_seq, key.done_at, key.lease) == (2, 1, None, None)
    assert till.seen() == {"cs_1": words(OLD)}
    until(lambda: rung == [LANE])
    bell.detach(till.database.engine)
    ringing.stop()
    assert till.drain() == 1
    assert till.seen() == {"cs_1": words(NEW)}
    assert (till.key().done_seq, till.key().done_at is None) == (2, False)


def test_a_worker_whose_lease_ran_out_keeps_nothing(till: Till) -> None:
    receive(till.database, make_event())

    def another_is_faster(_question: str, _object_id: str) -> None:
        till.answer()
        till.lose_leases()
        till.gateway.put(NEW)
        assert till.drain() == 1
        till.ours = False

    till.gateway.meanwhile = another_is_faster
    till.drain()

    assert till.seen() == {"cs_1": words(NEW)}
    assert till.times("cs_1") == 1
    assert till.states() == {"evt_1": "ours"}
    assert till.key().done_at is not None


def test_a_worker_whose_lease_ran_out_cannot_put_off_either(till: Till) -> None:
    till.mark()

    def another_has_it(_question: str, _object_id: str) -> None:
        till.change(lease="another")
        raise SILENT

    till.gateway.meanwhile = another_has_it
    till.drain()

    assert (till.key().lease, till.key().last_error) == ("another", None)


@pytest.mark.parametrize("place", ["fetching", "applying"])
def test_what_a_process_had_in_hand_when_it_died_is_done_again(till: Till, place: str) -> None:
    till.mark()
    if place == "fetching":
        till.answer_with(KeyboardInterrupt())
    else:
        till.trouble = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        till.drain()
    till.answer()
    till.trouble = None
    assert (till.seen(), till.drain()) == ({}, 0)

    till.lose_leases()

    assert till.drain() == 1
    assert till.times("cs_1") == 1
    assert (till.key().lost, till.key().done_seq) == (0, 1)


def test_a_key_is_not_suspect_for_what_it_lost_in_earlier_years(till: Till) -> None:
    for _ in range(leases.MOST_LOST + 2):
        till.mark()
        till.answer_with(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            till.drain()
        till.answer()
        till.lose_leases()
        assert till.drain() == 1


def test_a_batch_ends_in_time_and_the_rest_is_given_back(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.mark()
    monkeypatch.setattr(sync, "WORKING_SECONDS", -1)
    till.drain()
    assert (till.key().attempts, till.key().lease, till.gateway.asked) == (0, None, [])

    monkeypatch.undo()
    assert till.drain() == 1


def test_a_lease_is_held_on_to_while_the_batch_takes_longer(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.mark()
    monkeypatch.setattr(sync, "RENEWED_AFTER_SECONDS", 0)
    held: list[bool] = []

    def stalls(_question: str, _object_id: str) -> None:
        with till.database.read() as session:
            ends = till.key().leased_until
            held.append(ends is not None and ends > now(session))

    pace = Pace(1_000_000)
    monkeypatch.setattr(pace, "wait", till.lose_leases)
    monkeypatch.setattr("tests.payments.making.AT_ONCE", pace)
    till.gateway.meanwhile = stalls
    till.drain()

    assert held == [True]
    assert till.key().done_at is not None


def test_every_question_keeps_the_pace(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []
    pace = Pace(1_000_000)
    monkeypatch.setattr(pace, "wait", lambda: waited.append(len(till.gateway.asked)))
    monkeypatch.setattr("tests.payments.making.AT_ONCE", pace)
    till.mark()
    with till.database.write() as session:
        mark(session, "payment", "pi_1")
        session.commit()
    till.drain()

    assert waited == list(range(len(till.gateway.asked)))


def test_the_lane_takes_eight_at_fifteen_reads_a_second(till: Till) -> None:
    lane = jobs.lane(lambda _settings: till.gateway.as_gateway(), lambda _settings: till.handlers())

    assert (lane.name, lane.batch) == (LANE, 8)
    assert jobs.READS_PER_SECOND == 15


def test_what_a_look_leads_to_goes_before_what_was_marked_since(till: Till) -> None:
    till.gateway.put(make_checkout(payment_id="pi_1"), make_payment())
    till.mark()
    till.drain()
    with till.database.read() as session:
        due = {one.object_id: one.due_at for one in session.scalars(select(DirtyKey))}

    assert due["pi_1"] == due["cs_1"]
