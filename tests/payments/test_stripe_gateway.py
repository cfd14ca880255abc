"""What we ask of Stripe, through its real client: each change says what it should, with its key."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.money import Money
from app.payments.gateway import Gateway, GatewayError, NotFoundError
from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering, error
from tests.payments.payment_shapes import refund
from tests.payments.shapes import MADE, MONTH, listed, session, shaped, subscription

KEY = "intent:operation:hash"
SESSIONS = "/v1/checkout/sessions"
SUBSCRIPTION = "/v1/subscriptions/sub_1"
EXPANDED = ["default_payment_method", "customer.invoice_settings.default_payment_method"]


def test_a_gateway_for_stripe_is_a_gateway(gateway: StripeGateway) -> None:
    taken: Gateway = gateway

    assert taken is gateway


def test_a_page_that_is_open_is_closed(gateway: StripeGateway, stripe_server: Answering) -> None:
    stripe_server.on(f"POST {SESSIONS}/cs_1/expire", session(status="expired"))

    gateway.expire_checkout("cs_1", KEY)

    assert (stripe_server.last.path, stripe_server.last.key) == (f"{SESSIONS}/cs_1/expire", KEY)


@pytest.mark.parametrize(("state", "refused"), [("complete", False), ("open", True)])
def test_a_refusal_to_close_a_page_counts_only_while_it_is_open(
    gateway: StripeGateway, stripe_server: Answering, state: str, *, refused: bool
) -> None:
    refusal = error(None, "invalid_request_error")
    stripe_server.on(f"POST {SESSIONS}/cs_1/expire", (400, refusal))
    stripe_server.on(f"GET {SESSIONS}/cs_1", session(status=state))

    if refused:
        with pytest.raises(GatewayError):
            gateway.expire_checkout("cs_1", KEY)
    else:
        gateway.expire_checkout("cs_1", KEY)


def test_an_amount_changes_without_proration(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on(f"GET {SUBSCRIPTION}", subscription())
    stripe_server.on(f"POST {SUBSCRIPTION}", subscription())

    gateway.change_amount("sub_1", Money(1200, "EUR"), KEY)

    price = {
        "currency": "eur",
        "product": "membership-month",
        "unit_amount": "1200",
        "recurring": {"interval": "month"},
    }
    assert stripe_server.last.key == KEY
    assert stripe_server.last.params == {
        "items": [{"id": "si_1", "quantity": "1", "price_data": price}],
        "proration_behavior": "none",
        "expand": EXPANDED,
    }


def test_a_subscription_keeps_its_currency(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on(f"GET {SUBSCRIPTION}", subscription())

    with pytest.raises(GatewayError, match="keeps its currency"):
        gateway.change_amount("sub_1", Money(1200, "USD"), KEY)

    assert [one.method for one in stripe_server.asked] == ["GET"]


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ("cancel", {"cancel_at_period_end": "true"}),
        ("pause", {"pause_collection": {"behavior": "void"}}),
        ("resume", {"pause_collection": ""}),
    ],
)
def test_a_subscription_is_changed_in_one_call(
    gateway: StripeGateway, stripe_server: Answering, change: str, asked: dict[str, Any]
) -> None:
    stripe_server.on(f"POST {SUBSCRIPTION}", subscription(pause_collection={"behavior": "void"}))

    seen = getattr(gateway, change)("sub_1", KEY)

    assert seen.paused
    assert [one.key for one in stripe_server.asked] == [KEY]
    assert stripe_server.last.params == asked | {"expand": EXPANDED}


@pytest.mark.parametrize(
    ("ending", "asked"),
    [
        (
            {"cancel_at_period_end": True, "cancel_at": MADE + MONTH},
            ("cancel_at_period_end", "false"),
        ),
        ({"cancel_at": MADE + MONTH}, ("cancel_at", "")),
    ],
)
def test_an_ending_is_undone_the_way_it_was_asked_for(
    gateway: StripeGateway, stripe_server: Answering, ending: dict[str, Any], asked: tuple[str, str]
) -> None:
    stripe_server.on(f"GET {SUBSCRIPTION}", subscription(**ending))
    stripe_server.on(f"POST {SUBSCRIPTION}", subscription())

    assert gateway.undo_cancel("sub_1", KEY).ends_at is None

    assert stripe_server.last.params == {asked[0]: asked[1], "expand": EXPANDED}
    assert stripe_server.last.key == KEY


def test_where_nothing_was_to_end_nothing_is_asked(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on(f"GET {SUBSCRIPTION}", subscription())

    gateway.undo_cancel("sub_1", KEY)

    assert [one.method for one in stripe_server.asked] == ["GET"]


def test_a_subscription_ends_at_once(gateway: StripeGateway, stripe_server: Answering) -> None:
    ended = subscription(status="canceled", ended_at=MADE + 9)
    stripe_server.on(f"DELETE {SUBSCRIPTION}", ended)

    seen = gateway.end_now("sub_1", KEY)

    assert seen.ended_at == datetime.fromtimestamp(MADE + 9, UTC)
    assert stripe_server.last.key == KEY


def test_ending_what_has_ended_shows_it_as_it_is(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on(f"GET {SUBSCRIPTION}", subscription(status="canceled", ended_at=MADE))

    assert gateway.end_now("sub_1", KEY).status == "canceled"
    with pytest.raises(NotFoundError):
        gateway.end_now("sub_2", KEY)


def test_the_portal_opens_where_a_card_is_changed(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    page = {"configuration": "bpc_1", "created": MADE, "customer": "cus_1", "livemode": False}
    answer = shaped("billing_portal.session", "bps_1", page, {"url": "https://portal.test/1"})
    stripe_server.on("POST /v1/billing_portal/sessions", answer)

    assert gateway.portal("cus_1", "https://news.test/account/", KEY) == "https://portal.test/1"

    asked = stripe_server.last
    assert asked.key == KEY
    assert asked.params["customer"] == "cus_1"
    assert asked.params["flow_data"]["type"] == "payment_method_update"
    after = asked.params["flow_data"]["after_completion"]
    assert after["redirect"] == {"return_url": "https://news.test/account/"}


@pytest.mark.parametrize(
    ("money", "asked"),
    [
        (None, {"payment_intent": "pi_1"}),
        (Money(200, "EUR"), {"payment_intent": "pi_1", "amount": "200"}),
    ],
)
def test_all_or_a_part_is_given_back(
    gateway: StripeGateway, stripe_server: Answering, money: Money | None, asked: dict[str, str]
) -> None:
    stripe_server.on("POST /v1/refunds", refund(status="pending"))

    seen = gateway.refund("pi_1", money, KEY)

    assert (seen.id, seen.status, seen.money) == ("re_1", "pending", Money(200, "EUR"))
    assert (stripe_server.last.params, stripe_server.last.key) == (asked, KEY)


def test_a_customer_is_forgotten_once_and_again(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    gone = {"object": "customer", "id": "cus_1", "deleted": True}
    missing = (404, error("resource_missing", "invalid_request_error", "id"))
    stripe_server.on("DELETE /v1/customers/cus_1", gone, missing)

    gateway.forget_customer("cus_1", KEY)
    gateway.forget_customer("cus_1", KEY)

    assert [one.key for one in stripe_server.asked] == [KEY, KEY]


def product(name: str) -> dict[str, Any]:
    return shaped(
        "product",
        name,
        {
            "active": True,
            "created": MADE,
            "images": [],
            "livemode": False,
            "marketing_features": [],
            "metadata": {},
            "name": name,
            "type": "service",
            "updated": MADE,
        },
    )


def test_products_are_made_where_they_are_missing(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on("GET /v1/products/gift", product("gift"))
    taken = (400, error("resource_already_exists", "invalid_request_error", "id"))
    stripe_server.on("POST /v1/products", product("membership-month"), taken)

    gateway.prepare_products()

    made = [one.params["id"] for one in stripe_server.asked if one.method == "POST"]
    assert made == ["membership-month", "membership-year"]


def test_what_stripe_would_refuse_never_leaves(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on("GET /v1/subscriptions", listed())

    for wrong in ({"status": "finished"}, {"limit": "5"}, {"state": "all"}):
        with pytest.raises(AssertionError, match="not as Stripe has it"):
            gateway._v1.subscriptions.list(wrong)  # type: ignore[arg-type] # wrong on purpose

    assert stripe_server.asked == []


def test_what_stripe_would_not_answer_is_not_believed(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on(f"GET {SUBSCRIPTION}", subscription() | {"current_period_end": MADE})

    with pytest.raises(AssertionError, match="current_period_end: there is no such key"):
        gateway.subscription("sub_1")
