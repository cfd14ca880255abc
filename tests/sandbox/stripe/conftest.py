"""A stand-in for Stripe on a port of the loopback, and Stripe's own client talking to it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe
import time_machine
from werkzeug.serving import make_server as serve

from app.sandbox.stripe.api import Trouble, make_server
from app.sandbox.stripe.world import World
from tests.ports import free_port
from tests.stripe_types import check_object

GOOD = "4242 4242 4242 4242"
FAILS_LATER = "4000 0000 0000 0341"
DEBIT = "AT611904300234573201"
BAD_DEBIT = "AT861904300235473202"
DAY = 86_400


@dataclass
class Till:
    """The stand-in, what goes wrong with it, and the client."""

    world: World
    trouble: Trouble
    client: stripe.StripeClient

    def open(self, **more: Any) -> str:  # noqa: ANN401 - a checkout's parameters
        """Open a checkout of 5 euros a month, without what is set to None; return its id."""
        params = {name: given for name, given in (membership() | more).items() if given is not None}
        return self.client.v1.checkout.sessions.create(params).id  # type: ignore[arg-type]

    def gift(self, **more: Any) -> str:  # noqa: ANN401 - a checkout's parameters
        """Open a checkout of a single gift of 25 euros; return its id."""
        once = {"currency": "eur", "product": "gift", "unit_amount": 2500}
        gift: dict[str, Any] = {
            "mode": "payment",
            "line_items": [{"price_data": once, "quantity": 1}],
            "customer_creation": "always",
            "submit_type": "donate",
            "payment_intent_data": {"metadata": {"reference": "ref-2"}},
            "subscription_data": None,
        }
        return self.open(**(gift | more))

    def pay(self, session_id: str, card: str = GOOD, *, three_d: bool | None = None) -> str:
        """Pay a checkout."""
        return self.world.pay(
            session_id, card, email="ada@example.org", name="Ada", three_d=three_d
        )

    def join(self, card: str = GOOD) -> dict[str, Any]:
        """Open and pay a membership; return its subscription."""
        session_id = self.open()
        assert self.pay(session_id, card) in {"paid", "processing"}
        return self.one(self.one(session_id)["subscription"])

    def give(self, card: str = GOOD) -> dict[str, Any]:
        """Open and pay a single gift; return its PaymentIntent."""
        session_id = self.gift()
        assert self.pay(session_id, card) in {"paid", "processing"}
        return self.one(self.one(session_id)["payment_intent"])

    def one(self, object_id: str) -> dict[str, Any]:
        """Return an object that is there."""
        found = self.world.get(object_id)
        assert found is not None
        return found

    def ask(self, method: str, path: str, **params: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - any
        """Ask without the client, which would not send everything; return status and error."""
        status, body = self.world.request(method, path, params, None, None)
        return status, body.get("error", body)

    def told(self) -> list[str]:
        """Return the types of all events, oldest first."""
        return [event["type"] for event in reversed(self.world.all("event"))]

    def to(self, moment: str) -> None:
        """Advance the clock to a moment, like `2026-02-28T09:00`."""
        wanted = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        self.world.advance(int(wanted.timestamp()) - self.world.now())


def membership() -> dict[str, Any]:
    """Return the parameters of a checkout of 5 euros a month."""
    monthly = {"currency": "eur", "product": "membership-month", "unit_amount": 500}
    return {
        "mode": "subscription",
        "line_items": [
            {"price_data": monthly | {"recurring": {"interval": "month"}}, "quantity": 1}
        ],
        "client_reference_id": "ref-1",
        "metadata": {"reference": "ref-1"},
        "subscription_data": {"metadata": {"reference": "ref-1"}},
        "success_url": "http://localhost:8000/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost:8000/join/",
    }


def one_member(world: World) -> str:
    """Make a product and a member; return the subscription's id."""
    product = {"id": "membership-month", "name": "Membership"}
    world.request("POST", "/v1/products", product, None, None)
    _, session = world.request("POST", "/v1/checkout/sessions", membership(), "key", None)
    assert world.pay(session["id"], GOOD, email="ada@example.org", name="Ada") == "paid"
    return str(world.all("subscription")[0]["id"])


@pytest.fixture
def began() -> Iterator[None]:
    """Real time stands at the last of January, at nine."""
    with time_machine.travel(datetime(2026, 1, 31, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def till(tmp_path: Path, began: None) -> Iterator[Till]:
    """A stand-in with its products; every object that it made is held against Stripe's types."""
    world, trouble, port = World(tmp_path, "a secret", seed=1), Trouble(), free_port()
    server = serve("127.0.0.1", port, make_server(world, trouble), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    client = stripe.StripeClient(
        "sk_test_rehearsal",
        base_addresses={"api": f"http://127.0.0.1:{port}"},
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=10),
    )
    for product in ("membership-month", "gift"):
        client.v1.products.create({"id": product, "name": product.capitalize()})
    yield Till(world, trouble, client)
    check_all(world)
    server.shutdown()
    thread.join()
    server.server_close()
    world.close()


def check_all(world: World) -> None:
    """Hold every object against Stripe's types."""
    rows = world._store.run("SELECT DISTINCT kind FROM objects")
    for kind in [row["kind"] for row in rows]:
        for found in world.all(kind):
            check_object(found)
            if kind == "event":
                check_object(found["data"]["object"])
