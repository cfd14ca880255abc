"""Every call of the API that the stand-in answers, with the parameters that it takes."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from app.sandbox.stripe import (
    billing_portal,
    catalog,
    checkout,
    lists,
    refunds,
    renewals,
    subscriptions,
)
from app.sandbox.stripe.books import Books, listing, shown
from app.sandbox.stripe.errors import StripeError
from app.sandbox.stripe.events import thin
from app.sandbox.stripe.params import refuse_unknown, texts

Json = dict[str, Any]
Handler = Callable[..., Json]

PRICE = ["currency", "product", "unit_amount", "recurring.interval", "recurring.interval_count"]
LINES = [
    f"line_items.{name}" for name in ("price", "quantity", *(f"price_data.{n}" for n in PRICE))
]
ITEMS = [f"items.{name}" for name in ("id", "quantity", *(f"price_data.{n}" for n in PRICE))]
CUSTOMER = ["email", "name", "phone", "description", "metadata.*"]
PRODUCT = ["name", "description", "active", "statement_descriptor", "metadata.*"]
SESSION = [
    "adaptive_pricing.enabled",
    "cancel_url",
    "client_reference_id",
    "custom_text.submit.message",
    "customer",
    "customer_creation",
    "customer_email",
    "expires_at",
    "locale",
    "metadata.*",
    "mode",
    "payment_intent_data.description",
    "payment_intent_data.metadata.*",
    "submit_type",
    "subscription_data.description",
    "subscription_data.metadata.*",
    "success_url",
    "ui_mode",
]
UPDATE = [
    "cancel_at",
    "cancel_at_period_end",
    "default_payment_method",
    "metadata.*",
    "off_session",
    "pause_collection",
    "pause_collection.behavior",
    "pause_collection.resumes_at",
    "payment_behavior",
    "proration_behavior",
]
ENDING = ["cancellation_details.comment", "cancellation_details.feedback", "invoice_now", "prorate"]
REFUND = ["amount", "charge", "metadata.*", "payment_intent", "reason"]
PORTAL = [
    "configuration",
    "customer",
    "locale",
    "return_url",
    "flow_data.type",
    "flow_data.after_completion.type",
    "flow_data.after_completion.redirect.return_url",
]
CUT = ["limit", "starting_after"]
KINDS = {
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "checkout/sessions": "checkout.session",
    "subscriptions": "subscription",
    "invoices": "invoice",
    "invoice_payments": "invoice_payment",
    "payment_intents": "payment_intent",
    "payment_methods": "payment_method",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "radar/early_fraud_warnings": "radar.early_fraud_warning",
    "events": "event",
}


class Route(NamedTuple):
    """A method and a path, what answers it, and what it takes."""

    method: str
    path: re.Pattern[str]
    handler: Handler
    known: frozenset[str]


def _route(method: str, path: str, handler: Handler, names: list[str] | None = None) -> Route:
    pattern = re.compile(path.replace("{id}", r"([\w-]+)"))
    return Route(method, pattern, handler, frozenset(names or ()) | {"expand"})


def _retrieve(books: Books, _params: Json, object_id: str, *, kind: str) -> Json:
    return books.find(kind, object_id)


def _list(books: Books, params: Json, *, kind: str, url: str) -> Json:
    return lists.page(books, params, kind, url)


def _lines(books: Books, params: Json, invoice_id: str) -> Json:
    found: Json = books.find("invoice", invoice_id)["lines"]
    return lists.cut(found, params)


def _sold(books: Books, params: Json, session_id: str) -> Json:
    session = books.find("checkout.session", session_id)
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return lists.cut(listing(session["_lines"], url), params)


def _thin(books: Books, _params: Json, event_id: str) -> Json:
    snapshot = books.find("event", event_id.replace("evt_test_", "evt_"))
    return thin(snapshot) | {"snapshot_event": snapshot["id"]}


READING = [
    route
    for name, kind in KINDS.items()
    for route in (
        _route("GET", f"/v1/{name}/{{id}}", partial(_retrieve, kind=kind)),
        _route(
            "GET",
            f"/v1/{name}",
            partial(_list, kind=kind, url=f"/v1/{name}"),
            list(lists.known(kind)),
        ),
    )
]
WRITING = [
    _route("POST", "/v1/customers", catalog.create_customer, CUSTOMER),
    _route("POST", "/v1/customers/{id}", catalog.update_customer, CUSTOMER),
    _route("DELETE", "/v1/customers/{id}", billing_portal.delete_customer),
    _route("POST", "/v1/products", catalog.create_product, [*PRODUCT, "id"]),
    _route("POST", "/v1/products/{id}", catalog.update_product, PRODUCT),
    _route("POST", "/v1/prices", catalog.create_price, [*PRICE, "metadata.*"]),
    _route("POST", "/v1/checkout/sessions", checkout.create, [*SESSION, *LINES]),
    _route("POST", "/v1/checkout/sessions/{id}/expire", checkout.expire),
    _route("POST", "/v1/subscriptions/{id}", subscriptions.update, [*UPDATE, *ITEMS]),
    _route("DELETE", "/v1/subscriptions/{id}", subscriptions.cancel, ENDING),
    _route("POST", "/v1/subscriptions/{id}/pause", renewals.pause, ["type"]),
    _route("POST", "/v1/subscriptions/{id}/resume", renewals.resume, ["billing_cycle_anchor.type"]),
    _route("POST", "/v1/refunds", refunds.create, REFUND),
    _route("POST", "/v1/billing_portal/sessions", billing_portal.create, PORTAL),
    _route("GET", "/v1/invoices/{id}/lines", _lines, CUT),
    _route("GET", "/v1/checkout/sessions/{id}/line_items", _sold, CUT),
    _route("GET", "/v2/core/events/{id}", _thin),
]
ROUTES = [*READING, *WRITING]


def answer(books: Books, method: str, path: str, params: Json) -> Json:
    """Answer a call.

    Raises:
        StripeError: It cannot be answered.
    """
    for route in ROUTES:
        found = route.path.fullmatch(path)
        if found and route.method == method:
            refuse_unknown(params, route.known)
            answered = route.handler(books, params, *found.groups())
            if answered["object"] != "list":
                lists.expand(books, answered, texts(params, "expand"))
            told: Json = shown(answered)
            return told
    message = f"Unrecognized request URL ({method}: {path})."
    raise StripeError(message, status=404, kept=False)
