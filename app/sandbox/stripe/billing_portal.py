"""The billing portal: its sessions, and changing the card that memberships are paid with."""

from typing import Any, Literal

from app.sandbox.stripe.books import Books
from app.sandbox.stripe.cards import card_of
from app.sandbox.stripe.catalog import living_customer
from app.sandbox.stripe.params import needed, part, text, word
from app.sandbox.stripe.payments import new_method
from app.sandbox.stripe.store import Wanted, field
from app.sandbox.stripe.subscriptions import OVER, UPDATED, end

Json = dict[str, Any]
Taken = Literal["taken", "declined", "three_d"]


def create(books: Books, params: Json) -> Json:
    """Open the portal for a customer."""
    customer = living_customer(books, needed(params, "customer"), "customer")
    session_id = books.fresh("bps_")
    return books.add(
        "billing_portal.session",
        "",
        {
            "id": session_id,
            "configuration": "bpc_rehearsal",
            "customer": customer["id"],
            "customer_account": None,
            "flow": _flow(part(params, "flow_data")),
            "locale": text(params, "locale"),
            "on_behalf_of": None,
            "return_url": text(params, "return_url"),
            "url": f"{books.address}/portal/{session_id}",
        },
    )


def _flow(given: Json) -> Json | None:
    if not given:
        return None
    after, kinds = part(given, "after_completion"), ("payment_method_update", "customer_update")
    redirect = part(after, "redirect")
    return {
        "after_completion": {
            "hosted_confirmation": None,
            "redirect": {"return_url": text(redirect, "return_url")} if redirect else None,
            "type": text(after, "type") or "portal_homepage",
        },
        "customer_update": None,
        "subscription_cancel": None,
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": word(given, "type", kinds),
    }


def new_card(books: Books, customer_id: str, number: str, *, three_d: bool | None) -> Taken:
    """Change a customer's card; what is owed is tried with it at the next retry."""
    customer, card = living_customer(books, customer_id), card_of(number)
    if card.decline:
        return "declined"
    if card.three_d and not three_d:
        return "three_d" if three_d is None else "declined"
    method = new_method(books, card, customer)
    settings = customer["invoice_settings"] | {"default_payment_method": method["id"]}
    books.change(customer, "customer.updated", {"invoice_settings": settings})
    for subscription in living_subscriptions(books, customer_id):
        books.change(subscription, UPDATED, {"default_payment_method": method["id"]})
    return "taken"


def living_subscriptions(books: Books, customer_id: str) -> list[Json]:
    """Return a customer's subscriptions that are not over."""
    whose = Wanted([f"{field('customer')} = ?"], [customer_id])
    found = books.store.find("subscription", whose)
    return [one for one in found if one["status"] not in OVER]


def delete_customer(books: Books, _params: Json, customer_id: str) -> Json:
    """Delete a customer; their subscriptions end at once."""
    customer = living_customer(books, customer_id)
    for subscription in living_subscriptions(books, customer_id):
        end(books, subscription, "cancellation_requested")
    books.tell("customer.deleted", customer)
    gone = {"id": customer_id, "object": "customer", "deleted": True}
    books.put(gone)
    return gone
