"""Checkouts in the stand-in: opened by Stripe's own client, paid, refused, left, expired."""

import pytest
import stripe

from tests.sandbox.stripe.conftest import BAD_DEBIT, DAY, DEBIT, Till, membership


def test_a_membership_is_paid_with_a_good_card(till: Till) -> None:
    session_id = till.open(customer_email="ada@example.org")

    assert till.pay(session_id) == "paid"

    session = till.client.v1.checkout.sessions.retrieve(
        session_id, {"expand": ["subscription.latest_invoice.payments", "line_items"]}
    ).to_dict()
    subscription = session["subscription"]
    invoice = subscription["latest_invoice"]
    assert (session["status"], session["payment_status"]) == ("complete", "paid")
    assert session["url"] is None
    assert session["line_items"]["data"][0]["amount_total"] == 500
    assert (subscription["status"], subscription["metadata"]) == ("active", {"reference": "ref-1"})
    assert (invoice["status"], invoice["amount_paid"]) == ("paid", 500)
    payment = invoice["payments"]["data"][0]
    assert till.one(payment["payment"]["payment_intent"])["status"] == "succeeded"
    assert invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]


def test_every_step_of_a_membership_is_told_in_order(till: Till) -> None:
    till.join()

    told = [kind for kind in till.told() if not kind.startswith("product")]
    assert told == [
        "customer.created",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "checkout.session.completed",
    ]


def test_a_gift_is_a_single_payment_with_our_reference(till: Till) -> None:
    payment = till.give()

    assert (payment["amount_received"], payment["status"]) == (2500, "succeeded")
    assert payment["metadata"] == {"reference": "ref-2"}
    assert till.world.all("subscription") == []


def test_a_checkout_opens_with_its_address_and_its_references(till: Till) -> None:
    session = till.one(till.open())

    assert session["url"] == f"http://127.0.0.1:8090/pay/{session['id']}"
    assert session["client_reference_id"] == "ref-1"
    assert session["customer"] is None
    assert session["expires_at"] == till.world.now() + DAY


@pytest.mark.parametrize("number", ["4000000000009995", "4000000000000002", "1234"])
def test_a_declined_card_leaves_the_checkout_open_for_another(till: Till, number: str) -> None:
    session_id = till.open()

    assert till.pay(session_id, number) == "declined"
    assert till.one(session_id)["status"] == "open"
    assert "payment_intent.payment_failed" in till.told()
    assert till.pay(session_id) == "paid"
    assert [intent["status"] for intent in till.world.all("payment_intent")] == ["succeeded"]


@pytest.mark.parametrize("number", ["4000 0025 0000 3155", "4000 0000 0000 3220"])
def test_a_card_that_asks_waits_for_its_owner(till: Till, number: str) -> None:
    session_id = till.open()

    assert till.pay(session_id, number) == "three_d"
    assert till.world.all("payment_intent") == []
    assert till.pay(session_id, number, three_d=False) == "declined"
    assert till.pay(session_id, number, three_d=True) == "paid"


def test_a_debit_arrives_after_three_days(till: Till) -> None:
    session_id = till.open()

    assert till.pay(session_id, DEBIT) == "processing"
    assert till.one(session_id)["payment_status"] == "unpaid"
    subscription = till.one(till.one(session_id)["subscription"])
    assert subscription["status"] == "active"
    assert till.one(subscription["latest_invoice"])["status"] == "open"
    till.world.advance(3 * DAY)

    assert till.one(session_id)["payment_status"] == "paid"
    assert till.one(subscription["latest_invoice"])["status"] == "paid"
    assert till.told()[-1] == "checkout.session.async_payment_succeeded"


def test_a_debit_that_fails_is_told_and_paid_by_nobody(till: Till) -> None:
    session_id = till.gift()
    assert till.pay(session_id, BAD_DEBIT) == "processing"

    till.world.advance(3 * DAY)

    payment = till.one(till.one(session_id)["payment_intent"])
    assert (payment["status"], payment["amount_received"]) == ("requires_payment_method", 0)
    assert till.one(session_id)["payment_status"] == "unpaid"
    assert till.told()[-1] == "checkout.session.async_payment_failed"


def test_a_membership_whose_debit_fails_ends_after_the_last_retry(till: Till) -> None:
    subscription = till.join(BAD_DEBIT)

    till.world.advance(3 * DAY)
    assert till.one(subscription["id"])["status"] == "past_due"
    till.world.advance(7 * DAY)

    assert till.one(subscription["id"])["status"] == "canceled"


def test_a_checkout_expires_at_its_time_and_not_before(till: Till) -> None:
    session_id = till.open(expires_at=till.world.now() + 31 * 60)

    till.world.advance(31 * 60 - 1)
    till.world.leave(session_id)
    assert till.one(session_id)["status"] == "open"
    till.world.advance(1)

    assert (till.one(session_id)["status"], till.one(session_id)["url"]) == ("expired", None)
    assert till.told()[-1] == "checkout.session.expired"


def test_an_expired_checkout_cannot_be_paid_or_expired_again(till: Till) -> None:
    session_id = till.open()
    till.client.v1.checkout.sessions.expire(session_id)

    with pytest.raises(stripe.InvalidRequestError, match='has a status of "expired"'):
        till.client.v1.checkout.sessions.expire(session_id)
    with pytest.raises(Exception, match="This checkout is over"):
        till.pay(session_id)
    assert till.world.all("payment_intent") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expires_at": 1}, "at least 30 minutes"),
        ({"payment_intent_data": {"metadata": {"a": "b"}}}, "in `subscription` mode"),
        ({"payment_method_types": ["card"]}, "unknown parameter: payment_method_types"),
        ({"line_items": []}, "line_items"),
        ({"mode": "payment"}, "in `payment` mode"),
        ({"customer": "cus_1"}, "No such customer: 'cus_1'"),
        ({"success_url": ""}, "success_url"),
    ],
)
def test_a_wrong_checkout_is_refused(till: Till, change: dict[str, object], said: str) -> None:
    status, error = till.ask("POST", "/v1/checkout/sessions", **(membership() | change))

    assert status == 400
    assert said in error["message"]
    assert till.world.all("checkout.session") == []


@pytest.mark.parametrize(
    ("currency", "minor", "said"),
    [
        ("eur", 49, "at least 50 cents"),
        ("isk", 550, "a multiple of 100"),
        ("kwd", 1005, "a multiple of 10"),
        ("euro", 500, "ISO 4217"),
        ("eur", 100_000_000, "too large"),
        ("eur", "5.5", "an integer"),
    ],
)
def test_an_amount_that_stripe_would_refuse(
    till: Till, currency: str, minor: object, said: str
) -> None:
    price = {"currency": currency, "product": "gift", "unit_amount": minor}
    lines = [{"price_data": price, "quantity": 1}]
    given = membership() | {"mode": "payment", "line_items": lines, "subscription_data": {}}

    status, error = till.ask("POST", "/v1/checkout/sessions", **given)

    assert status == 400
    assert said in error["message"]


def test_a_known_customer_is_not_made_again(till: Till) -> None:
    customer = till.client.v1.customers.create({"email": "ada@example.org", "name": "Ada"})

    till.pay(till.open(customer=customer.id))

    assert [one["id"] for one in till.world.all("customer")] == [customer.id]
    assert till.world.all("subscription")[0]["customer"] == customer.id


def test_a_gift_of_a_guest_makes_no_customer(till: Till) -> None:
    session_id = till.gift(customer_creation="if_required")

    assert till.pay(session_id) == "paid"

    session = till.one(session_id)
    assert (session["customer"], session["customer_details"]["email"]) == (None, "ada@example.org")
    assert till.world.all("customer") == []
