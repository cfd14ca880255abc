"""What can be changed of a membership through Stripe's own client."""

from typing import Any

import pytest
import stripe

from tests.sandbox.stripe.conftest import DAY, FAILS_LATER, Till


def change(till: Till, subscription: dict[str, Any], **params: Any) -> dict[str, Any]:  # noqa: ANN401 - any
    changed = till.client.v1.subscriptions.update(subscription["id"], params)  # type: ignore[arg-type]
    return changed.to_dict()


def new_price(subscription: dict[str, Any], minor: int, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any
    price = {"currency": "eur", "product": "membership-month", "unit_amount": minor}
    item = subscription["items"]["data"][0]
    return [{"id": item["id"], "price_data": price | {"recurring": {"interval": "month"}} | more}]


def test_another_amount_is_asked_for_from_the_next_period_on(till: Till) -> None:
    subscription = till.join()

    changed = change(
        till, subscription, items=new_price(subscription, 900), proration_behavior="none"
    )
    till.to("2026-02-28T09:00")

    assert changed["items"]["data"][0]["price"]["unit_amount"] == 900
    assert [one["total"] for one in till.world.all("invoice")] == [900, 500]
    assert "customer.subscription.updated" in till.told()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"currency": "usd"}, "expected currency"),
        ({"recurring": {"interval": "year"}}, "how often"),
    ],
)
def test_neither_currency_nor_rhythm_can_be_changed(
    till: Till, more: dict[str, Any], said: str
) -> None:
    subscription = till.join()

    with pytest.raises(stripe.InvalidRequestError, match=said):
        change(
            till,
            subscription,
            items=new_price(subscription, 900, **more),
            proration_behavior="none",
        )


def test_a_membership_that_is_cancelled_ends_with_its_period(till: Till) -> None:
    subscription = till.join()

    changed = change(till, subscription, cancel_at_period_end=True)
    end = subscription["items"]["data"][0]["current_period_end"]
    assert (changed["status"], changed["cancel_at"]) == ("active", end)
    till.world.advance(60 * DAY)

    over = till.one(subscription["id"])
    assert (over["status"], over["ended_at"]) == ("canceled", end)
    assert len(till.world.all("invoice")) == 1
    assert till.told()[-1] == "customer.subscription.deleted"


def test_a_cancellation_can_be_taken_back(till: Till) -> None:
    subscription = till.join()
    change(till, subscription, cancel_at_period_end=True)

    changed = change(till, subscription, cancel_at_period_end=False)
    till.to("2026-02-28T09:00")

    assert (changed["cancel_at"], changed["canceled_at"]) == (None, None)
    assert till.one(subscription["id"])["status"] == "active"
    assert len(till.world.all("invoice")) == 2


def test_an_end_at_a_date_is_kept(till: Till) -> None:
    subscription = till.join()
    at = till.world.now() + 10 * DAY

    change(till, subscription, cancel_at=at)
    till.world.advance(20 * DAY)

    assert till.one(subscription["id"])["ended_at"] == at


def test_ending_now_stops_asking_for_what_is_owed(till: Till) -> None:
    subscription = till.join(FAILS_LATER)
    till.to("2026-02-28T09:00")

    over = till.client.v1.subscriptions.cancel(subscription["id"])
    till.world.advance(30 * DAY)

    assert (over.status, over.ended_at) == ("canceled", over.canceled_at)
    invoice = till.one(till.one(subscription["id"])["latest_invoice"])
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 1)
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        till.client.v1.subscriptions.cancel(subscription["id"])
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription can only"):
        change(till, subscription, cancel_at_period_end=True)


def test_a_paused_collection_stays_active_and_voids_its_invoices(till: Till) -> None:
    subscription = till.join()

    changed = change(till, subscription, pause_collection={"behavior": "void"})
    till.to("2026-02-28T09:00")

    assert changed["status"] == "active"
    assert [one["status"] for one in till.world.all("invoice")] == ["void", "paid"]
    assert len(till.world.all("charge")) == 1
    change(till, subscription, pause_collection="")
    till.to("2026-03-31T09:00")
    assert [one["status"] for one in till.world.all("invoice")] == ["paid", "void", "paid"]


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_a_pause_can_keep_or_write_off(till: Till, behavior: str, status: str) -> None:
    subscription = till.join()
    change(till, subscription, pause_collection={"behavior": behavior})

    till.to("2026-02-28T09:00")

    assert till.world.all("invoice")[0]["status"] == status


def test_a_pause_ends_by_itself_at_its_date(till: Till) -> None:
    subscription = till.join()
    until = till.world.now() + 10 * DAY
    change(till, subscription, pause_collection={"behavior": "void", "resumes_at": until})

    till.world.advance(10 * DAY)

    assert till.one(subscription["id"])["pause_collection"] is None


def test_a_subscription_paused_as_such_is_resumed_with_a_new_period(till: Till) -> None:
    subscription = till.join()

    assert till.client.v1.subscriptions.pause(subscription["id"]).status == "paused"
    till.to("2026-05-10T09:00")
    assert len(till.world.all("invoice")) == 1
    resumed = till.client.v1.subscriptions.resume(subscription["id"])

    assert resumed.status == "active"
    assert resumed.billing_cycle_anchor == till.world.now()
    assert till.world.all("invoice")[0]["status"] == "paid"
    assert till.told()[-1] == "customer.subscription.resumed"
    assert "customer.subscription.paused" in till.told()


def test_a_pause_that_ends_with_a_bad_card_goes_on(till: Till) -> None:
    subscription = till.join(FAILS_LATER)
    till.client.v1.subscriptions.pause(subscription["id"])

    resumed = till.client.v1.subscriptions.resume(subscription["id"])

    assert resumed.status == "paused"
    assert till.world.all("invoice")[0]["status"] == "void"


def test_a_deleted_customer_has_no_membership_left(till: Till) -> None:
    subscription = till.join()

    gone = till.client.v1.customers.delete(subscription["customer"])

    assert gone.deleted is True
    assert till.one(subscription["id"])["status"] == "canceled"
    assert till.told()[-2:] == ["customer.subscription.deleted", "customer.deleted"]
    assert till.client.v1.customers.retrieve(subscription["customer"]).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        till.client.v1.customers.delete(subscription["customer"])
    assert till.client.v1.customers.list().data == []


def test_the_portal_opens_for_a_customer_with_its_flow(till: Till) -> None:
    subscription = till.join()

    session = till.client.v1.billing_portal.sessions.create(
        {
            "customer": subscription["customer"],
            "return_url": "http://localhost:8000/account/",
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {
                    "type": "redirect",
                    "redirect": {"return_url": "http://localhost:8000/account/?card=1"},
                },
            },
        }
    )

    assert session.url == f"http://127.0.0.1:8090/portal/{session.id}"
    assert session.flow is not None
    assert session.flow.type == "payment_method_update"
