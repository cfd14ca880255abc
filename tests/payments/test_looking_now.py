"""Looking at one object at once, beside a lane that may be at it already."""

from threading import Thread

import pytest

from app.core import leases
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.payments.gateway import GatewayDownError
from app.payments.looking_now import marks_of, sync_now
from app.payments.models import DirtyKey
from app.payments.sync import Sync
from tests.payments.fakes import make_checkout
from tests.payments.making import AT_ONCE, Till, make_till


@pytest.fixture
def till(database: Database, settings: Settings) -> Till:
    made = make_till(database, settings)
    made.gateway.put(make_checkout("cs_1"))
    return made


def looks_now(till: Till, patience_seconds: int = 3) -> bool:
    sync = Sync(till.database, till.gateway.as_gateway(), till.handlers(), AT_ONCE)
    return sync_now(sync, "checkout", "cs_1", patience_seconds)


def test_what_is_there_now_is_written_down_before_the_answer(till: Till) -> None:
    assert looks_now(till)

    assert till.seen().keys() == {"cs_1"}
    assert till.key().done_at is not None


def test_each_look_counts_as_a_mark(till: Till) -> None:
    before = marks_of(till.database, "checkout", "cs_1")
    looks_now(till)

    assert before == 0
    assert marks_of(till.database, "checkout", "cs_1") == 1


def test_while_stripe_is_silent_the_key_stays_open(till: Till) -> None:
    till.answer_with(GatewayDownError("down", "Stripe does not answer."))

    assert not looks_now(till)
    assert till.key().done_at is None
    assert till.seen() == {}


def test_a_handler_that_fails_leaves_the_key_to_the_lane(till: Till) -> None:
    till.trouble = ValueError("not now")

    assert not looks_now(till)
    assert till.key().done_at is None


def test_whoever_has_the_key_is_waited_for_and_its_look_repeated(till: Till) -> None:
    till.mark()
    with till.database.write() as session:
        [held] = leases.claim(session, DirtyKey, now=now(session), limit=1)
        session.commit()
    done: list[bool] = []
    waiting = Thread(target=lambda: done.append(looks_now(till)))
    waiting.start()
    with till.database.write() as session:
        leases.release(session, DirtyKey, [held])
        session.commit()
    waiting.join()

    assert done == [True]
    assert till.times("cs_1") == 1


def test_a_mark_that_came_during_our_look_is_the_lanes(till: Till) -> None:
    marks = iter(["mark once"])

    def meanwhile(_question: str, _object_id: str) -> None:
        if next(marks, None):
            till.mark()

    till.gateway.meanwhile = meanwhile

    assert looks_now(till)
    assert till.key().done_at is None


def test_a_key_that_stays_with_another_is_left_to_it(till: Till) -> None:
    till.mark()
    with till.database.write() as session:
        leases.claim(session, DirtyKey, now=now(session), limit=1)
        session.commit()

    assert not looks_now(till, patience_seconds=0)
    assert till.seen() == {}
