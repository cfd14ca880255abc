"""Money that goes back: refunds, disputes, warnings of fraud."""

from typing import Any

from app.sandbox.stripe import balance
from app.sandbox.stripe.books import DAY, Books
from app.sandbox.stripe.cards import card_of
from app.sandbox.stripe.errors import StripeError, invalid, missing
from app.sandbox.stripe.params import metadata, text, whole, word
from app.sandbox.stripe.store import Wanted, field

Json = dict[str, Any]

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
TAKES = 5 * DAY
OPEN = ("needs_response", "warning_needs_response")


def create(books: Books, params: Json) -> Json:
    """Give back a part, or all that is left."""
    charge = _charge(books, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = whole(params, "amount") if text(params, "amount") else left
    _allow(charge, amount, left)
    refund = _refund(books, charge, amount or 0, word(params, "reason", REASONS))
    refund["metadata"] = metadata(params)
    books.put(refund)
    _give_back(books, charge, refund["amount"])
    books.tell("charge.refunded", charge)
    books.tell("refund.created", refund)
    return refund


def _charge(books: Books, params: Json) -> Json:
    if wanted := text(params, "charge"):
        return books.find("charge", wanted, "charge")
    intent_id = text(params, "payment_intent")
    if intent_id is None:
        raise missing("payment_intent")
    intent = books.find("payment_intent", intent_id, "payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
        raise StripeError(message, param="payment_intent")
    return books.get(intent["latest_charge"])


def _allow(charge: Json, amount: int | None, left: int) -> None:
    if charge["refunded"]:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded")
    if charge["disputed"] and not charge.get("_won"):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise StripeError(message, code="charge_disputed")
    if amount is None or amount < 1:
        raise invalid("amount", amount, wants="greater than or equal to 1")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise StripeError(message, param="amount")


def _refund(books: Books, charge: Json, amount: int, reason: str | None) -> Json:
    after = card_of(books.get(charge["payment_method"])["_number"]).after
    slow = after == "refund_slow" or charge["payment_method_details"]["type"] != "card"
    refund = books.add(
        "refund",
        "re_",
        {
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "currency": charge["currency"],
            "destination_details": {"type": charge["payment_method_details"]["type"]},
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "pending" if slow else "succeeded",
            "transfer_reversal": None,
        },
    )
    del refund["livemode"]
    if slow or after == "refund_fails":
        what = "refund_fails" if after == "refund_fails" else "refund_arrives"
        books.store.later(books.moment + TAKES, what, refund["id"])
    return refund


def _give_back(books: Books, charge: Json, minor: int) -> None:
    refunded = charge["amount_refunded"] + minor
    charge |= {"amount_refunded": refunded, "refunded": refunded == charge["amount"]}
    books.put(charge)


def arrive(books: Books, refund: Json) -> None:
    """Let a refund that took days arrive."""
    if refund["status"] == "pending":
        books.change(refund, "refund.updated", {"status": "succeeded"})
        books.tell("charge.refund.updated", refund)


def fail(books: Books, refund: Json) -> None:
    """Let a refund come back: the money is ours again."""
    if refund["status"] == "failed":
        raise StripeError("This refund has failed already.")
    changes = {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    books.change(refund, "refund.failed", changes)
    books.tell("refund.updated", refund)
    books.tell("charge.refund.updated", refund)
    charge = books.get(refund["charge"])
    _give_back(books, charge, -refund["amount"])
    books.tell("charge.updated", charge)


def dispute(books: Books, intent: Json, *, warning: bool = False) -> Json:
    """Let the bank dispute a payment, or (`warning`) only ask about it."""
    charge = _paid_charge(books, intent)
    if books.store.find("dispute", Wanted([f"{field('charge')} = ?"], [charge["id"]])):
        raise StripeError("This payment is disputed already.")
    evidence = {"due_by": books.moment + 14 * DAY, "enhanced_eligibility": {}}
    opened = books.add(
        "dispute",
        "du_",
        {
            "amount": charge["amount"],
            "balance_transactions": [],
            "charge": charge["id"],
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {"enhanced_evidence": {}},
            "evidence_details": evidence
            | {"has_evidence": False, "past_due": False, "submission_count": 0}
            | {"submission_method": "not_submitted"},
            "is_charge_refundable": warning,
            "metadata": {},
            "network_reason_code": "10.4",
            "payment_intent": intent["id"],
            "reason": "fraudulent",
            "status": OPEN[1] if warning else OPEN[0],
        },
    )
    if not warning:
        balance.taken(books, opened)
        books.put(opened)
    charge["disputed"] = not warning
    books.put(charge)
    books.tell("charge.dispute.created", opened)
    if not warning:
        books.tell("charge.dispute.funds_withdrawn", opened)
    return opened


def settle(books: Books, opened: Json, *, won: bool) -> None:
    """Close a dispute; a warning that is won is closed, one that is lost becomes a dispute."""
    if opened["status"] not in OPEN:
        raise StripeError("This dispute is closed already.")
    charge, warning = books.get(opened["charge"]), opened["status"] == OPEN[1]
    if warning and not won:
        balance.taken(books, opened)
        books.change(opened, "charge.dispute.updated", {"status": OPEN[0]})
        books.put(charge | {"disputed": True})
        books.tell("charge.dispute.funds_withdrawn", opened)
        return
    outcome = "warning_closed" if warning else "won" if won else "lost"
    if outcome == "won":
        balance.given_back(books, opened)
    books.change(opened, "charge.dispute.updated", {"status": outcome})
    books.put(charge | {"_won": won})
    if outcome == "won":
        books.tell("charge.dispute.funds_reinstated", opened)
    books.tell("charge.dispute.closed", opened)


def warn(books: Books, intent: Json) -> Json:
    """Let the card's network warn of fraud."""
    charge = _paid_charge(books, intent)
    kind = "radar.early_fraud_warning"
    warning = books.add(
        kind,
        "issfr_",
        {
            "actionable": not charge["refunded"] and not charge["disputed"],
            "charge": charge["id"],
            "fraud_type": "made_with_stolen_card",
            "payment_intent": intent["id"],
        },
    )
    books.tell(f"{kind}.created", warning)
    return warning


def _paid_charge(books: Books, intent: Json) -> Json:
    if intent["status"] != "succeeded":
        raise StripeError("This payment did not succeed.")
    return books.get(intent["latest_charge"])
