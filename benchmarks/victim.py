"""Ten thousand posts at one victim from a thousand networks: one mail, and nobody slowed by it."""

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count, islice
from urllib.parse import urlencode

from benchmarks.load import Outcome, post, run
from benchmarks.newsroom import backends, place
from benchmarks.results import Row
from benchmarks.serving import serving
from benchmarks.sink import Sink, sink

POSTS, NETWORKS, ROUNDS = 10_000, 1_000, 5
SLOWER_AT_MOST = 2.0
PATIENCE = 300.0
LIST = "first-crossing"
SPELLINGS = ("victim@gmail.com", "v.i.c.t.i.m@gmail.com", "Victim+{}@googlemail.com")
NUMBERS = count(1)


def measure(server: str) -> Iterator[Row]:
    """Measure both kinds of posts in turn on each database; print, and fail above the bar."""
    for backend in backends():
        settings = {"UNWALLED_PROXY_HOPS": "1", "UNWALLED_SIGNUPS_PER_NETWORK": "60"}
        with (
            sink() as relay,
            place(backend, server, smtp_port=relay.port, settings=settings) as made,
            ExitStack() as stack,
        ):
            port = stack.enter_context(serving("ours", made.environment))
            if backend == "postgresql":
                stack.enter_context(serving("worker", made.environment))
            _on(backend, port, relay)
    yield from ()


def _on(backend: str, port: int, relay: Sink) -> None:
    share = POSTS // ROUNDS
    readers, victims = partial(_readers, port), partial(_victim, port)
    _send(port, readers(), share // 4)
    idle, attacked = [], []
    for _ in range(ROUNDS):
        idle.append(_send(port, readers(), share).p99)
        attacked.append(_send(port, victims(), share).p99)
    mails = _mails_to_the_victim(relay)
    ratio = statistics.median(one / other for one, other in zip(attacked, idle, strict=True))
    print(
        f"{backend}: {POSTS} posts at one victim from {NETWORKS} networks: {mails} mail; p99 "
        f"{statistics.median(attacked) * 1000:.2f} ms, of others' "
        f"{statistics.median(idle) * 1000:.2f} ms, {ratio:.2f} of it (bar {SLOWER_AT_MOST:.2f})",
        flush=True,
    )
    assert mails == 1, f"{mails} mails went to the victim"
    assert ratio < SLOWER_AT_MOST, "posts at a victim are slower than they may be"


def _send(port: int, requests: Iterator[bytes], number: int) -> Outcome:
    return run(port, islice(requests, number), 1, PATIENCE).expect(303)


def _readers(port: int) -> Iterator[bytes]:
    for number in NUMBERS:
        yield _post(port, f"reader{number}@example.com", number)


def _victim(port: int) -> Iterator[bytes]:
    for number in NUMBERS:
        yield _post(port, SPELLINGS[number % len(SPELLINGS)].format(number), number)


def _post(port: int, address: str, number: int) -> bytes:
    """Return a sign-up from one of the networks."""
    network = number % NETWORKS
    body = urlencode({"email": address})
    head, _, rest = post(f"/newsletters/{LIST}/subscribe", port, body).partition(b"\r\n")
    forwarded = f"X-Forwarded-For: 198.18.{network // 250}.{network % 250}".encode()
    return b"\r\n".join((head, forwarded, rest))


def _mails_to_the_victim(relay: Sink) -> int:
    """Wait until no mail comes any more; return how many went to any spelling of the victim."""
    before, deadline = -1, time.monotonic() + PATIENCE
    while (total := sum(relay.counts().values())) != before:
        assert time.monotonic() < deadline, "the mails do not come to an end"
        before = total
        time.sleep(5)
    return sum(
        mails
        for address, mails in relay.counts().items()
        if address.replace(".", "").lower().startswith("victim")
    )
