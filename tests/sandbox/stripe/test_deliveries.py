"""How the stand-in's events reach a site: signed, again when refused, as badly as is asked for."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe

from app.sandbox.stripe.deliveries import Deliveries, Webhook
from app.sandbox.stripe.world import World
from tests.ports import free_port
from tests.sandbox.stripe.conftest import membership, one_member
from tests.stripe_types import check_object

SECRET = "whsec_rehearsal"


class Site:
    """A site that hears events, and refuses as many of them as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str]] = []
        self.refuses = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", free_port()), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/stripe"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                good = site.refuses == 0
                site.refuses -= not good
                if good:
                    site.heard.append((body, self.headers["Stripe-Signature"]))
                self.send_response(200 if good else 500)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def world(tmp_path: Path, site: Site) -> Iterator[World]:
    world = World(tmp_path, "secret", Webhook(site.url, SECRET), seed=3)
    yield world
    world.close()


def customers(world: World, number: int) -> list[str]:
    """Make customers; return the ids of the events that tell of them, oldest first."""
    for _ in range(number):
        assert world.request("POST", "/v1/customers", {}, None, None)[0] == 200
    return [event["id"] for event in reversed(world.all("event"))]


def until(met: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def client() -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_rehearsal")


def ids(site: Site) -> list[str]:
    """Return the ids of the snapshots heard, in order."""
    return [
        str(client().construct_event(body, signed, SECRET).id) for body, signed in list(site.heard)
    ]


def test_a_thin_event_is_signed_and_names_its_object(world: World, site: Site) -> None:
    customers(world, 1)
    until(lambda: len(site.heard) == 1)

    body, signed = site.heard[0]
    told: Any = client().parse_event_notification(body, signed, SECRET)

    customer_id = world.all("customer")[0]["id"]
    assert (told.type, told.livemode) == ("v1.customer.created", False)
    assert (told.related_object.id, told.related_object.type) == (customer_id, "customer")
    assert told.related_object.url == f"/v1/customers/{customer_id}"
    status, whole = world.request("GET", f"/v2/core/events/{told.id}", {}, None, None)
    assert (status, whole["type"]) == (200, "v1.customer.created")
    assert whole["snapshot_event"] == world.all("event")[0]["id"]
    with pytest.raises(stripe.SignatureVerificationError):
        client().parse_event_notification(body, signed, "whsec_other")


def test_every_object_has_an_address_that_answers(world: World, site: Site) -> None:
    one_member(world)
    world.warn(world.all("payment_intent")[0]["id"])
    number = len(world.all("event"))
    until(lambda: len(site.heard) == number)

    for body, signed in site.heard:
        told: Any = client().parse_event_notification(body, signed, SECRET)
        status, found = world.request("GET", told.related_object.url, {}, None, None)
        assert (status, found["id"]) == (200, told.related_object.id)


def test_a_snapshot_holds_its_object(world: World, site: Site) -> None:
    world.deliveries = Deliveries(form="snapshot")
    customers(world, 3)
    until(lambda: len(site.heard) == 3)

    body, signed = site.heard[0]
    event = client().construct_event(body, signed, SECRET)

    assert event.data.object["object"] == "customer"
    check_object(event.to_dict())


def test_what_is_refused_comes_again(world: World, site: Site) -> None:
    site.refuses = 1
    customers(world, 1)

    until(lambda: len(site.heard) == 1)
    until(lambda: world.log()[0]["state"] == "delivered")

    assert (world.log()[0]["attempts"], world.log()[0]["answer"]) == (2, "200")


def test_a_site_that_is_away_is_tried_again_later(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/webhooks"
    world = World(tmp_path, "secret", Webhook(url, SECRET))
    customers(world, 1)

    until(lambda: world.log()[0]["attempts"] > 0)

    assert world.log()[0]["state"] == "waiting"
    assert world.log()[0]["answer"].startswith("no answer")
    world.close()


def test_what_is_lost_comes_when_it_is_sent(world: World, site: Site) -> None:
    world.deliveries = Deliveries(lose=100, form="snapshot")
    events = customers(world, 3)
    time.sleep(0.3)
    assert site.heard == []
    assert {one["state"] for one in world.log()} == {"lost"}

    assert world.send_lost() == 3
    until(lambda: len(site.heard) == 3)

    assert sorted(ids(site)) == sorted(events)


def test_some_come_twice(world: World, site: Site) -> None:
    world.deliveries = Deliveries(repeat=100, form="snapshot")
    events = customers(world, 2)

    until(lambda: len(site.heard) == 4)

    assert Counter(ids(site)) == dict.fromkeys(events, 2)


def test_all_come_but_out_of_order(world: World, site: Site) -> None:
    world.deliveries = Deliveries(shuffle=100, form="snapshot")
    events = customers(world, 12)

    until(lambda: len(site.heard) == 12)

    assert sorted(ids(site)) == sorted(events)
    assert ids(site) != events


def test_luck_follows_from_the_seed(tmp_path: Path, site: Site) -> None:
    lost = []
    for name in ("a", "b"):
        world = World(tmp_path / name, "secret", Webhook(site.url, SECRET), seed=9)
        world.deliveries = Deliveries(lose=30)
        customers(world, 30)
        lost.append([one["object"] for one in world.log() if one["state"] == "lost"])
        world.close()

    assert lost[0] == lost[1]
    assert 3 <= len(lost[0]) <= 20


def test_late_ones_come_later(world: World, site: Site) -> None:
    world.deliveries = Deliveries(late=100)
    customers(world, 20)
    time.sleep(0.5)

    assert len(site.heard) < 20
    assert {one["state"] for one in world.log()} <= {"waiting", "delivered"}


def test_what_was_on_its_way_goes_on_after_a_restart(tmp_path: Path, site: Site) -> None:
    first = World(tmp_path, "secret")
    first.close()
    site.refuses = 1
    world = World(tmp_path, "secret", Webhook(site.url, SECRET))
    customers(world, 1)
    until(lambda: world.log()[0]["attempts"] == 1)
    world.close()

    again = World(tmp_path, "secret", Webhook(site.url, SECRET))
    until(lambda: len(site.heard) == 1)
    again.close()


def test_what_falls_due_is_told_though_nobody_asks(world: World, site: Site) -> None:
    world.request("POST", "/v1/products", {"id": "membership-month", "name": "M"}, None, None)
    soon = {"expires_at": world.now() + 30 * 60 + 5}
    assert world.request("POST", "/v1/checkout/sessions", membership() | soon, None, None)[0] == 200
    world.advance(30 * 60 + 3)

    until(lambda: any(b"v1.checkout.session.expired" in body for body, _ in list(site.heard)))
