"""Webhooks taken beside a bare view that verifies and inserts."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count

from app.sandbox.stripe.events import signature
from benchmarks.load import Outcome, run
from benchmarks.newsroom import Place, backends, place
from benchmarks.results import Row, compare
from benchmarks.serving import serving
from tests.ports import free_port

CONNECTIONS = (1, 8)
BAR = 0.6
SECONDS = 1.5
OBJECTS = 400
ANSWERED_SECONDS = 0.1
SECRET = "whsec_" + secrets.token_hex(16)
NUMBERS = count(1)


def measure(server: str) -> Iterator[Row]:
    """Measure on each database."""
    for backend in backends():
        with place(backend, server, settings=_settings()) as made:
            yield from _taken(made)


def _settings() -> dict[str, str]:
    """Return the settings of a site whose Stripe does not answer: what is marked stays so."""
    return {
        "UNWALLED_STRIPE_KEY": "sk_test_" + secrets.token_hex(16),
        "UNWALLED_STRIPE_WEBHOOK_SECRETS": SECRET,
        "UNWALLED_STRIPE_BASE": f"http://127.0.0.1:{free_port()}",
        "FLOOR_WEBHOOK_SECRET": SECRET,
    }


def _taken(made: Place) -> Iterator[Row]:
    with ExitStack() as stack:
        ours = stack.enter_context(serving("ours", made.environment))
        bare = stack.enter_context(serving("floor", made.environment))
        if made.backend == "postgresql":
            stack.enter_context(serving("worker", made.environment))
        for connections in CONNECTIONS:
            row = compare(
                f"{made.backend}: webhook taken, {connections} at once",
                partial(_send, ours, "/webhooks/stripe", connections),
                partial(_send, bare, "/event", connections),
                BAR,
            )
            slowest = max(one.p99 for one in row.ours)
            verdict = "ok" if slowest <= ANSWERED_SECONDS else "BELOW"
            print(
                f"{made.backend}: slowest round answered p99 {slowest * 1000:.1f} ms"
                f" (bar {ANSWERED_SECONDS * 1000:.0f} ms {verdict})",
                flush=True,
            )
            yield row


def _send(port: int, path: str, connections: int) -> Outcome:
    return run(port, _events(port, path), connections, SECONDS).expect(200)


def _events(port: int, path: str) -> Iterator[bytes]:
    """Yield new events, about one of some memberships each."""
    for number in NUMBERS:
        body = thin(f"evt_{number:024}", f"sub_{number % OBJECTS:024}")
        yield delivery(port, path, body)


def thin(event_id: str, subscription_id: str) -> bytes:
    """Return a thin event about a subscription, as Stripe writes it."""
    event = {
        "id": event_id,
        "object": "v2.core.event",
        "type": "v1.customer.subscription.updated",
        "created": "2026-11-25T08:00:00.000Z",
        "livemode": False,
        "related_object": {
            "id": subscription_id,
            "type": "subscription",
            "url": f"/v1/subscriptions/{subscription_id}",
        },
    }
    return json.dumps(event).encode()


def delivery(port: int, path: str, body: bytes) -> bytes:
    """Return the signed POST of an event as bytes."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Stripe-Signature: {signature(body, SECRET, int(time.time()))}",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
