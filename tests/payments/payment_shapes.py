"""Stripe's objects around one payment, and its events, in the shapes that it returns."""

import json

from tests.payments.shapes import CARD, MADE, NOTED, Json, shaped


def charge(**changes: object) -> Json:
    """Return a charge of a card that went through."""
    return shaped(
        "charge",
        "ch_1",
        {
            "amount": 700,
            "amount_captured": 700,
            "amount_refunded": 0,
            "billing_details": {},
            "captured": True,
            "created": MADE,
            "currency": "eur",
            "disputed": False,
            "livemode": False,
            "metadata": {},
            "paid": True,
            "payment_intent": "pi_1",
            "payment_method_details": {"type": "card", "card": CARD},
            "refunded": False,
            "status": "succeeded",
        },
        changes,
    )


def payment(**changes: object) -> Json:
    """Return a payment of 7.00 that went through, its charge expanded."""
    return shaped(
        "payment_intent",
        "pi_1",
        {
            "amount": 700,
            "amount_capturable": 0,
            "amount_received": 700,
            "capture_method": "automatic_async",
            "confirmation_method": "automatic",
            "created": MADE,
            "currency": "eur",
            "customer": "cus_1",
            "latest_charge": charge(),
            "livemode": False,
            "payment_method_types": ["card"],
            "status": "succeeded",
        },
        NOTED,
        changes,
    )


def refund(name: str = "re_1", **changes: object) -> Json:
    """Return a refund of 2.00 that is there."""
    own = {"amount": 200, "created": MADE, "currency": "eur", "payment_intent": "pi_1"}
    return shaped("refund", name, own, {"status": "succeeded", "charge": "ch_1"}, changes)


def dispute(name: str = "dp_1", **changes: object) -> Json:
    """Return a dispute that waits for an answer."""
    evidence = {
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
        "submission_method": "not_submitted",
    }
    return shaped(
        "dispute",
        name,
        {
            "amount": 700,
            "balance_transactions": [],
            "charge": "ch_1",
            "created": MADE,
            "currency": "eur",
            "enhanced_eligibility_types": [],
            "evidence": {"enhanced_evidence": {}},
            "evidence_details": evidence,
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": "pi_1",
            "reason": "general",
            "status": "needs_response",
        },
        changes,
    )


def warning(**changes: object) -> Json:
    """Return an early fraud warning."""
    own = {"actionable": True, "charge": "ch_1", "created": MADE, "payment_intent": "pi_1"}
    return shaped(
        "radar.early_fraud_warning",
        "issfr_1",
        own,
        {"fraud_type": "made_with_stolen_card", "livemode": False},
        changes,
    )


def event(name: str = "evt_1", **changes: object) -> Json:
    """Return a snapshot event about an invoice."""
    return shaped(
        "event",
        name,
        {
            "created": MADE,
            "data": {"object": {"object": "invoice", "id": "in_1", "status": "open"}},
            "livemode": False,
            "pending_webhooks": 1,
            "type": "invoice.paid",
        },
        changes,
    )


def thin(**changes: object) -> Json:
    """Return a thin event about an invoice; the package has no types for its body."""
    about = {"id": "in_1", "type": "invoice", "url": "/v1/invoices/in_1"}
    return {
        "object": "v2.core.event",
        "id": "evt_2",
        "type": "v1.invoice.paid",
        "created": "2026-11-18T04:26:40.000Z",
        "livemode": False,
        "related_object": about,
        **changes,
    }


def as_body(values: Json) -> bytes:
    """Return an event as it is posted."""
    return json.dumps(values).encode()
