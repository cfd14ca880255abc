"""What holds our calls against Stripe's types refuses what Stripe would refuse."""

from typing import Any

import pytest

from tests.stripe_types import (
    UnlikeStripeError,
    check_call,
    check_object,
    check_request,
    from_form,
)

CHECKOUT = "/v1/checkout/sessions"
LINE = {"price_data": {"currency": "eur", "product": "p", "unit_amount": 500}, "quantity": 1}
TAKEN: dict[str, Any] = {"mode": "payment", "line_items": [LINE], "metadata": {"intent": "a"}}
CUSTOMER = {"object": "customer", "id": "cus_1", "created": 1, "livemode": False}


def test_what_stripe_takes_passes() -> None:
    check_request("POST", CHECKOUT, TAKEN)
    check_request("get", f"{CHECKOUT}/cs_1", None)
    check_request("post", "/v1/subscriptions/sub_1", {"pause_collection": ""})
    check_request("post", "/v1/subscriptions/sub_1", {"pause_collection": {"behavior": "void"}})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mods": "payment"}, "mods: there is no such key"),
        ({"payment_method_types": ["card"]}, "payment_method_types: there is no such key"),
        ({"idempotency_key": "key"}, "idempotency_key: there is no such key"),
        ({"mode": "donation"}, "mode: 'donation' is none of"),
        ({"ui_mode": "hosted"}, "ui_mode: 'hosted' is none of"),
        ({"expires_at": "1800000000"}, "expires_at: '1800000000' is no int"),
        ({"expires_at": True}, "expires_at: True is no int"),
        ({"metadata": {"intent": 5}}, "metadata.intent: 5 is no str"),
        ({"line_items": LINE}, "is no list"),
        ({"line_items": [{"price_data": {"product": "p"}}]}, "price_data.currency: missed"),
        (
            {"line_items": [{"price_data": LINE["price_data"] | {"recurring": {"interval": "m"}}}]},  # type: ignore[operator] # a dict of dicts
            "line_items[0].price_data.recurring.interval: 'm' is none of",
        ),
    ],
)
def test_what_stripe_would_not_take_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UnlikeStripeError) as refusal:
        check_request("post", CHECKOUT, TAKEN | wrong)

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", "/v1/checkout/session"), ("put", CHECKOUT), ("get", "/v1/nothing/at/all")],
)
def test_a_call_that_the_package_cannot_make_is_refused(method: str, path: str) -> None:
    with pytest.raises(UnlikeStripeError, match="never calls"):
        check_request(method, path, {})


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/v1/subscriptions/sub_1", "customer.invoice_settings.default_payment_method"),
        ("/v1/subscriptions", "data.customer.invoice_settings.default_payment_method"),
        ("/v1/invoices/in_1", "payments"),
        ("/v1/payment_intents/pi_1", "latest_charge.refunds"),
    ],
)
def test_what_can_be_expanded_passes(path: str, parts: str) -> None:
    check_request("get", path, {"expand": [parts]})


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/v1/subscriptions/sub_1", "client"),
        ("/v1/subscriptions/sub_1", "status"),
        ("/v1/subscriptions/sub_1", "pause_collection"),
        ("/v1/subscriptions/sub_1", "customer.name.first"),
        ("/v1/subscriptions", "customer"),
        ("/v1/subscriptions", "data.latest_invoice.payments.data.payment.payment_intent"),
        ("/v1/invoices/in_1", "payment_intent"),
        ("/v1/payment_intents/pi_1", "invoice"),
    ],
)
def test_what_cannot_be_expanded_is_refused(path: str, parts: str) -> None:
    with pytest.raises(UnlikeStripeError, match="cannot be expanded"):
        check_request("get", path, {"expand": [parts]})


def test_over_the_wire_numbers_are_text_that_reads_as_numbers() -> None:
    address = "http://127.0.0.1/v1/subscriptions/sub_1"

    check_call("post", address, "cancel_at_period_end=true&cancel_at=5&metadata[a]=5")
    check_call("get", "http://127.0.0.1/v1/invoices?limit=3&created[gte]=5", None)
    for wrong in ("cancel_at_period_end=1", "days_until_due=soon", "items[0][quantity]=1.5"):
        with pytest.raises(UnlikeStripeError):
            check_call("post", address, wrong)


def test_a_form_becomes_dicts_and_lists() -> None:
    text = "a=1&b[0][c]=2&b[0][d][e]=&b[1][c]=3&f[x]=%C3%A9"

    assert from_form(text) == {
        "a": "1",
        "b": [{"c": "2", "d": {"e": ""}}, {"c": "3"}],
        "f": {"x": "é"},
    }


def test_objects_like_stripes_pass() -> None:
    check_object(CUSTOMER)
    check_object({"object": "customer", "id": "cus_1", "deleted": True})
    check_object({"object": "list", "data": [CUSTOMER], "has_more": False, "url": "/v1/customers"})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (CUSTOMER | {"surname": "Coval"}, "surname: there is no such key"),
        (CUSTOMER | {"created": "1"}, "created: '1' is no int"),
        (CUSTOMER | {"metadata": {"a": 1}}, "metadata.a: 1 is no str"),
        (CUSTOMER | {"tax_exempt": "perhaps"}, "tax_exempt: 'perhaps' is none of"),
        ({"object": "customer", "id": "cus_1"}, "created: missed"),
        (
            {"object": "customer", "id": "cus_1", "deleted": True, "name": "A"},
            "name: missed, or one too many",
        ),
        ({"object": "list", "data": [CUSTOMER], "url": "/v1/customers"}, "has_more: missed"),
        ({"object": "list", "data": [{"object": "cat"}], "has_more": False, "url": "/"}, "'cat'"),
        (
            CUSTOMER | {"invoice_settings": {"default_payment_method": {"object": "card"}}},
            "invoice_settings.default_payment_method",
        ),
    ],
)
def test_objects_unlike_stripes_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UnlikeStripeError) as refusal:
        check_object(wrong)

    assert said in str(refusal.value)
