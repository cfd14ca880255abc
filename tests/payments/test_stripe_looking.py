"""What we see of Stripe's objects, fetched through its real client."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.money import Money
from app.payments.gateway import (
    CardSeen,
    CheckoutSeen,
    ForeignError,
    SubscriptionSeen,
)
from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering
from tests.payments.shapes import (
    MADE,
    REFERENCE,
    customer,
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


@pytest.mark.parametrize(
    ("changes", "reference"),
    [
        ({"metadata": {"intent": "other"}}, REFERENCE),
        ({"metadata": {"intent": "other"}, "client_reference_id": None}, "other"),
        ({"metadata": None, "client_reference_id": None}, None),
    ],
)
def test_our_reference_stands_in_two_places(
    gateway: StripeGateway,
    stripe_server: Answering,
    changes: dict[str, Any],
    reference: str | None,
) -> None:
    stripe_server.on("GET /v1/checkout/sessions/cs_1", session(**changes))

    assert gateway.checkout("cs_1").reference == reference


def test_a_payer_is_who_they_said_or_whom_we_named(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    named = {"individual_name": "Olha Koval"}
    stripe_server.on(
        "GET /v1/checkout/sessions/cs_1",
        session(customer_email="olha@example.org", customer_details=named),
        session(customer_email="olha@example.org", customer_details={"email": "o@example.org"}),
        session(),
    )

    seen = [gateway.checkout("cs_1") for _ in range(3)]

    assert [one.email for one in seen] == ["olha@example.org", "o@example.org", None]
    assert [one.name for one in seen] == ["Olha Koval", None, None]


@pytest.mark.parametrize(("quantity", "minor"), [(None, 700), (1, 700), (3, 2100), (0, 0)])
def test_an_amount_is_for_all_that_is_taken(
    gateway: StripeGateway, stripe_server: Answering, quantity: int | None, minor: int
) -> None:
    several = subscription(items=listed(item(quantity=quantity)))
    stripe_server.on("GET /v1/subscriptions/sub_1", several)

    assert gateway.subscription("sub_1").money == Money(minor, "EUR")


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
