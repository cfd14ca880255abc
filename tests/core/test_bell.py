"""What is rung is sent after the commit, at most four times a second; a lost bell does no harm."""

import os
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.core import bell
from app.core.bell import PAUSE_SECONDS, Bell, ring
from app.core.clock import ClockOffset
from app.core.database import Database
from tests.waiting import until


class Heard:
    """Remembers what was sent; is unsure about the first so many."""

    def __init__(self, unsure: int = 0) -> None:
        self.lanes: list[str] = []
        self._unsure = unsure

    def __call__(self, lane: str) -> bool:
        self.lanes.append(lane)
        return len(self.lanes) > self._unsure


@pytest.fixture
def heard(database: Database) -> Iterator[Heard]:
    sent = Heard()
    attached = Bell(sent)
    bell.attach(database.engine, attached)
    yield sent
    bell.detach(database.engine)
    attached.stop()


def test_a_commit_rings(session: Session, heard: Heard) -> None:
    session.add(ClockOffset(id=1, seconds=0))
    ring(session, "mail")
    assert heard.lanes == []

    session.commit()

    until(lambda: heard.lanes == ["mail"])


def test_a_rollback_rings_nothing(session: Session, heard: Heard) -> None:
    session.add(ClockOffset(id=1, seconds=0))
    ring(session, "lost")
    session.rollback()
    session.add(ClockOffset(id=2, seconds=0))
    ring(session, "kept")
    session.commit()

    until(lambda: heard.lanes)
    assert heard.lanes == ["kept"]


def test_what_a_closed_session_rang_is_forgotten(database: Database, heard: Heard) -> None:
    with database.write() as session:
        session.add(ClockOffset(id=1, seconds=0))
        ring(session, "lost")
        session.close()
        ring(session, "kept")
        session.add(ClockOffset(id=2, seconds=0))
        session.commit()

    until(lambda: heard.lanes)
    assert heard.lanes == ["kept"]


def test_a_savepoint_is_no_commit(session: Session, heard: Heard) -> None:
    with session.begin_nested():
        session.add(ClockOffset(id=1, seconds=0))
        ring(session, "mail")
    assert bell.RUNG in session.info

    session.commit()

    until(lambda: heard.lanes == ["mail"])


def test_a_storm_of_rings_is_sent_four_times_a_second() -> None:
    heard = Heard()
    ringing = Bell(heard)
    over = threading.Event()
    threading.Timer(PAUSE_SECONDS * 4, over.set).start()
    while not over.is_set():
        ringing.ring("mail")
    ringing.stop()

    assert 2 <= len(heard.lanes) <= 5


def test_each_lane_has_its_own_pace() -> None:
    heard = Heard()
    ringing = Bell(heard)

    ringing.ring("mail", "signups")

    until(lambda: sorted(heard.lanes) == ["mail", "signups"])
    ringing.stop()


def test_a_ring_that_another_drain_may_have_missed_is_sent_again() -> None:
    heard = Heard(unsure=2)
    ringing = Bell(heard)

    ringing.ring("mail")

    until(lambda: heard.lanes == ["mail"] * 3)
    ringing.stop()


def test_a_lost_bell_is_logged_and_the_next_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[str] = []

    def send(lane: str) -> bool:
        sent.append(lane)
        if len(sent) == 1:
            raise ConnectionError
        return True

    ringing = Bell(send)
    ringing.ring("mail")
    until(lambda: sent)
    ringing.ring("mail")

    until(lambda: len(sent) == 2)
    ringing.stop()


def test_a_stopped_bell_is_silent() -> None:
    heard = Heard()
    ringing = Bell(heard)
    ringing.stop()
    ringing.ring("mail")

    assert ringing._thread is None
    assert heard.lanes == []


def test_a_forked_process_rings_with_a_thread_of_its_own() -> None:
    heard = Heard()
    ringing = Bell(heard)
    ringing.ring("parent")
    until(lambda: heard.lanes)

    bell._after_fork()  # what the interpreter calls in the child
    ringing.ring("child")

    until(lambda: heard.lanes == ["parent", "child"])
    ringing.stop()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_the_interpreter_resets_bells_when_it_forks() -> None:
    ringing = Bell(Heard())
    ringing.ring("parent")
    child = os.fork()
    if child == 0:
        os._exit(0 if ringing._thread is None else 1)

    assert os.waitpid(child, 0)[1] == 0
    ringing.stop()
