"""The stand-in for Stripe: objects that are kept, its own clock, cards that behave by number."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.sandbox.stripe import agenda, asking, billing_portal, checkout, refunds
from app.sandbox.stripe.billing_portal import Taken
from app.sandbox.stripe.books import Books, shown
from app.sandbox.stripe.checkout import Paid
from app.sandbox.stripe.deliveries import Courier, Deliveries, Webhook, log_of
from app.sandbox.stripe.errors import StripeError
from app.sandbox.stripe.store import EVERYTHING, Store

Json = dict[str, Any]

LOGGED = 200


class World:
    """A Stripe account in test mode, kept in `folder/stripe.sqlite3`.

    Args:
        folder: Where the state is; what is there already is gone on with.
        secret: What ids are made from.
        webhook: Where events go; none go anywhere without it.
        address: Of the hosted pages: `{address}/pay/<session>` and `{address}/portal/<session>`.
        seed: The same seed and the same calls give the same ids and the same luck.
    """

    def __init__(
        self,
        folder: Path,
        secret: str,
        webhook: Webhook | None = None,
        *,
        address: str = "http://127.0.0.1:8090",
        seed: int | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._store = Store(folder / "stripe.sqlite3")
        salt = self._salt(seed)
        self._books = Books(self._store, f"{secret}:{salt}".encode(), address)
        self._courier: Courier | None = None
        if webhook is not None:
            self._courier = Courier(self._store, self._lock, webhook, salt)
            self._courier.how = self.deliveries
            self._courier.tick = self._tick
            self._books.on_event = self._courier.take
            self._courier.start()

    def _salt(self, seed: int | None) -> str:
        kept = self._store.setting("salt") or (secrets.token_hex() if seed is None else str(seed))
        self._store.set("salt", kept)
        return kept

    def close(self) -> None:
        """Stop sending and close the file."""
        if self._courier is not None:
            self._courier.stop()
        with self._lock:
            self._store.close()

    @contextmanager
    def _turn(self) -> Iterator[Books]:
        """Hold the books, with all done that is due by now; keep what is done, or nothing."""
        with self._lock:
            agenda.run(self._books, self.now())
            self._books.asked = {"id": None, "idempotency_key": None}
            with self._store.all_or_nothing():
                yield self._books

    def _tick(self) -> None:
        with self._lock:
            agenda.run(self._books, self.now())

    def now(self) -> int:
        """Return the seconds of its own clock: real time and what it was advanced by."""
        with self._lock:
            return int(time.time()) + self.ahead

    @property
    def ahead(self) -> int:
        """The seconds by which its clock is ahead of the real time."""
        with self._lock:
            return int(self._store.setting("offset", "0"))

    def advance(self, seconds: int) -> None:
        """Set the clock forward; what falls due meanwhile happens in order of time."""
        if seconds < 0:
            raise StripeError("A clock only goes forward.")
        with self._lock:
            self._store.set("offset", str(self.ahead + seconds))
            agenda.run(self._books, self.now())

    def ask(
        self, method: str, path: str, params: Json, key: str | None, version: str | None
    ) -> asking.Answer:
        """Answer a request of the API, and say whether it was answered before.

        Raises:
            StripeError: It is of another version.
        """
        asking.check_version(version)
        with self._turn() as books:
            books.asked = {"id": books.fresh("req_", 14), "idempotency_key": key}
            return asking.ask(books, method, path, params, key)

    def request(
        self, method: str, path: str, params: Json, key: str | None, version: str | None
    ) -> tuple[int, Json]:
        """Answer a request of the API: its status and its body."""
        try:
            answer = self.ask(method, path, params, key, version)
        except StripeError as refused:
            return refused.status, refused.body
        return answer.status, answer.body

    def get(self, object_id: str) -> Json | None:
        """Return an object as the API shows it, or nothing if there is none of this id."""
        with self._turn():
            found = shown(self._store.get(object_id))
            return found if found is None else dict(found)

    def all(self, kind: str) -> list[Json]:
        """Return the objects of this kind (`charge`, `checkout.session` ...), newest first."""
        with self._turn():
            return list(shown(self._store.find(kind, EVERYTHING)))

    def pay(
        self, session_id: str, card: str, *, email: str, name: str, three_d: bool | None = None
    ) -> Paid:
        """Pay an open checkout with a card's number or an IBAN.

        `three_d` is how the bank's own question ended; without it such a card answers `three_d`
        and nothing has happened yet.

        Raises:
            StripeError: The checkout is over.
        """
        with self._turn() as books:
            who = {"email": email, "name": name}
            return checkout.pay(books, session_id, card, who, three_d=three_d)

    def leave(self, session_id: str) -> None:
        """Go back without paying: the session stays open until it expires."""
        with self._turn() as books:
            books.find("checkout.session", session_id)

    def new_card(self, customer_id: str, card: str, *, three_d: bool | None = None) -> Taken:
        """Change the card that a customer's memberships are paid with, as the portal does."""
        with self._turn() as books:
            return billing_portal.new_card(books, customer_id, card, three_d=three_d)

    def refund(self, payment_id: str, minor: int | None = None) -> str:
        """Give back a part (in minor units) or all that is left; return the refund's id."""
        params: Json = {"payment_intent": payment_id}
        with self._turn() as books:
            made = refunds.create(books, params if minor is None else params | {"amount": minor})
            return str(made["id"])

    def fail_refund(self, refund_id: str) -> None:
        """Let a refund come back."""
        with self._turn() as books:
            refunds.fail(books, books.find("refund", refund_id))

    def dispute(self, payment_id: str, *, warning: bool = False) -> str:
        """Let the bank dispute a payment, or only ask about it; return the dispute's id."""
        with self._turn() as books:
            intent = books.find("payment_intent", payment_id)
            return str(refunds.dispute(books, intent, warning=warning)["id"])

    def settle_dispute(self, dispute_id: str, *, won: bool) -> None:
        """Close a dispute."""
        with self._turn() as books:
            refunds.settle(books, books.find("dispute", dispute_id), won=won)

    def warn(self, payment_id: str) -> str:
        """Let the card's network warn of fraud; return the warning's id."""
        with self._turn() as books:
            return str(refunds.warn(books, books.find("payment_intent", payment_id))["id"])

    def delete_customer(self, customer_id: str) -> None:
        """Delete a customer; their subscriptions end at once."""
        with self._turn() as books:
            billing_portal.delete_customer(books, {}, customer_id)

    @property
    def deliveries(self) -> Deliveries:
        """How badly events reach the site from now on; kept over a restart."""
        with self._lock:
            return Deliveries(**json.loads(self._store.setting("deliveries", "{}")))

    @deliveries.setter
    def deliveries(self, how: Deliveries) -> None:
        with self._lock:
            self._store.set("deliveries", json.dumps(asdict(how)))
        if self._courier is not None:
            self._courier.how = how

    def send_lost(self) -> int:
        """Deliver what was lost; return how many."""
        with self._turn():
            return 0 if self._courier is None else self._courier.send_lost()

    def log(self) -> list[Json]:
        """Return the latest deliveries, newest first: event, type, state, attempts, answer, at."""
        with self._turn():
            return log_of(self._store, LOGGED)
