"""Those of the demo who pay at the stand-in: what it holds then, and who they are."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.clock import now
from app.core.settings import Settings
from app.memberships.queries import members_among
from app.people.service import people_with
from app.sandbox import rehearsing
from app.sandbox.demo import givers
from app.sandbox.stripe.serving import StandIn
from tests.ports import free_port
from tests.site.making import Reader


@pytest.fixture
def settings(demo: Reader) -> Settings:
    port = free_port()
    return replace(
        demo.site.settings,
        stripe_key="sk_test_rehearsed_here",
        stripe_webhook_secrets=("whsec_here",),
        stripe_base=f"http://127.0.0.1:{port}",
    )


@pytest.fixture
def stand_in(demo: Reader, settings: Settings, tmp_path: Path) -> Iterator[StandIn]:
    port = int(settings.stripe_base.rpartition(":")[2])
    started = rehearsing.stand_in(demo.database, settings, tmp_path, port)
    rehearsing.prepare_products(settings)
    yield started
    started.shutdown()


def test_a_few_members_pay_once_and_two_payments_need_attention(
    demo: Reader, settings: Settings, stand_in: StandIn
) -> None:
    world = stand_in.world
    assert [givers.load(demo.database, settings, world) for _ in range(2)] == [True, False]

    kinds = ("payment_intent", "subscription", "dispute", "radar.early_fraud_warning")
    assert [len(world.all(kind)) for kind in kinds] == [5, 3, 1, 1]
    assert {one["status"] for one in world.all("payment_intent")} == {"succeeded"}
    addresses = {one["customer_details"]["email"] for one in world.all("checkout.session")}
    with demo.database.read() as session:
        people = people_with(session, addresses).values()
        assert len(members_among(session, people, now(session))) == 5
