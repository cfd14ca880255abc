"""How events reach the site: signed, from a thread of their own, and as badly as is asked for."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from random import Random
from typing import Any, Literal
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from app.sandbox.stripe.events import body_of, signature
from app.sandbox.stripe.store import Store

Json = dict[str, Any]

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PAUSE_SECONDS = 0.05
TICK, TIMEOUT = 1, 10
ATTEMPTS = 12
"""A second after the first, then twice as long each time: for more than half an hour."""
LATE, OUT_OF_ORDER = 30, 3
"""In seconds, at most."""


@dataclass(frozen=True)
class Webhook:
    """Where events are POSTed, and the secret that signs them."""

    url: str
    secret: str


@dataclass(frozen=True)
class Deliveries:
    """What goes wrong on the way, each in per cent; kept over a restart.

    Attributes:
        lose: Never sent, until `World.send_lost` is called.
        repeat: Sent twice.
        late: Sent up to half a minute later.
        shuffle: Sent out of order.
        form: `thin` events only name their object, `snapshot` events hold a copy of it.
    """

    lose: int = 0
    repeat: int = 0
    late: int = 0
    shuffle: int = 0
    form: Literal["thin", "snapshot"] = "thin"


class Courier:
    """Sends events from a thread of its own, again and again while they are refused.

    Args:
        store: Where deliveries are kept, so that a restart goes on with them.
        lock: Held while the store is used, never while something is on its way.
        webhook: Where to.
        seed: Of its luck: the same seed and the same events lose and repeat the same ones.

    Attributes:
        tick: Called every second, so that what falls due happens though nobody asks.
    """

    def __init__(self, store: Store, lock: "threading.RLock", webhook: Webhook, seed: str) -> None:
        if urlsplit(webhook.url).hostname not in LOOPBACK:
            raise ValueError("The stand-in sends events to this machine only.")
        self.how = Deliveries()
        self._store, self._lock, self._webhook, self._seed = store, lock, webhook, seed
        self.tick: Callable[[], None] = lambda: None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="stripe-courier")

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is on its way, and send no more."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def take(self, event: Json) -> None:
        """Take an event, or lose it; called inside the world's transaction."""
        luck = Random(f"{self._seed}:{event['id']}")  # noqa: S311 - a game of chance, no secret
        lost = luck.randrange(100) < self.how.lose
        due = time.time()
        due += luck.uniform(0, LATE) if luck.randrange(100) < self.how.late else 0
        due += luck.uniform(0, OUT_OF_ORDER) if luck.randrange(100) < self.how.shuffle else 0
        twice = luck.randrange(100) < self.how.repeat
        for _ in range(1 if lost or not twice else 2):
            self._store.run(
                "INSERT INTO deliveries (event, state, due) VALUES (?, ?, ?)",
                event["id"],
                "lost" if lost else "waiting",
                due,
            )

    def send_lost(self) -> int:
        """Send what was lost or given up; return how many."""
        return len(
            self._store.run(
                "UPDATE deliveries SET state = 'waiting', due = ?, attempts = 0"
                " WHERE state IN ('lost', 'failed') RETURNING seq",
                time.time(),
            )
        )

    def _run(self) -> None:
        ticked = time.monotonic()
        while not self._stopped.wait(PAUSE_SECONDS):
            if time.monotonic() > ticked + TICK:
                self.tick()
                ticked = time.monotonic()
            for row in self._due():
                if self._stopped.is_set():
                    return
                self._send(row)

    def _due(self) -> list[sqlite3.Row]:
        with self._lock:
            return self._store.run(
                "SELECT deliveries.seq, attempts, data FROM deliveries"
                " JOIN objects ON objects.id = event"
                " WHERE state = 'waiting' AND due <= ? ORDER BY due, deliveries.seq LIMIT 50",
                time.time(),
            )

    def _send(self, row: sqlite3.Row) -> None:
        answer = self._post(body_of(json.loads(row["data"]), self.how.form))
        tried, now = row["attempts"] + 1, time.time()
        good = answer.startswith("2")
        state = "delivered" if good else "waiting" if tried < ATTEMPTS else "failed"
        with self._lock, self._store.all_or_nothing():
            self._store.run(
                "UPDATE deliveries SET state = ?, attempts = ?, answer = ?, at = ?, due = ?"
                " WHERE seq = ?",
                *(state, tried, answer, now, now + 2 ** (tried - 1), row["seq"]),
            )

    def _post(self, body: bytes) -> str:
        signed = signature(body, self._webhook.secret, int(time.time()))
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signed}
        request = Request(self._webhook.url, body, headers)  # noqa: S310 - the loopback, checked
        try:
            with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - as above
                return str(response.status)
        except HTTPError as refused:
            refused.close()
            return str(refused.code)
        except (OSError, HTTPException) as failed:
            return f"no answer: {type(failed).__name__}"


def log_of(store: Store, limit: int) -> list[Json]:
    """Return the latest deliveries, newest first; `at` is when one was last tried."""
    rows = store.run(
        "SELECT deliveries.seq, event, state, attempts, answer, at, data FROM deliveries"
        " JOIN objects ON objects.id = event ORDER BY deliveries.seq DESC LIMIT ?",
        limit,
    )
    return [
        {
            "event": row["event"],
            "type": json.loads(row["data"])["type"],
            "object": json.loads(row["data"])["data"]["object"]["id"],
            "state": row["state"],
            "attempts": row["attempts"],
            "answer": row["answer"],
            "at": None if row["at"] is None else int(row["at"]),
        }
        for row in rows
    ]
