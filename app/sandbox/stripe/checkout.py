"""Hosted checkouts: opened by the site, paid or left by a reader, expired by time."""

from typing import Any, Literal

from app.sandbox.stripe import invoices, subscriptions
from app.sandbox.stripe.basket import lines_of
from app.sandbox.stripe.books import Books
from app.sandbox.stripe.cards import Card, card_of
from app.sandbox.stripe.catalog import create_customer, living_customer
from app.sandbox.stripe.errors import StripeError, missing
from app.sandbox.stripe.params import metadata, needed, part, text, whole, word
from app.sandbox.stripe.payments import attempt, decline, new_intent, new_method, refusal

Json = dict[str, Any]
Paid = Literal["paid", "processing", "declined", "three_d"]

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
ONLY_IN = {
    "payment_intent_data": "payment",
    "customer_creation": "payment",
    "submit_type": "payment",
    "subscription_data": "subscription",
}


def create(books: Books, params: Json) -> Json:
    """Open a checkout."""
    mode = word(params, "mode", ("payment", "subscription"))
    if mode is None:
        raise missing("mode")
    _check(books, params, mode)
    customer = text(params, "customer")
    if customer:
        living_customer(books, customer, "customer")
    lines = lines_of(books, params, mode)
    session_id = books.fresh("cs_test_a1", 56)
    total = sum(line["amount_total"] for line in lines)
    session = books.add(
        "checkout.session",
        "",
        _blank()
        | {
            "id": session_id,
            "amount_subtotal": total,
            "amount_total": total,
            "cancel_url": text(params, "cancel_url"),
            "client_reference_id": text(params, "client_reference_id"),
            "currency": lines[0]["currency"],
            "custom_text": _said(params),
            "customer": customer,
            "customer_creation": text(params, "customer_creation")
            or ("always" if mode == "subscription" else "if_required"),
            "customer_email": text(params, "customer_email"),
            "expires_at": whole(params, "expires_at") or books.moment + LONGEST,
            "locale": text(params, "locale"),
            "metadata": metadata(params),
            "mode": mode,
            "submit_type": text(params, "submit_type"),
            "success_url": needed(params, "success_url"),
            "url": f"{books.address}/pay/{session_id}",
            "_lines": lines,
            "_data": part(params, "payment_intent_data") or part(params, "subscription_data"),
        },
    )
    books.store.later(session["expires_at"], "expire", session_id)
    return session


def _said(params: Json) -> Json:
    """Return what is said on the page besides Stripe's own words."""
    message = text(part(part(params, "custom_text"), "submit"), "message")
    places = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return dict.fromkeys(places) | {"submit": {"message": message} if message else None}


def _check(books: Books, params: Json, mode: str) -> None:
    word(params, "ui_mode", ("hosted_page",))
    word(params, "submit_type", ("auto", "book", "donate", "pay", "subscribe"))
    word(params, "customer_creation", ("always", "if_required"))
    for name, only in ONLY_IN.items():
        if params.get(name) and mode != only:
            raise StripeError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if text(params, "customer") and text(params, "customer_email"):
        raise StripeError("You may only specify one of these parameters: customer, customer_email.")
    expires = whole(params, "expires_at")
    if expires is not None and not SHORTEST <= expires - books.moment <= LONGEST:
        message = (
            "The `expires_at` timestamp must be at least 30 minutes, and less than 24 hours,"
            " from Checkout Session creation."
        )
        raise StripeError(message, param="expires_at")


def _blank() -> Json:
    nothing = (
        "after_expiration allow_promotion_codes billing_address_collection client_secret"
        " collected_information consent consent_collection currency_conversion customer_details"
        " invoice invoice_creation payment_intent payment_link phone_number_collection"
        " payment_method_configuration_details recovered_from setup_intent shipping_cost"
        " shipping_address_collection subscription wallet_options"
    )
    totals = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
    return dict.fromkeys(nothing.split()) | {
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "discounts": [],
        "payment_method_collection": "always",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": totals,
        "ui_mode": "hosted_page",
    }


def expire(books: Books, _params: Json, session_id: str) -> Json:
    """Close a checkout that is still open."""
    session = books.find("checkout.session", session_id)
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f' Session has a status of "{session["status"]}".'
        )
    run_out(books, session)
    return session


def run_out(books: Books, session: Json) -> None:
    """Let a checkout's time be over."""
    if session["status"] == "open":
        changes = {"status": "expired", "url": None}
        books.change(session, "checkout.session.expired", changes)


def pay(books: Books, session_id: str, number: str, who: Json, *, three_d: bool | None) -> Paid:
    """Let a reader pay; `who` is their address and name, `three_d` what their bank was told."""
    session = books.find("checkout.session", session_id)
    if session["status"] != "open":
        raise StripeError("This checkout is over.", code="checkout_session_over")
    card = card_of(number)
    reason = refusal(card, present=True)
    if not reason and card.three_d and three_d is None:
        return "three_d"
    if not reason and card.three_d and not three_d:
        reason = "authentication_required"
    if reason:
        _refused(books, session, card, who, reason)
        return "declined"
    customer = _customer(books, session, who)
    method = new_method(books, card, customer)
    step = _join if session["mode"] == "subscription" else _give
    outcome = step(books, session, customer, method)
    _complete(books, session, customer, paid=outcome == "succeeded")
    return "paid" if outcome == "succeeded" else "processing"


def _customer(books: Books, session: Json, who: Json) -> Json:
    if session["customer"]:
        return living_customer(books, session["customer"], "customer")
    if session["customer_creation"] == "if_required":
        return {"id": None, **who}
    return create_customer(books, {"email": who["email"], "name": who["name"]})


def _intent(books: Books, session: Json) -> Json:
    if known := session.get("_intent"):
        return books.get(known)
    wanted = session["_data"] if session["mode"] == "payment" else {}
    fields = {"description": text(wanted, "description"), "metadata": metadata(wanted)}
    intent = new_intent(books, session["amount_total"], session["currency"], fields)
    session["_intent"] = intent["id"]
    books.put(session)
    return intent


def _refused(books: Books, session: Json, card: Card, who: Json, reason: str) -> None:
    intent = _intent(books, session)
    method = new_method(books, card, {"id": None} | who)
    decline(books, intent, method, reason)


def _give(books: Books, session: Json, customer: Json, method: Json) -> str:
    intent = _intent(books, session)
    intent |= {"customer": customer["id"], "_session": session["id"]}
    session["payment_intent"] = intent["id"]
    return attempt(books, intent, method, present=True)


def _join(books: Books, session: Json, customer: Json, method: Json) -> str:
    data = session["_data"]
    fields = {"description": text(data, "description"), "metadata": metadata(data)}
    subscription = subscriptions.begin(books, customer, method, session["_lines"], fields)
    invoice = invoices.draw_up(books, subscription, "subscription_create")
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}
    known = books.get(session["_intent"]) if session.get("_intent") else None
    intent = invoices.finalize(books, invoice, known)
    books.put(intent | {"_session": session["id"]})
    return invoices.collect(books, invoice, method, present=True)


def _complete(books: Books, session: Json, customer: Json, *, paid: bool) -> None:
    told = {"email": customer["email"], "name": customer["name"], "phone": None}
    session |= {
        "customer": customer["id"],
        "customer_details": told | {"address": None, "tax_exempt": "none", "tax_ids": []},
        "payment_status": "paid" if paid else "unpaid",
        "status": "complete",
        "url": None,
    }
    books.put(session)
    books.tell("checkout.session.completed", session)


def debit_known(books: Books, session: Json, *, arrived: bool) -> None:
    """Let a checkout learn what became of a bank debit."""
    if arrived:
        session["payment_status"] = "paid"
        books.put(session)
    told = "succeeded" if arrived else "failed"
    books.tell(f"checkout.session.async_payment_{told}", session)
