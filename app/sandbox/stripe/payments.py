"""Payment methods, PaymentIntents and their charges."""

from typing import Any, Literal

from app.sandbox.stripe import balance
from app.sandbox.stripe.books import DAY, Books
from app.sandbox.stripe.cards import Card, card_of, details
from app.sandbox.stripe.catalog import NOBODY

Json = dict[str, Any]
Outcome = Literal["succeeded", "processing", "failed", "requires_action"]

SETTLES_AFTER = 3 * DAY
MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "incorrect_number": "Your card number is incorrect.",
    "authentication_required": "We are unable to authenticate your payment method.",
}


def new_method(books: Books, card: Card, customer: Json) -> Json:
    """Keep a card of a customer's."""
    who: Json = {"address": dict(NOBODY), "email": customer["email"], "name": customer["name"]}
    method = books.add(
        "payment_method",
        "pm_",
        {
            "allow_redisplay": "limited",
            "billing_details": who | {"phone": None, "tax_id": None},
            "customer": customer["id"],
            "metadata": {},
            "type": card.method,
            "_number": card.number,
        }
        | details(card),
    )
    if customer["id"] is not None:
        books.tell("payment_method.attached", method)
    return method


def new_intent(books: Books, amount: int, currency: str, fields: Json) -> Json:
    """Ask for an amount."""
    intent = books.add(
        "payment_intent",
        "pi_",
        {
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": books.fresh("pi_secret_"),
            "confirmation_method": "automatic",
            "currency": currency,
            "customer": None,
            "description": None,
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": {},
            "next_action": None,
            "payment_method": None,
            "payment_method_types": ["card"],
            "processing": None,
            "receipt_email": None,
            "setup_future_usage": None,
            "status": "requires_payment_method",
        }
        | fields,
    )
    books.tell("payment_intent.created", intent)
    return intent


def refusal(card: Card, *, present: bool) -> str:
    """Say why a card does not pay, or nothing."""
    if card.decline or present or card.renews:
        return card.decline
    return "generic_decline"


def attempt(books: Books, intent: Json, method: Json, *, present: bool) -> Outcome:
    """Try to take the money, with the card's owner there or without."""
    card = card_of(method["_number"])
    intent |= {"payment_method": method["id"], "payment_method_types": [method["type"]]}
    if reason := refusal(card, present=present):
        return decline(books, intent, method, reason)
    if card.debit:
        return _debit(books, intent, method, card)
    if card.asks_again and not present:
        asks: Json = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure"}}
        changes = {"status": "requires_action", "next_action": asks}
        books.change(intent, "payment_intent.requires_action", changes)
        return "requires_action"
    return _succeed(books, intent, _charge(books, intent, method, "succeeded"), "charge.succeeded")


def decline(books: Books, intent: Json, method: Json, reason: str) -> Outcome:
    """Let an attempt fail."""
    charge = _charge(books, intent, method, "failed", reason)
    books.tell("charge.failed", charge)
    _refuse(books, intent, charge, method)
    return "failed"


def settle(books: Books, intent: Json) -> bool:
    """Let a bank debit arrive or fail; return which."""
    method, charge = books.get(intent["payment_method"]), books.get(intent["latest_charge"])
    if card_of(method["_number"]).settles:
        charge |= {"status": "succeeded", "paid": True, "amount_captured": charge["amount"]}
        _succeed(books, intent, charge, "charge.succeeded")
        return True
    charge |= {"status": "failed", "failure_code": "debit_not_authorized"}
    charge["failure_message"] = "The bank refused the debit."
    books.put(charge)
    books.tell("charge.failed", charge)
    _refuse(books, intent, charge, method)
    return False


def _debit(books: Books, intent: Json, method: Json, card: Card) -> Outcome:
    if intent.get("_waited") and not card.settles:
        return decline(books, intent, method, "debit_not_authorized")
    intent["_waited"] = True
    charge = _charge(books, intent, method, "pending")
    books.tell("charge.pending", charge)
    changes = {"status": "processing", "latest_charge": charge["id"]}
    books.change(intent, "payment_intent.processing", changes)
    books.store.later(books.moment + SETTLES_AFTER, "settle", intent["id"])
    return "processing"


def _succeed(books: Books, intent: Json, charge: Json, event: str) -> Outcome:
    balance.arrived(books, charge)
    books.put(charge)
    books.tell(event, charge)
    changes = {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    books.change(intent, "payment_intent.succeeded", changes)
    after = card_of(books.get(charge["payment_method"])["_number"]).after
    if after in {"dispute", "warn"}:
        books.store.later(books.moment, after, intent["id"])
    return "succeeded"


def _refuse(books: Books, intent: Json, charge: Json, method: Json) -> None:
    code = charge["failure_code"]
    error = {
        "charge": charge["id"],
        "code": "card_declined" if method["type"] == "card" else "payment_method_provider_decline",
        "decline_code": code,
        "message": charge["failure_message"],
        "payment_method": method,
        "type": "card_error",
    }
    changes = {
        "status": "requires_payment_method",
        "latest_charge": charge["id"],
        "last_payment_error": error,
        "payment_method": None,
        "next_action": None,
    }
    books.change(intent, "payment_intent.payment_failed", changes)


def _charge(books: Books, intent: Json, method: Json, status: str, reason: str = "") -> Json:
    good = status == "succeeded"
    seen = dict(method[method["type"]])
    return books.add(
        "charge",
        "py_" if method["type"] == "sepa_debit" else "ch_",
        {
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if good else 0,
            "amount_refunded": 0,
            "balance_transaction": None,
            "billing_details": method["billing_details"],
            "captured": status != "failed",
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_code": reason or None,
            "failure_message": MESSAGES.get(reason, "Your card was declined.") if reason else None,
            "fraud_details": {},
            "metadata": intent["metadata"],
            "outcome": {"type": "issuer_declined" if reason else "authorized"},
            "paid": good,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"type": method["type"], method["type"]: seen},
            "receipt_email": intent["receipt_email"],
            "receipt_url": None,
            "refunded": False,
            "status": status,
        },
    )
