"""What fails is tried again: silence for three days, anything else eight times."""

from datetime import timedelta

import pytest

from app.core import leases
from app.core.database import Database
from app.core.settings import Settings
from app.payments import sync
from app.payments.gateway import GatewayDownError, GatewayError
from tests.mail.making import advance
from tests.payments.fakes import make_checkout
from tests.payments.making import LONG_AGO, Till, make_till, words

SEEN = make_checkout()
SILENT = GatewayDownError("timeout", "Stripe did not answer")


@pytest.fixture
def till(database: Database, settings: Settings) -> Till:
    made = make_till(database, settings)
    made.gateway.put(SEEN)
    return made


def test_silence_is_waited_out_for_three_days(till: Till) -> None:
    till.mark()
    till.answer_with(SILENT)
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
    till.mark()
    till.answer_with(SILENT)
    till.drain()
    till.answer()
    advance(till.database, minutes=1)

    assert till.drain() == 1
    assert till.seen() == {"cs_1": words(SEEN)}
    assert till.key().last_error is None


def test_a_new_mark_does_not_wait_behind_an_earlier_silence(till: Till) -> None:
    till.mark()
    till.answer_with(SILENT)
    till.drain()
    till.answer()
    till.mark()

    assert till.drain() == 1
    assert till.key().done_seq == 2


def test_a_batch_ends_when_stripe_stays_silent(till: Till) -> None:
    till.mark(*(f"cs_{number}" for number in range(6)))
    till.answer_with(SILENT)

    assert till.drain() == 0

    assert len(till.gateway.asked) == sync.SILENT_IN_A_ROW
    keys = [till.key(f"cs_{number}") for number in range(6)]
    assert sorted(key.attempts for key in keys) == [0, 0, 0, 1, 1, 1]
    assert {key.lease for key in keys} == {None}


def test_one_answer_between_silences_keeps_a_batch_going(till: Till) -> None:
    till.mark(*(f"cs_{number}" for number in range(6)))
    till.gateway.put(*(make_checkout(f"cs_{number}") for number in range(6)))

    def stutter(_question: str, _object_id: str) -> None:
        if len(till.gateway.asked) % 2:
            raise SILENT

    till.gateway.meanwhile = stutter
    assert till.drain() == 6
    assert len(till.seen()) == 3


@pytest.mark.parametrize("error", [GatewayError("refused", "no"), ValueError("a slip of ours")])
def test_what_keeps_failing_is_parked_until_the_next_mark(till: Till, error: Exception) -> None:
    till.mark()
    till.trouble = error
    for failures in range(1, leases.MOST_ATTEMPTS + 1):
        assert till.key().parked_at is None
        till.drain()
        assert till.key().failures == failures
        advance(till.database, hours=1)
    assert till.key().parked_at is not None
    assert (till.drain(), till.seen()) == (0, {})

    till.trouble = None
    till.mark()
    till.drain()

    assert till.seen() == {"cs_1": words(SEEN)}
    assert (till.key().failures, till.key().parked_at) == (0, None)


def test_a_mark_gives_back_every_try(till: Till) -> None:
    till.mark()
    till.change(attempts=8, failures=leases.MOST_ATTEMPTS, parked_at=LONG_AGO)
    till.trouble = ValueError("a slip of ours")
    till.mark()
    till.drain()

    assert (till.key().failures, till.key().parked_at) == (1, None)


def test_a_long_silence_leaves_every_try_to_what_fails_afterwards(till: Till) -> None:
    till.mark()
    till.change(attempts=100)
    till.trouble = ValueError("a slip of ours")
    till.drain()

    assert (till.key().failures, till.key().parked_at) == (1, None)


def test_a_mark_during_the_last_try_keeps_the_key_open(till: Till) -> None:
    till.mark()
    till.change(attempts=50, failures=leases.MOST_ATTEMPTS - 1)
    till.trouble = ValueError("a slip of ours")
    till.gateway.meanwhile = lambda _question, _object_id: till.mark()
    till.drain()
    till.trouble = None

    assert till.key().parked_at is None
    assert till.drain() == 1  # at once, and not when the last failure would have been tried again
    assert till.seen() == {"cs_1": words(SEEN)}


def test_an_object_that_fails_stops_no_other(till: Till) -> None:
    till.mark("cs_0", "cs_1", "cs_2")
    till.gateway.put(make_checkout("cs_0"), make_checkout("cs_2"))

    def refuse(_question: str, object_id: str) -> None:
        if object_id == "cs_0":
            raise GatewayError("refused", "no")

    till.gateway.meanwhile = refuse
    till.drain()

    assert set(till.seen()) == {"cs_1", "cs_2"}
