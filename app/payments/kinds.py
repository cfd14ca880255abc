"""Which events we act on, and what each makes us look at again.

A type that is not here is kept and has no effect. `invoice.created` is not here on purpose: an
endpoint that answers late to it holds up Stripe's finalising by up to three days.
"""

from collections.abc import Mapping
from typing import Final

CHECKOUT: Final = "checkout"
SUBSCRIPTION: Final = "subscription"
PAYMENT: Final = "payment"
CUSTOMER: Final = "customer"
INVOICE: Final = "invoice"
REFUND: Final = "refund"
DISPUTE: Final = "dispute"
CHARGE: Final = "charge"
WARNING: Final = "early_fraud_warning"
DECLINE: Final = "decline"
"""A charge that failed; looked at by itself, for a payment only shows the latest of them."""

ABOUT_A_PAYMENT = frozenset({REFUND, DISPUTE, CHARGE, WARNING})
KINDS = frozenset({CHECKOUT, SUBSCRIPTION, PAYMENT, CUSTOMER, INVOICE, DECLINE}) | ABOUT_A_PAYMENT

_THIN = "v1."
_EVENTS: Mapping[str, tuple[str, str]] = {
    "checkout.session.": (
        CHECKOUT,
        "completed async_payment_succeeded async_payment_failed expired",
    ),
    "customer.subscription.": (SUBSCRIPTION, "created updated deleted paused resumed"),
    "invoice.": (
        INVOICE,
        "paid payment_failed payment_action_required voided marked_uncollectible",
    ),
    "payment_intent.": (PAYMENT, "succeeded"),
    "refund.": (REFUND, "created updated failed"),
    "charge.": (CHARGE, "refunded"),
    "charge.dispute.": (
        DISPUTE,
        "created updated closed funds_withdrawn funds_reinstated",
    ),
    "radar.early_fraud_warning.": (WARNING, "created updated"),
    "customer.": (CUSTOMER, "deleted"),
}
EVENTS: Mapping[str, str] = {
    prefix + ending: kind
    for prefix, (kind, endings) in _EVENTS.items()
    for ending in endings.split()
} | {"charge.failed": DECLINE}


def kind_of(event_type: str) -> str | None:
    """Return what kind of object an event is about; None if we do not act on it.

    Thin events of these objects are named like snapshots, after `v1.`.
    """
    return EVENTS.get(event_type.removeprefix(_THIN))
