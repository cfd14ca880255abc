"""A key is done only when what it stands for was seen, whatever happens meanwhile."""

from datetime import timedelta

import pytest

from app.core import bell, leases
from app.core.bell import Bell
from app.core.clock import now
from app.core.database import Database
from app.core.pace import Pace
from app.core.settings import Settings
from app.payments import jobs, sync
from app.payments.gateway import GatewayDownError, GatewayError
from app.payments.inbox import LANE, mark, receive
from tests.mail.making import advance
from tests.payments.fakes import euros, make_checkout, make_event
from tests.payments.making import LONG_AGO, Till, make_till, words
from tests.waiting import until

OLD, NEW = make_checkout(money=euros(100)), make_checkout(money=euros(200))
SILENT = GatewayDownError("timeout", "Stripe did not answer")


@pytest.fixture
def till(database: Database, settings: Settings) -> Till:
    made = make_till(database, settings)
    made.gateway.put(OLD)
    return made


def marked(till: Till, *object_ids: str) -> None:
    with till.database.write() as session:
        for one in object_ids or ("cs_1",):
            mark(session, "checkout", one)
        session.commit()


def raising(till: Till, error: BaseException) -> None:
    def fail(_question: str, _object_id: str) -> None:
        raise error

    till.gateway.meanwhile = fail


def answering(till: Till) -> None:
    till.gateway.meanwhile = lambda _question, _object_id: None


def test_nothing_due_asks_nothing(till: Till) -> None:
    assert till.drain() == 0
    assert till.gateway.asked == []


def test_a_key_that_is_done_is_not_looked_at_again(till: Till) -> None:
    marked(till)

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
        answering(till)
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
        answering(till)
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
    marked(till)

    def another_has_it(_question: str, _object_id: str) -> None:
        till.change(lease="another")
        raise SILENT

    till.gateway.meanwhile = another_has_it
    till.drain()

    assert (till.key().lease, till.key().last_error) == ("another", None)


@pytest.mark.parametrize("place", ["fetching", "applying"])
def test_what_a_process_had_in_hand_when_it_died_is_done_again(till: Till, place: str) -> None:
    marked(till)
    if place == "fetching":
        raising(till, KeyboardInterrupt())
    else:
        till.trouble = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        till.drain()
    answering(till)
    till.trouble = None
    assert (till.seen(), till.drain()) == ({}, 0)

    till.lose_leases()

    assert till.drain() == 1
    assert till.times("cs_1") == 1
    assert (till.key().lost, till.key().done_seq) == (0, 1)


def test_a_key_is_not_suspect_for_what_it_lost_in_earlier_years(till: Till) -> None:
    for _ in range(leases.MOST_LOST + 2):
        marked(till)
        raising(till, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            till.drain()
        answering(till)
        till.lose_leases()
        assert till.drain() == 1


def test_silence_is_waited_out_for_three_days(till: Till) -> None:
    marked(till)
    raising(till, SILENT)
    till.drain()
    key = till.key()
    assert (key.attempts, key.failures, key.parked_at, key.lease) == (1, 0, None, None)
    assert "did not answer" in (key.last_error or "")
    assert till.drain() == 0

    tries = range(1, sync.MOST_SILENT_TRIES)
    waits = [min(leases.backoff(one), sync.LONGEST_WAIT) for one in tries]
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=3, hours=6)
    till.change(attempts=sync.MOST_SILENT_TRIES - 2)
    for is_parked in (False, True):
        advance(till.database, hours=1)
        till.drain()
        assert (till.key().parked_at is not None) is is_parked


def test_once_stripe_answers_again_what_waited_is_seen(till: Till) -> None:
    marked(till)
    raising(till, SILENT)
    till.drain()
    answering(till)
    advance(till.database, minutes=1)

    assert till.drain() == 1
    assert till.seen() == {"cs_1": words(OLD)}
    assert till.key().last_error is None


def test_a_new_mark_does_not_wait_behind_an_earlier_silence(till: Till) -> None:
    marked(till)
    raising(till, SILENT)
    till.drain()
    answering(till)
    marked(till)

    assert till.drain() == 1
    assert till.key().done_seq == 2


def test_a_batch_ends_when_stripe_stays_silent(till: Till) -> None:
    marked(till, *(f"cs_{number}" for number in range(6)))
    raising(till, SILENT)

    assert till.drain() == 0

    assert len(till.gateway.asked) == sync.SILENT_IN_A_ROW
    keys = [till.key(f"cs_{number}") for number in range(6)]
    assert sorted(key.attempts for key in keys) == [0, 0, 0, 1, 1, 1]
    assert {key.lease for key in keys} == {None}


def test_one_answer_between_silences_keeps_a_batch_going(till: Till) -> None:
    marked(till, *(f"cs_{number}" for number in range(6)))
    till.gateway.put(*(make_checkout(f"cs_{number}") for number in range(6)))

    def stutter(_question: str, _object_id: str) -> None:
        if len(till.gateway.asked) % 2:
            raise SILENT

    till.gateway.meanwhile = stutter
    assert till.drain() == 6
    assert len(till.seen()) == 3


@pytest.mark.parametrize("error", [GatewayError("refused", "no"), ValueError("a slip of ours")])
def test_what_keeps_failing_is_parked_until_the_next_mark(till: Till, error: Exception) -> None:
    marked(till)
    till.trouble = error
    for failures in range(1, leases.MOST_ATTEMPTS + 1):
        assert till.key().parked_at is None
        till.drain()
        assert till.key().failures == failures
        advance(till.database, hours=1)
    assert till.key().parked_at is not None
    assert (till.drain(), till.seen()) == (0, {})

    till.trouble = None
    marked(till)
    till.drain()

    assert till.seen() == {"cs_1": words(OLD)}
    assert (till.key().failures, till.key().parked_at) == (0, None)


def test_a_mark_gives_back_every_try(till: Till) -> None:
    marked(till)
    till.change(attempts=8, failures=leases.MOST_ATTEMPTS, parked_at=LONG_AGO)
    till.trouble = ValueError("a slip of ours")
    marked(till)
    till.drain()

    assert (till.key().failures, till.key().parked_at) == (1, None)


def test_a_long_silence_leaves_every_try_to_what_fails_afterwards(till: Till) -> None:
    marked(till)
    till.change(attempts=100)
    till.trouble = ValueError("a slip of ours")
    till.drain()

    assert (till.key().failures, till.key().parked_at) == (1, None)


def test_a_mark_during_the_last_try_keeps_the_key_open(till: Till) -> None:
    marked(till)
    till.change(attempts=50, failures=leases.MOST_ATTEMPTS - 1)
    till.trouble = ValueError("a slip of ours")
    till.gateway.meanwhile = lambda _question, _object_id: marked(till)
    till.drain()
    till.trouble = None

    assert till.key().parked_at is None
    assert till.drain() == 1  # at once, and not when the last failure would have been tried again
    assert till.seen() == {"cs_1": words(OLD)}


def test_an_object_that_fails_stops_no_other(till: Till) -> None:
    marked(till, "cs_0", "cs_1", "cs_2")
    till.gateway.put(make_checkout("cs_0"), make_checkout("cs_2"))

    def refuse(_question: str, object_id: str) -> None:
        if object_id == "cs_0":
            raise GatewayError("refused", "no")

    till.gateway.meanwhile = refuse
    till.drain()

    assert set(till.seen()) == {"cs_1", "cs_2"}


def test_a_batch_ends_in_time_and_the_rest_is_given_back(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(till)
    monkeypatch.setattr(sync, "WORKING_SECONDS", -1)
    till.drain()
    assert (till.key().attempts, till.key().lease, till.gateway.asked) == (0, None, [])

    monkeypatch.undo()
    assert till.drain() == 1


def test_a_lease_is_held_on_to_while_the_batch_takes_longer(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(till)
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
    marked(till)
    with till.database.write() as session:
        mark(session, "payment", "pi_1")
        session.commit()
    till.drain()

    assert waited == list(range(len(till.gateway.asked)))


def test_the_lane_takes_twenty_at_fifteen_reads_a_second(till: Till) -> None:
    lane = jobs.lane(lambda _settings: till.gateway.as_gateway(), till.handlers())

    assert (lane.name, lane.batch) == (LANE, 20)
    assert jobs.READS_PER_SECOND == 15
