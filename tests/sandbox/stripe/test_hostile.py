"""A year of everything at once: whatever happens, the books agree with themselves."""

from random import Random
from typing import Any

import pytest

from app.sandbox.stripe.cards import CARDS
from app.sandbox.stripe.errors import StripeError
from tests.sandbox.stripe.conftest import DAY, Till


def do_something(till: Till, luck: Random) -> None:
    """Do one thing of a reader, of the newsroom or of a bank."""
    payments = [one["id"] for one in till.world.all("payment_intent")]
    members = [one for one in till.world.all("subscription") if one["status"] != "canceled"]
    card = luck.choice(list(CARDS))
    what = luck.choice(("join", "give", "back", "dispute", "settle", "card", "change", "time"))
    if what in {"join", "give"}:
        till.pay(till.open() if what == "join" else till.gift(), card, three_d=True)
    elif what in {"back", "dispute"} and payments:
        act = till.world.refund if what == "back" else till.world.dispute
        act(luck.choice(payments))
    elif what == "settle" and (disputes := till.world.all("dispute")):
        till.world.settle_dispute(luck.choice(disputes)["id"], won=luck.random() > 0.5)
    elif what == "card" and members:
        till.world.new_card(luck.choice(members)["customer"], card, three_d=True)
    elif what == "change" and members:
        path = f"/v1/subscriptions/{luck.choice(members)['id']}"
        changes: list[dict[str, Any]] = [
            {"cancel_at_period_end": True},
            {"pause_collection": {"behavior": "void"}},
        ]
        change = luck.choice(changes)
        till.world.request("POST", path, change, None, None)
    else:
        till.world.advance(luck.randrange(20) * DAY)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_the_books_agree(till: Till, seed: int) -> None:
    luck = Random(seed)  # noqa: S311 - a game of chance, no secret
    refused = 0
    for _ in range(60):
        try:
            do_something(till, luck)
        except StripeError:
            refused += 1
    till.world.advance(30 * DAY)

    assert refused < 40
    invoices, charges = till.world.all("invoice"), till.world.all("charge")
    paid = [one for one in invoices if one["status"] == "paid"]
    took = [one for one in charges if one["status"] == "succeeded"]
    gifts = [one for one in till.world.all("checkout.session") if one["mode"] == "payment"]
    given = [one for one in gifts if one["payment_status"] == "paid"]
    assert len(took) == len(paid) + len(given)
    assert len(paid) == till.told().count("invoice.paid")
    for charge in took:
        back = [one for one in till.world.all("refund") if one["charge"] == charge["id"]]
        kept = sum(one["amount"] for one in back if one["status"] != "failed")
        assert charge["amount_refunded"] == kept <= charge["amount"]
    for member in till.world.all("subscription"):
        mine = [
            one
            for one in paid
            if one["lines"]["data"][0]["parent"]["subscription_item_details"]["subscription"]
            == member["id"]
        ]
        starts = [one["lines"]["data"][0]["period"]["start"] for one in mine]
        assert len(starts) == len(set(starts))
