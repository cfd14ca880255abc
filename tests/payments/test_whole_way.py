"""The whole way: the stand-in's signed events, the webhook, the lane, the real client."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from flask import Flask
from werkzeug.serving import make_server as listen

from app.core.database import Database
from app.core.guards import guard
from app.core.money import Money
from app.core.settings import Settings
from app.core.work import Runtime
from app.extensions import db
from app.payments.gateway import CheckoutWanted, EventSeen
from app.payments.jobs import drain
from app.payments.stripe_events import read_event
from app.payments.stripe_gateway import StripeGateway
from app.payments.views import make_webhook
from app.sandbox.stripe.api import make_server
from app.sandbox.stripe.deliveries import Deliveries, Webhook
from app.sandbox.stripe.world import World
from tests.payments.making import AT_ONCE, Till, make_till, words
from tests.ports import free_port
from tests.waiting import until

SECRET = "whsec_rehearsal"


@contextmanager
def served(app: Flask, port: int) -> Iterator[None]:
    """Serve an application on the loopback."""
    server = listen("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def make_site(database: Database, settings: Settings) -> Flask:
    """Return a site that is its webhook and nothing else."""

    def read(body: bytes, signature: str) -> EventSeen:
        return read_event(body, signature, (SECRET,), datetime.now(UTC))

    app = Flask("site")
    db.init_app(app, database)
    guard(app, settings)
    app.register_blueprint(make_webhook(read, live=False))
    return app


@pytest.fixture
def till(database: Database, settings: Settings) -> Till:
    return make_till(database, settings)


@pytest.fixture
def world(till: Till, tmp_path: Path) -> Iterator[World]:
    """A stand-in whose events reach the site."""
    port = free_port()
    with served(make_site(till.database, till.settings), port):
        hook = Webhook(f"http://127.0.0.1:{port}/webhooks/stripe", SECRET)
        opened = World(tmp_path, "a secret", hook)
        yield opened
        opened.close()


@pytest.fixture
def gateway(world: World) -> Iterator[StripeGateway]:
    """The real client before the stand-in."""
    port = free_port()
    with served(make_server(world), port):
        opened = StripeGateway("sk_test_rehearsal", base=f"http://127.0.0.1:{port}")
        opened.prepare_products()
        yield opened


def join(gateway: StripeGateway, world: World) -> str:
    """Become a member, as far as Stripe is concerned; return the session's id."""
    page = gateway.open_checkout(
        CheckoutWanted(
            reference="0197a1b2-0000-7000-8000-000000000001",
            money=Money(700, "EUR"),
            interval="month",
            email="olha@example.org",
            customer_id=None,
            success_url="http://localhost/join/thanks/",
            cancel_url="http://localhost/join/",
            language="en",
            expires_at=datetime.fromtimestamp(world.now() + 1860, UTC),
            label="Membership of The Test Post",
        ),
        "join",
    )
    world.pay(page.id, "4242424242424242", email="olha@example.org", name="Olha Koval")
    return page.id


@pytest.mark.parametrize("form", ["thin", "snapshot"])
def test_what_happens_at_stripe_is_seen_here(
    till: Till, world: World, gateway: StripeGateway, form: Literal["thin", "snapshot"]
) -> None:
    world.deliveries = Deliveries(repeat=50, form=form)
    runtime = Runtime(till.database, till.settings)

    def truth_is_seen() -> bool:
        """Look at what was marked; compare all we saw with how things are."""
        while drain(runtime, lambda _settings: gateway, till.handlers(), AT_ONCE):
            pass
        invoices = tuple(
            (one, tuple(gateway.payment(paid) for paid in one.payment_ids))
            for one in gateway.invoices(subscription)
        )
        truth = {
            session: words(gateway.checkout(session)),
            subscription: words(gateway.subscription(subscription), invoices),
            **{paid.id: words(paid) for _, payments in invoices for paid in payments},
        }
        return till.seen() == truth

    session = join(gateway, world)
    subscription = str(gateway.checkout(session).subscription_id)
    until(truth_is_seen, seconds=90)
    (invoice,) = gateway.invoices(subscription)
    world.refund(invoice.payment_ids[0], 200)
    until(truth_is_seen, seconds=90)
    world.dispute(invoice.payment_ids[0])
    world.warn(invoice.payment_ids[0])
    until(truth_is_seen, seconds=90)
    world.advance(32 * 86_400)
    until(truth_is_seen, seconds=90)
    assert len(gateway.invoices(subscription)) == 2
    gateway.end_now(subscription, "end")
    until(truth_is_seen, seconds=90)
    assert set(till.states().values()) <= {"ours", "unread"}
