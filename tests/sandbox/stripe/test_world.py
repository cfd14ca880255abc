"""The stand-in as a whole: it survives a restart, and the same seed gives the same run."""

from pathlib import Path

import pytest

from app.sandbox.stripe.deliveries import Deliveries, Webhook
from app.sandbox.stripe.errors import StripeError
from app.sandbox.stripe.world import World
from tests.sandbox.stripe.conftest import DAY, Till, membership, one_member


def test_everything_survives_a_restart(tmp_path: Path, began: None) -> None:
    world = World(tmp_path, "secret")
    subscription_id = one_member(world)
    world.advance(20 * DAY)
    world.deliveries = Deliveries(lose=3, form="snapshot")
    now, events = world.now(), world.all("event")
    world.close()

    again = World(tmp_path, "secret")

    assert (again.now(), again.all("event")) == (now, events)
    assert again.deliveries == Deliveries(lose=3, form="snapshot")
    _, session = again.request("POST", "/v1/checkout/sessions", membership(), "other", None)
    assert again.get(session["id"]) == session
    again.advance(10 * DAY)
    renewed = again.get(subscription_id)
    assert renewed is not None
    assert len(again.all("invoice")) == 2
    again.close()


def test_the_same_seed_gives_the_same_run_and_no_seed_another(tmp_path: Path, began: None) -> None:
    runs = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6), ("d", None), ("e", None)):
        world = World(tmp_path / name, "secret", seed=seed)
        one_member(world)
        world.advance(40 * DAY)
        runs.append(world.all("event"))
        world.close()

    assert runs[0] == runs[1]
    assert len({run[0]["id"] for run in runs}) == 4


def test_what_is_refused_leaves_no_trace(till: Till) -> None:
    events = till.told()
    lines = membership()["line_items"] + [{"price": "price_none", "quantity": 1}]

    status, _ = till.ask("POST", "/v1/checkout/sessions", **(membership() | {"line_items": lines}))

    assert status == 400
    assert (till.told(), till.world.all("price")) == (events, [])


def test_a_clock_only_goes_forward(till: Till) -> None:
    with pytest.raises(StripeError, match="forward"):
        till.world.advance(-1)


def test_events_are_sent_to_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        World(tmp_path, "secret", Webhook("https://example.org/webhooks", "whsec"))


def test_only_what_stripe_would_show_is_shown(till: Till) -> None:
    till.join()

    methods, events = till.world.all("payment_method"), till.world.all("event")

    assert methods
    assert "4242424242424242" not in str((methods, events))
