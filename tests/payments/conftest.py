"""Gateways that speak to a server of the test's own, or to the stand-in for Stripe."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server as listen

from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.api import Trouble, make_server
from app.sandbox.stripe.world import World
from tests.payments.answering import Answering, answering
from tests.ports import free_port


@pytest.fixture
def stripe_server() -> Iterator[Answering]:
    """Answers as the test says."""
    with answering() as server:
        yield server


@pytest.fixture
def gateway(stripe_server: Answering) -> StripeGateway:
    """The real client, spoken to through the loopback."""
    return StripeGateway("sk_test_made_up", base=stripe_server.base)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The stand-in's state, empty."""
    opened = World(tmp_path, "a secret", seed=7)
    yield opened
    opened.close()


@pytest.fixture
def trouble() -> Trouble:
    """What goes wrong with the stand-in: nothing, unless a test says so."""
    return Trouble()


@pytest.fixture
def rehearsed(world: World, trouble: Trouble) -> Iterator[StripeGateway]:
    """The real client, spoken to by the stand-in for Stripe."""
    port = free_port()
    server = listen("127.0.0.1", port, make_server(world, trouble), threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    gateway = StripeGateway("sk_test_rehearsal", base=f"http://127.0.0.1:{port}")
    gateway.prepare_products()
    yield gateway
    server.shutdown()
    server.server_close()
    thread.join()
