"""A pace is kept over all callers together, and costs nobody who is rare."""

import threading

from app.core.pace import Pace


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def make_pace(watch: Watch, per_second: int) -> Pace:
    return Pace(per_second, lambda: watch.time, watch.sleep)


def test_so_many_go_through_in_a_second() -> None:
    watch = Watch()
    pace = make_pace(watch, 15)

    for _ in range(31):
        pace.wait()

    assert abs(watch.time - 102) < 1e-6
    assert len(watch.slept) == 30


def test_whoever_is_rarer_does_not_wait() -> None:
    watch = Watch()
    pace = make_pace(watch, 10)

    for _ in range(5):
        pace.wait()
        watch.time += 1

    assert watch.slept == []


def test_a_rest_earns_no_burst() -> None:
    watch = Watch()
    pace = make_pace(watch, 10)
    pace.wait()
    watch.time += 60

    pace.wait()
    pace.wait()

    assert [round(one, 6) for one in watch.slept] == [0.1]


def test_threads_keep_it_together() -> None:
    slept: list[float] = []
    pace = Pace(10, lambda: 100.0, slept.append)
    threads = [threading.Thread(target=pace.wait) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(round(one, 6) for one in slept) == [0.1, 0.2, 0.3, 0.4]
