"""Invoices: made at each period's beginning, paid at once, or tried again on days 3, 5 and 7."""

from typing import Any

from app.sandbox.stripe.books import DAY, Books
from app.sandbox.stripe.payments import Outcome, attempt, new_intent

Json = dict[str, Any]

RETRIES = (3 * DAY, 5 * DAY, 7 * DAY)
"""After the first failure; when the last fails too, the subscription ends."""
NO_TAX: Json = {"disabled_reason": None, "enabled": False, "liability": None}


def draw_up(books: Books, subscription: Json, reason: str) -> Json:
    """Make the draft of the invoice for a subscription's current period."""
    lines = [_line(books, subscription, item) for item in subscription["items"]["data"]]
    customer, total = books.get(subscription["customer"]), sum(line["amount"] for line in lines)
    invoice = books.add(
        "invoice",
        "in_",
        _blank()
        | {
            "amount_due": total,
            "amount_remaining": total,
            "billing_reason": reason,
            "currency": subscription["currency"],
            "customer": customer["id"],
            "customer_email": customer["email"],
            "customer_name": customer["name"],
            "lines": {"object": "list", "data": lines, "has_more": False},
            "parent": {
                "quote_details": None,
                "subscription_details": {
                    "metadata": subscription["metadata"],
                    "subscription": subscription["id"],
                },
                "type": "subscription_details",
            },
            "period_end": books.moment,
            "period_start": books.moment,
            "subtotal": total,
            "subtotal_excluding_tax": total,
            "total": total,
            "total_excluding_tax": total,
        },
    )
    for line in lines:
        line["invoice"] = invoice["id"]
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    books.put(invoice)
    books.tell("invoice.created", invoice)
    books.change(subscription, "", {"latest_invoice": invoice["id"]})
    return invoice


def _blank() -> Json:
    nothing = (
        "account_tax_ids application automatically_finalizes_at custom_fields customer_address"
        " customer_phone customer_shipping default_payment_method default_source description"
        " due_date effective_at ending_balance footer from_invoice hosted_invoice_url invoice_pdf"
        " last_finalization_error latest_revision next_payment_attempt number on_behalf_of"
        " receipt_number rendering shipping_cost shipping_details statement_descriptor test_clock"
        " webhooks_delivered_at"
    )
    zero = (
        "amount_overpaid amount_paid amount_shipping attempt_count starting_balance"
        " post_payment_credit_notes_amount pre_payment_credit_notes_amount"
    )
    settings = {"default_mandate": None, "payment_method_options": None}
    return (
        dict.fromkeys(nothing.split())
        | dict.fromkeys(zero.split(), 0)
        | {
            "account_country": "DE",
            "account_name": "The Paper (rehearsal)",
            "attempted": False,
            "auto_advance": True,
            "automatic_tax": NO_TAX | {"provider": None, "status": None},
            "collection_method": "charge_automatically",
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_tax_rates": [],
            "discounts": [],
            "issuer": {"type": "self"},
            "metadata": {},
            "payment_settings": settings | {"payment_method_types": None},
            "status": "draft",
            "status_transitions": dict.fromkeys(
                ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
            ),
            "total_discount_amounts": [],
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
        }
    )


def _line(books: Books, subscription: Json, item: Json) -> Json:
    price, quantity = item["price"], item["quantity"]
    amount = price["unit_amount"] * quantity
    about = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
        "subscription_item": item["id"],
    }
    priced = {"price": price["id"], "product": price["product"]}
    return {
        "id": books.fresh("il_"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": books.get(price["product"])["name"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "livemode": False,
        "metadata": subscription["metadata"],
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": about,
            "type": "subscription_item_details",
        },
        "period": {"end": item["current_period_end"], "start": item["current_period_start"]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": priced,
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "subtotal": amount,
        "taxes": [],
    }


def finalize(books: Books, invoice: Json, intent: Json | None = None) -> Json:
    """Open an invoice for paying, with its number and its PaymentIntent (a given one, if any)."""
    customer = books.get(invoice["customer"])
    number = customer["next_invoice_sequence"]
    books.put(customer | {"next_invoice_sequence": number + 1})
    if intent is None:
        intent = new_intent(books, invoice["total"], invoice["currency"], {})
    first = invoice["billing_reason"] == "subscription_create"
    intent |= {"customer": customer["id"], "_invoice": invoice["id"]}
    intent["description"] = "Subscription creation" if first else "Subscription update"
    books.put(intent)
    _ask(books, invoice, intent)
    _pass_on(invoice, "finalized_at", books.moment)
    changes = {"status": "open", "number": f"{customer['invoice_prefix']}-{number:04d}"}
    books.change(invoice, "invoice.finalized", changes | {"effective_at": books.moment})
    return intent


def _ask(books: Books, invoice: Json, intent: Json) -> None:
    asked = books.add(
        "invoice_payment",
        "inpay_",
        {
            "amount_paid": None,
            "amount_requested": invoice["total"],
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        },
    )
    invoice |= {"_payment": asked["id"], "_intent": intent["id"]}


def _pass_on(invoice: Json, name: str, moment: int) -> None:
    invoice["status_transitions"] = invoice["status_transitions"] | {name: moment}


def collect(books: Books, invoice: Json, method: Json, *, present: bool) -> Outcome:
    """Try to take what an open invoice asks for; a failure is not noted here."""
    intent = books.get(invoice["_intent"])
    outcome = attempt(books, intent, method, present=present)
    if outcome == "succeeded":
        settle_up(books, invoice)
    elif outcome == "processing":
        changes = {"attempted": True, "next_payment_attempt": None}
        books.change(invoice, "invoice.updated", changes)
    return outcome


def settle_up(books: Books, invoice: Json) -> None:
    """Note that an invoice is paid."""
    asked = books.get(invoice["_payment"])
    moments = {"canceled_at": None, "paid_at": books.moment}
    changes = {"status": "paid", "amount_paid": invoice["total"], "status_transitions": moments}
    books.change(asked, "invoice_payment.paid", changes)
    _pass_on(invoice, "paid_at", books.moment)
    changes = {
        "status": "paid",
        "amount_paid": invoice["total"],
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": invoice["attempt_count"] + 1,
        "auto_advance": False,
        "next_payment_attempt": None,
    }
    books.change(invoice, "invoice.paid", changes)
    books.tell("invoice.payment_succeeded", invoice)


def note_failure(books: Books, invoice: Json, outcome: Outcome) -> bool:
    """Note that an attempt failed; return whether there will be another."""
    failed_first = invoice.setdefault("_failed_first", books.moment)
    tried = invoice["_failures"] = invoice.get("_failures", 0) + 1
    again = failed_first + RETRIES[tried - 1] if tried <= len(RETRIES) else None
    changes = {
        "attempted": True,
        "attempt_count": invoice["attempt_count"] + 1,
        "auto_advance": again is not None,
        "next_payment_attempt": again,
    }
    books.change(invoice, "invoice.payment_failed", changes)
    if outcome == "requires_action":
        books.tell("invoice.payment_action_required", invoice)
    if again is not None:
        books.store.later(again, "retry", invoice["id"])
    return again is not None


def void(books: Books, invoice: Json) -> None:
    """Say that an invoice is not to be paid."""
    _pass_on(invoice, "voided_at", books.moment)
    books.change(invoice, "invoice.voided", {"status": "void", "auto_advance": False})


def write_off(books: Books, invoice: Json) -> None:
    """Say that an invoice will not be paid."""
    _pass_on(invoice, "marked_uncollectible_at", books.moment)
    changes = {"status": "uncollectible", "auto_advance": False}
    books.change(invoice, "invoice.marked_uncollectible", changes)


def give_up(books: Books, invoice: Json) -> None:
    """Stop trying; the invoice stays open."""
    if invoice["status"] == "open":
        changes = {"auto_advance": False, "next_payment_attempt": None}
        books.change(invoice, "invoice.updated", changes)
