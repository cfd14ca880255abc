"""What we ask of Stripe: the parameters of our calls."""

from collections.abc import Mapping
from typing import Final

from stripe.params import RefundCreateParams, SubscriptionUpdateParams
from stripe.params.billing_portal import SessionCreateParams as PortalParams
from stripe.params.checkout import SessionCreateParams as CheckoutParams
from stripe.params.checkout import SessionCreateParamsLineItem as LineItem

from app.core.money import Money
from app.payments.gateway import CheckoutWanted, GatewayError, Interval
from app.payments.stripe_reading import REFERENCE, Json, only_item

PRODUCT_OF: Mapping[Interval | None, str] = {
    "month": "membership-month",
    "year": "membership-year",
    None: "gift",
}
"""Products are fixed: a price made on the spot would otherwise make a product per checkout."""

PRODUCTS: Mapping[str, str] = {
    "membership-month": "Membership, monthly",
    "membership-year": "Membership, yearly",
    "gift": "Gift",
}
LANGUAGES: Final = frozenset({"en"})
"""Ours that the payment page has too; in others it follows the browser."""


def checkout_params(wanted: CheckoutWanted) -> CheckoutParams:
    """Return what a page to pay on is made from; the same wish makes the same parameters.

    What was paid says for which of our intents: the page, and what comes of it. A price is shown
    in no currency but its own (`adaptive_pricing`). Products have one name for everybody, so what
    is paid for is said beside the button too, in the payer's language.
    """
    reference = {REFERENCE: wanted.reference}
    params: CheckoutParams = {
        "ui_mode": "hosted_page",
        "client_reference_id": wanted.reference,
        "metadata": reference,
        "line_items": [_line(wanted)],
        "custom_text": {"submit": {"message": wanted.label}},
        "success_url": wanted.success_url,
        "cancel_url": wanted.cancel_url,
        "expires_at": int(wanted.expires_at.timestamp()),
        "locale": wanted.language if wanted.language in LANGUAGES else "auto",
        "adaptive_pricing": {"enabled": False},
    }
    if wanted.interval is None:
        params["mode"] = "payment"
        params["submit_type"] = "donate"
        params["payment_intent_data"] = {"metadata": reference, "description": wanted.label}
    else:
        params["mode"] = "subscription"
        params["subscription_data"] = {"metadata": reference, "description": wanted.label}
    _say_who(params, wanted)
    return params


def _line(wanted: CheckoutWanted) -> LineItem:
    line: LineItem = {
        "quantity": 1,
        "price_data": {
            "currency": wanted.money.currency.lower(),
            "product": PRODUCT_OF[wanted.interval],
            "unit_amount": wanted.money.minor,
        },
    }
    if wanted.interval is not None:
        line["price_data"]["recurring"] = {"interval": wanted.interval}
    return line


def _say_who(params: CheckoutParams, wanted: CheckoutWanted) -> None:
    """Name the customer, or see that there will be one: Stripe takes one way of saying who."""
    if wanted.customer_id is not None:
        params["customer"] = wanted.customer_id
        return
    if wanted.email is not None:
        params["customer_email"] = wanted.email
    if wanted.interval is None:
        params["customer_creation"] = "always"


def new_amount(subscription: Json, money: Money) -> SubscriptionUpdateParams:
    """Return the change of a subscription's amount; what is paid already stays as it is.

    Raises:
        GatewayError: The amount is in another currency than the subscription.
    """
    item = only_item(subscription)
    price = item["price"]
    if price["currency"].upper() != money.currency:
        raise GatewayError("currency", "A subscription keeps its currency.")
    return {
        "items": [
            {
                "id": item["id"],
                "quantity": 1,
                "price_data": {
                    "currency": price["currency"],
                    "product": PRODUCT_OF[price["recurring"]["interval"]],
                    "unit_amount": money.minor,
                    "recurring": {"interval": price["recurring"]["interval"]},
                },
            }
        ],
        "proration_behavior": "none",
    }


def card_page(customer_id: str, return_url: str) -> PortalParams:
    """Return what the page is made from on which a card is changed; it leads back by itself."""
    return {
        "customer": customer_id,
        "return_url": return_url,
        "flow_data": {
            "type": "payment_method_update",
            "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
        },
    }


def refund_params(payment_id: str, money: Money | None) -> RefundCreateParams:
    """Return what a refund is made from: an amount, or all that is left."""
    if money is None:
        return {"payment_intent": payment_id}
    return {"payment_intent": payment_id, "amount": money.minor}
