"""What we see of Stripe's objects, fetched through its real client."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.money import Money
from app.payments.gateway import (
    CardSeen,
    CheckoutSeen,
    EventSeen,
    ForeignError,
    SubscriptionSeen,
)
from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering
from tests.payments.payment_shapes import dispute, event, refund
from tests.payments.shapes import (
    MADE,
    REFERENCE,
    customer,
    invoice,
    item,
    listed,
    method,
    price,
    session,
    subscription,
)

THEN = datetime.fromtimestamp(MADE, UTC)
MONTH_LATER = THEN + timedelta(days=30)
SEVEN = Money(700, "EUR")
VISA = CardSeen("visa", "4242", 9, 2031)


def test_a_page_to_pay_on(gateway: StripeGateway, stripe_server: Answering) -> None:
    details = {"email": "olha@example.org", "name": "Olha Koval"}
    done = {"status": "complete", "payment_status": "paid", "url": None, "livemode": True}
    made = {"customer": "cus_1", "subscription": "sub_1", "customer_details": details}
    stripe_server.on("GET /v1/checkout/sessions/cs_1", session(**done, **made))

    assert gateway.checkout("cs_1") == CheckoutSeen(
        id="cs_1",
        url=None,
        state="complete",
        paid=True,
        reference=REFERENCE,
        money=SEVEN,
        interval_kind="subscription",
        customer_id="cus_1",
        subscription_id="sub_1",
        payment_id=None,
        email="olha@example.org",
        name="Olha Koval",
        expires_at=THEN + timedelta(minutes=31),
        live=True,
    )


@pytest.mark.parametrize(
    ("status", "paid"), [("paid", True), ("no_payment_required", True), ("unpaid", False)]
)
def test_a_complete_page_is_not_a_paid_one(
    gateway: StripeGateway, stripe_server: Answering, status: str, *, paid: bool
) -> None:
    gift = session(mode="payment", status="complete", payment_status=status, payment_intent="pi_1")
    stripe_server.on("GET /v1/checkout/sessions/cs_1", gift)

    seen = gateway.checkout("cs_1")

    assert (seen.paid, seen.state, seen.payment_id) == (paid, "complete", "pi_1")
    assert seen.interval_kind == "payment"


def test_a_subscription(gateway: StripeGateway, stripe_server: Answering) -> None:
    stripe_server.on("GET /v1/subscriptions/sub_1", subscription(default_payment_method=method()))

    assert gateway.subscription("sub_1") == SubscriptionSeen(
        id="sub_1",
        customer_id="cus_1",
        status="active",
        money=SEVEN,
        interval="month",
        reference=REFERENCE,
        created_at=THEN,
        ends_at=None,
        ended_at=None,
        period_ends_at=MONTH_LATER,
        paused=False,
        card=VISA,
        live=False,
    )


@pytest.mark.parametrize(
    ("changes", "ends_at"),
    [
        ({"cancel_at_period_end": True}, MONTH_LATER),
        ({"cancel_at": MADE + 60}, THEN + timedelta(minutes=1)),
        ({"cancel_at": MADE + 60, "cancel_at_period_end": True}, THEN + timedelta(minutes=1)),
    ],
)
def test_there_are_two_ways_to_end(
    gateway: StripeGateway, stripe_server: Answering, changes: dict[str, Any], ends_at: datetime
) -> None:
    stripe_server.on("GET /v1/subscriptions/sub_1", subscription(**changes))

    assert gateway.subscription("sub_1").ends_at == ends_at


@pytest.mark.parametrize(
    "changes", [{"status": "paused"}, {"pause_collection": {"behavior": "void"}}]
)
def test_there_are_two_ways_to_be_paused(
    gateway: StripeGateway, stripe_server: Answering, changes: dict[str, Any]
) -> None:
    stripe_server.on("GET /v1/subscriptions/sub_1", subscription(**changes))

    assert gateway.subscription("sub_1").paused


def test_without_a_card_of_its_own_a_subscription_is_paid_with_the_customers(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    debit = method(type="sepa_debit", sepa_debit={"last4": "3201"})
    stripe_server.on(
        "GET /v1/subscriptions/sub_1",
        subscription(customer=customer()),
        subscription(customer=customer(invoice_settings={"default_payment_method": debit})),
        subscription(customer={"object": "customer", "id": "cus_1", "deleted": True}),
    )

    seen = [gateway.subscription("sub_1") for _ in range(3)]

    assert [one.card for one in seen] == [VISA, None, None]
    assert {one.customer_id for one in seen} == {"cus_1"}


WEEK = {"interval": "week", "interval_count": 1, "usage_type": "licensed"}
QUARTER = {"interval": "month", "interval_count": 3, "usage_type": "licensed"}
FOREIGN = [
    subscription(items=listed(item(price=price(currency="chf")))),
    subscription(items=listed(item(price=price(recurring=WEEK)))),
    subscription(items=listed(item(price=price(recurring=QUARTER)))),
    subscription(items=listed(item(price=price(unit_amount=None)))),
    subscription(items=listed(item(price=price(currency="isk", unit_amount=150)))),
    subscription(items=listed(item(), item("si_2"))),
    subscription(items=listed()),
]


@pytest.mark.parametrize("foreign", FOREIGN)
def test_a_subscription_that_cannot_be_ours_says_so(
    gateway: StripeGateway, stripe_server: Answering, foreign: dict[str, Any]
) -> None:
    stripe_server.on("GET /v1/subscriptions/sub_1", foreign)

    with pytest.raises(ForeignError):
        gateway.subscription("sub_1")


def test_all_subscriptions_are_read_page_by_page_and_foreign_ones_left_out(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    path = "/v1/subscriptions"
    first = listed(subscription("sub_1"), FOREIGN[0] | {"id": "sub_2"}, more=True, url=path)
    stripe_server.on(f"GET {path}", first, listed(subscription("sub_3"), url=path))

    seen = list(gateway.all_subscriptions())

    assert [one.id for one in seen] == ["sub_1", "sub_3"]
    one, other = (asked.params for asked in stripe_server.asked)
    assert one["status"] == "all"
    assert other == one | {"starting_after": "sub_2"}


def test_lists_since_a_moment_ask_for_what_is_newer(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on("GET /v1/refunds", listed(refund(), refund("re_2", currency="chf")))
    stripe_server.on("GET /v1/disputes", listed(dispute()))
    stripe_server.on("GET /v1/invoices", listed(invoice()))

    assert [one.id for one in gateway.refunds_since(THEN)] == ["re_1"]
    assert [one.id for one in gateway.disputes_since(THEN)] == ["dp_1"]
    assert [one.id for one in gateway.paid_invoices_since(THEN)] == ["in_1"]
    assert all(one.params["created"] == {"gte": str(MADE)} for one in stripe_server.asked)
    assert stripe_server.last.params["status"] == "paid"


def test_events_come_newest_first_until_a_known_one(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    path = "/v1/events"
    pages = (listed(event("evt_4"), event("evt_3"), more=True, url=path), listed(event("evt_2")))
    stripe_server.on(f"GET {path}", *pages)

    seen = list(gateway.events_since(THEN, "evt_2"))

    assert [one.id for one in seen] == ["evt_4", "evt_3"]
    assert seen[0] == EventSeen("evt_4", "invoice.paid", "invoice", "in_1", THEN, live=False)


def test_events_are_fetched_only_as_far_as_they_are_wanted(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on("GET /v1/events", listed(event("evt_4"), event("evt_3"), more=True))

    assert [one.id for one in gateway.events_since(THEN, "evt_3")] == ["evt_4"]
    assert len(stripe_server.asked) == 1
