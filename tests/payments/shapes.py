"""Stripe's objects in the shapes that it returns, each held against the package's types."""

from typing import Any

from tests.stripe_types import check_object

Json = dict[str, Any]

MADE = 1_795_000_000
MONTH = 30 * 86_400
REFERENCE = "0197a1b2-0000-7000-8000-000000000001"
NOTED = {"metadata": {"intent": REFERENCE}}
CARD = {"brand": "visa", "last4": "4242", "exp_month": 9, "exp_year": 2031}


def shaped(kind: str, name: str, *parts: Json) -> Json:
    """Return an object of a kind, its parts laid over one another, once it has passed."""
    data: Json = {"object": kind, "id": name}
    for part in parts:
        data |= part
    check_object(data)
    return data


def listed(*data: Json, more: bool = False, url: str = "/v1/things") -> Json:
    """Return a page of a list."""
    return {"object": "list", "data": list(data), "has_more": more, "url": url}


def session(**changes: object) -> Json:
    """Return a Checkout session of a membership, not paid yet."""
    return shaped(
        "checkout.session",
        "cs_1",
        {
            "amount_total": 700,
            "automatic_tax": {"enabled": False},
            "client_reference_id": REFERENCE,
            "created": MADE,
            "currency": "eur",
            "custom_fields": [],
            "custom_text": {},
            "expires_at": MADE + 1860,
            "livemode": False,
            "mode": "subscription",
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "shipping_options": [],
            "status": "open",
            "url": "https://checkout.stripe.com/c/pay/cs_1",
        },
        NOTED,
        changes,
    )


def price(**changes: object) -> Json:
    """Return a price of 7.00 a month."""
    return shaped(
        "price",
        "price_1",
        {
            "active": True,
            "billing_scheme": "per_unit",
            "created": MADE,
            "currency": "eur",
            "livemode": False,
            "metadata": {},
            "product": "membership-month",
            "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
            "type": "recurring",
            "unit_amount": 700,
        },
        changes,
    )


def item(name: str = "si_1", **changes: object) -> Json:
    """Return a subscription's item, with the price of it."""
    plan = {
        "active": True,
        "billing_scheme": "per_unit",
        "created": MADE,
        "currency": "eur",
        "interval": "month",
        "interval_count": 1,
        "livemode": False,
        "usage_type": "licensed",
    }
    return shaped(
        "subscription_item",
        name,
        {
            "created": MADE,
            "current_period_end": MADE + MONTH,
            "current_period_start": MADE,
            "discounts": [],
            "metadata": {},
            "plan": shaped("plan", "price_1", plan),
            "price": price(),
            "quantity": 1,
            "subscription": "sub_1",
        },
        changes,
    )


def subscription(name: str = "sub_1", **changes: object) -> Json:
    """Return a subscription of 7.00 a month."""
    return shaped(
        "subscription",
        name,
        {
            "automatic_tax": {"enabled": False},
            "billing_cycle_anchor": MADE,
            "billing_mode": {"type": "flexible"},
            "billing_schedules": [],
            "cancel_at_period_end": False,
            "collection_method": "charge_automatically",
            "created": MADE,
            "currency": "eur",
            "customer": "cus_1",
            "discounts": [],
            "invoice_settings": {"issuer": {"type": "self"}},
            "items": listed(item(), url="/v1/subscription_items?subscription=sub_1"),
            "livemode": False,
            "start_date": MADE,
            "status": "active",
        },
        NOTED,
        changes,
    )


def method(**changes: object) -> Json:
    """Return a payment method, a card."""
    card = {"funding": "credit", **CARD}
    return shaped(
        "payment_method",
        "pm_1",
        {"billing_details": {}, "created": MADE, "livemode": False, "type": "card", "card": card},
        changes,
    )


def customer(**changes: object) -> Json:
    """Return a customer whose default is a card."""
    return shaped(
        "customer",
        "cus_1",
        {
            "created": MADE,
            "livemode": False,
            "invoice_settings": {"default_payment_method": method()},
        },
        changes,
    )


def line(end: int, kind: str = "subscription_item_details", *, proration: bool = False) -> Json:
    """Return a line of an invoice, for a period."""
    details = {"proration": proration, "subscription_item": "si_1"}
    if kind == "invoice_item_details":
        details = {"proration": proration, "invoice_item": "ii_1"}
    return shaped(
        "line_item",
        f"il_{end}",
        {
            "amount": 700,
            "currency": "eur",
            "discountable": True,
            "discounts": [],
            "livemode": False,
            "metadata": {},
            "parent": {"type": kind, kind: details},
            "period": {"start": MADE, "end": end},
            "subtotal": 700,
        },
    )


def invoice_payment(payment_id: str = "pi_1", invoice: str | Json = "in_1") -> Json:
    """Return the tie between an invoice and a payment."""
    return shaped(
        "invoice_payment",
        f"inpay_{payment_id}",
        {
            "amount_requested": 700,
            "created": MADE,
            "currency": "eur",
            "invoice": invoice,
            "is_default": True,
            "livemode": False,
            "payment": {"type": "payment_intent", "payment_intent": payment_id},
            "status": "paid",
            "status_transitions": {"paid_at": MADE},
        },
    )


def invoice(name: str = "in_1", **changes: object) -> Json:
    """Return a paid invoice of a month."""
    about = {"subscription": "sub_1", "metadata": {"intent": REFERENCE}}
    return shaped(
        "invoice",
        name,
        {
            "amount_due": 700,
            "amount_overpaid": 0,
            "amount_paid": 700,
            "amount_remaining": 0,
            "amount_shipping": 0,
            "attempt_count": 1,
            "attempted": True,
            "automatic_tax": {"enabled": False},
            "collection_method": "charge_automatically",
            "created": MADE,
            "currency": "eur",
            "default_tax_rates": [],
            "discounts": [],
            "issuer": {"type": "self"},
            "lines": listed(line(MADE + MONTH)),
            "livemode": False,
            "number": "NEWS-0001",
            "parent": {"type": "subscription_details", "subscription_details": about},
            "payment_settings": {},
            "payments": listed(invoice_payment()),
            "period_end": MADE,
            "period_start": MADE,
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "starting_balance": 0,
            "status": "paid",
            "status_transitions": {"finalized_at": MADE, "paid_at": MADE + 5},
            "subtotal": 700,
            "total": 700,
        },
        changes,
    )
