"""Sign-ups taken beside a bare insert, and the mails that the lane behind makes of them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count, islice
from urllib.parse import urlencode

from benchmarks.load import Outcome, post, run
from benchmarks.newsroom import Place, backends, place
from benchmarks.results import Row, compare
from benchmarks.serving import serving
from benchmarks.sink import Sink, sink

BARS = {1: 0.5, 8: 0.5, 32: 0.4}
SECONDS = 1.5
MAILS = 3_000
MAILS_A_SECOND = 300
PATIENCE = 120
LIST = "first-crossing"
NUMBERS = count(1)


def measure(server: str) -> Iterator[Row]:
    """Measure sign-ups on each database, with the lane turning them into mails meanwhile."""
    for backend in backends():
        with sink() as relay, place(backend, server, smtp_port=relay.port) as made:
            yield from _on(made, relay)


def _on(made: Place, relay: Sink) -> Iterator[Row]:
    with ExitStack() as stack:
        ours = stack.enter_context(serving("ours", made.environment))
        bare = stack.enter_context(serving("floor", made.environment))
        if made.backend == "postgresql":
            stack.enter_context(serving("worker", made.environment))
        for connections, bar in BARS.items():
            yield compare(
                f"{made.backend}: sign-up taken, {connections} at once",
                partial(_sign_up, ours, connections, relay),
                partial(_insert, bare, connections),
                bar,
            )
        _mails(ours, relay, made.backend)


def _sign_up(port: int, connections: int, relay: Sink) -> Outcome:
    outcome = run(port, _signups(port), connections, SECONDS).expect(303)
    _settled(relay)
    return outcome


def _insert(port: int, connections: int) -> Outcome:
    return run(port, _inserts(port), connections, SECONDS).expect(303)


def _signups(port: int) -> Iterator[bytes]:
    for number in NUMBERS:
        body = urlencode({"email": f"reader{number}@example.com"})
        yield post(f"/newsletters/{LIST}/subscribe", port, body)


def _inserts(port: int) -> Iterator[bytes]:
    for number in count(1):
        yield post("/insert", port, urlencode({"email": f"reader{number}@example.com"}))


def _settled(relay: Sink) -> dict[str, int]:
    """Wait until no mail comes any more, so that one round leaves no work to the next."""
    deadline = time.monotonic() + PATIENCE
    before = -1
    while time.monotonic() < deadline:
        counted = relay.counts()
        if len(counted) == before:
            return counted
        before = len(counted)
        time.sleep(2)
    raise AssertionError("the mails do not come to an end")


def _mails(port: int, relay: Sink, backend: str) -> None:
    """Send a number of sign-ups and time their mails: every one there, and none twice."""
    had = len(_settled(relay))
    begun = time.perf_counter()
    run(port, islice(_signups(port), MAILS), 8, PATIENCE).expect(303)
    taken = time.perf_counter() - begun
    while len(relay.counts()) < had + MAILS:
        assert time.perf_counter() - begun < PATIENCE, "mails are missing"
        time.sleep(0.05)
    seconds = time.perf_counter() - begun
    counted = _settled(relay)
    twice = [address for address, mails in counted.items() if mails > 1]
    assert not twice, f"mailed twice: {twice[:5]}"
    rate = MAILS / seconds
    verdict = "ok" if rate >= MAILS_A_SECOND else "BELOW"
    print(
        f"{backend}: {MAILS} sign-ups taken in {taken:.1f} s and mailed in {seconds:.1f} s: "
        f"{rate:.0f}/s (bar {MAILS_A_SECOND} {verdict}); none missing, none twice",
        flush=True,
    )
