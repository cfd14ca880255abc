"""One drain of a lane at a time in a process, and no ring is missed while it goes on."""

import threading
import time
from pathlib import Path

import pytest

from app.core import drains
from app.core.database import Database
from app.core.drains import Drains
from app.core.work import Lane, Runtime
from tests.conftest import make_settings


class Script:
    """A lane that returns what it was told, and can be held in the middle of a batch."""

    def __init__(self, *claimed: int, hold: bool = False) -> None:
        self.claimed = list(claimed)
        self.calls = 0
        self.entered = threading.Event()
        self.let_go = threading.Event()
        if not hold:
            self.let_go.set()

    def __call__(self, _runtime: Runtime) -> int:
        self.calls += 1
        self.entered.set()
        assert self.let_go.wait(10)
        return self.claimed.pop(0) if self.claimed else 0


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    url = f"sqlite:///{tmp_path}/none.sqlite3"
    return Runtime(Database(url), make_settings(url, tmp_path))


def drains_of(runtime: Runtime, lane: Script, *, helpers: bool = False) -> tuple[Drains, list[str]]:
    rung: list[str] = []
    return Drains(runtime, [Lane("mail", lane)], rung.append, helpers=helpers), rung


def test_a_drain_goes_on_until_nothing_is_due(runtime: Runtime) -> None:
    lane = Script(5, 5, 2)
    drains_of(runtime, lane)[0].drain("mail")

    assert lane.calls == 4


def test_a_lane_goes_on_at_once_only_after_a_full_batch(runtime: Runtime) -> None:
    lane = Script(5, 4, 5)
    Drains(runtime, [Lane("mail", lane, 5)], lambda _lane: None, helpers=True).drain("mail")

    assert lane.calls == 2


def test_a_lane_beside_the_site_rests_while_more_comes_in(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drains, "PACE", 20)
    lane = Script(10)
    ours, _rung = drains_of(runtime, lane)
    begun = time.monotonic()
    ours.drain("mail")

    assert lane.calls == 2
    assert time.monotonic() - begun >= 0.5


def test_a_lane_rests_no_longer_than_work_comes_in(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drains, "PACE", 1)
    monkeypatch.setattr(drains, "LATELY_SECONDS", 0.05)
    ours, _rung = drains_of(runtime, Script(3_600))
    begun = time.monotonic()
    ours.drain("mail")

    assert time.monotonic() - begun < 60


def test_a_worker_never_rests(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drains, "PACE", 0.001)
    monkeypatch.setattr(drains, "LATELY_SECONDS", 3_600)
    ours, _rung = drains_of(runtime, Script(5, 5), helpers=True)
    begun = time.monotonic()
    ours.drain("mail")

    assert time.monotonic() - begun < 60


def test_stopping_ends_a_rest(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drains, "PACE", 0.001)
    monkeypatch.setattr(drains, "LATELY_SECONDS", 3_600)
    lane = Script(5)
    ours, _rung = drains_of(runtime, lane)
    first = threading.Thread(target=ours.drain, args=("mail",))
    first.start()
    lane.entered.wait(10)

    assert ours.stop(10)
    first.join(10)
    assert not first.is_alive()


def test_a_surplus_drain_returns_at_once_and_is_heeded(runtime: Runtime) -> None:
    lane = Script(hold=True)
    ours, _rung = drains_of(runtime, lane)
    first = threading.Thread(target=ours.drain, args=("mail",))
    first.start()
    lane.entered.wait(10)

    ours.drain("mail")
    assert lane.calls == 1
    lane.let_go.set()
    first.join(10)

    assert lane.calls == 2


def test_a_ring_joins_the_drain_under_way(runtime: Runtime) -> None:
    lane = Script(hold=True)
    ours, _rung = drains_of(runtime, lane)
    assert not ours.joins("mail")
    first = threading.Thread(target=ours.drain, args=("mail",))
    first.start()
    lane.entered.wait(10)

    assert ours.joins("mail")
    lane.let_go.set()
    first.join(10)

    assert lane.calls == 2


def test_a_lane_that_fails_can_be_drained_again(runtime: Runtime) -> None:
    calls: list[int] = []

    def fail(_runtime: Runtime) -> int:
        calls.append(1)
        raise ValueError

    ours = Drains(runtime, [Lane("mail", fail)], lambda _lane: None, helpers=False)
    ours.drain("mail")
    ours.drain("mail")

    assert len(calls) == 2
    assert ours.stop(0)


def test_whoever_joined_a_drain_that_fails_is_not_forgotten(runtime: Runtime) -> None:
    rung: list[str] = []

    def fail(_runtime: Runtime) -> int:
        assert ours.joins("mail")
        raise ValueError

    ours = Drains(runtime, [Lane("mail", fail)], rung.append, helpers=False)
    ours.drain("mail")

    assert rung == ["mail"]


def test_a_lane_is_free_whatever_ended_its_drain(runtime: Runtime) -> None:
    def leave(_runtime: Runtime) -> int:
        raise SystemExit

    ours = Drains(runtime, [Lane("mail", leave)], lambda _lane: None, helpers=False)
    with pytest.raises(SystemExit):
        ours.drain("mail")

    assert not ours.joins("mail")
    assert ours.stop(0)


def test_a_long_drain_rings_for_another(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drains, "BUDGET_SECONDS", -1)
    lane = Script(5)
    ours, rung = drains_of(runtime, lane)
    ours.drain("mail")

    assert rung == ["mail"]
    assert not ours.joins("mail")


def test_helpers_are_rung_for_while_batches_follow(runtime: Runtime) -> None:
    ours, rung = drains_of(runtime, Script(5, 5, 5), helpers=True)
    ours.drain("mail")

    assert rung == ["mail", "mail"]


def test_stopping_ends_a_drain_after_the_batch_in_hand(runtime: Runtime) -> None:
    lane = Script(5, 5, 5, hold=True)
    ours, _rung = drains_of(runtime, lane)
    first = threading.Thread(target=ours.drain, args=("mail",))
    first.start()
    lane.entered.wait(10)

    assert not ours.stop(0)
    lane.let_go.set()

    assert ours.stop(10)
    first.join(10)
    assert lane.calls == 1


def test_a_lane_of_another_version_is_left_alone(runtime: Runtime) -> None:
    lane = Script()
    drains_of(runtime, lane)[0].drain("no such lane")

    assert lane.calls == 0
