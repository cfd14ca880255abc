"""What Stripe is asked for, where somebody is to pay."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.money import Money
from app.payments.gateway import CheckoutWanted, Interval
from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering
from tests.payments.shapes import MADE, REFERENCE, session

KEY = "intent:operation:hash"
SESSIONS = "/v1/checkout/sessions"
WANTED = CheckoutWanted(
    reference=REFERENCE,
    money=Money(700, "EUR"),
    interval="month",
    email="olha@example.org",
    customer_id=None,
    success_url="https://news.test/join/thanks/?session={CHECKOUT_SESSION_ID}",
    cancel_url="https://news.test/join/",
    language="uk",
    expires_at=datetime.fromtimestamp(MADE + 1860, UTC),
    label="Membership of The Test Post",
)


def opened(gateway: StripeGateway, server: Answering, wanted: CheckoutWanted) -> dict[str, Any]:
    """Open a page to pay on and return what Stripe was asked for."""
    server.on(f"POST {SESSIONS}", session())
    gateway.open_checkout(wanted, KEY)
    assert (server.last.key, server.last.version) == (KEY, "2026-10-28.endive")
    return server.last.params


def test_a_membership_is_asked_for_once_and_repeats(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    assert opened(gateway, stripe_server, WANTED) == {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "client_reference_id": REFERENCE,
        "metadata": {"intent": REFERENCE},
        "subscription_data": {
            "metadata": {"intent": REFERENCE},
            "description": "Membership of The Test Post",
        },
        "line_items": [
            {
                "quantity": "1",
                "price_data": {
                    "currency": "eur",
                    "product": "membership-month",
                    "unit_amount": "700",
                    "recurring": {"interval": "month"},
                },
            }
        ],
        "custom_text": {"submit": {"message": "Membership of The Test Post"}},
        "customer_email": "olha@example.org",
        "success_url": WANTED.success_url,
        "cancel_url": WANTED.cancel_url,
        "expires_at": str(MADE + 1860),
        "locale": "auto",
        "adaptive_pricing": {"enabled": "false"},
    }


def test_a_gift_is_paid_once_and_makes_a_customer(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    asked = opened(gateway, stripe_server, replace(WANTED, interval=None, language="en"))

    assert (asked["mode"], asked["submit_type"], asked["locale"]) == ("payment", "donate", "en")
    assert asked["customer_creation"] == "always"
    assert asked["payment_intent_data"]["metadata"] == {"intent": REFERENCE}
    price = {"currency": "eur", "product": "gift", "unit_amount": "700"}
    assert asked["line_items"] == [{"quantity": "1", "price_data": price}]
    assert "subscription_data" not in asked


@pytest.mark.parametrize("interval", ["month", None])
def test_a_known_customer_is_named_and_nothing_else_of_them(
    gateway: StripeGateway, stripe_server: Answering, interval: Interval | None
) -> None:
    wanted = replace(WANTED, customer_id="cus_1", interval=interval)

    asked = opened(gateway, stripe_server, wanted)

    assert asked["customer"] == "cus_1"
    assert not asked.keys() & {"customer_email", "customer_creation"}


def test_the_same_wish_is_the_same_call(gateway: StripeGateway, stripe_server: Answering) -> None:
    first = opened(gateway, stripe_server, WANTED)

    assert opened(gateway, stripe_server, replace(WANTED)) == first
