"""Subscriptions: how they begin, what can be changed of them, how they end."""

from typing import Any

from app.sandbox.stripe import invoices
from app.sandbox.stripe.books import Books
from app.sandbox.stripe.catalog import price_from
from app.sandbox.stripe.errors import StripeError, invalid, missing
from app.sandbox.stripe.months import period_end
from app.sandbox.stripe.params import flag, metadata, needed, part, parts, text, whole, word
from app.sandbox.stripe.store import Wanted, field

Json = dict[str, Any]

UPDATED = "customer.subscription.updated"
OVER = ("canceled", "incomplete_expired")


def begin(books: Books, customer: Json, method: Json, lines: list[Json], fields: Json) -> Json:
    """Begin a subscription; `lines` are a checkout's, each with its price and quantity."""
    subscription = books.add(
        "subscription",
        "sub_",
        _blank(books.moment)
        | {
            "currency": lines[0]["price"]["currency"],
            "customer": customer["id"],
            "default_payment_method": method["id"],
            "status": "active",
        }
        | fields,
    )
    items = [_item(books, subscription, line) for line in lines]
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    subscription["items"] = {"object": "list", "data": items, "has_more": False, "url": url}
    books.put(subscription)
    books.tell("customer.subscription.created", subscription)
    books.store.later(items[0]["current_period_end"], "renew", subscription["id"])
    return subscription


def _blank(moment: int) -> Json:
    nothing = (
        "application application_fee_percent billing_cycle_anchor_config billing_thresholds"
        " cancel_at canceled_at days_until_due default_source description ended_at latest_invoice"
        " next_pending_invoice_item_invoice on_behalf_of pause_collection"
        " pending_invoice_item_interval pending_setup_intent pending_update schedule test_clock"
        " transfer_data trial_end trial_start"
    )
    settings = {"payment_method_options": None, "payment_method_types": None}
    return dict.fromkeys(nothing.split()) | {
        "automatic_tax": dict(invoices.NO_TAX),
        "billing_cycle_anchor": moment,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "default_tax_rates": [],
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "metadata": {},
        "payment_settings": settings | {"save_default_payment_method": "off"},
        "start_date": moment,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    }


def _item(books: Books, subscription: Json, line: Json) -> Json:
    price = line["price"]
    every = price["recurring"]
    start, anchor = books.moment, subscription["billing_cycle_anchor"]
    return {
        "id": books.fresh("si_", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": books.moment,
        "current_period_end": period_end(anchor, start, every["interval"], every["interval_count"]),
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "plan": _plan(price),
        "price": price,
        "quantity": line["quantity"],
        "subscription": subscription["id"],
        "tax_rates": [],
    }


def _plan(price: Json) -> Json:
    same = ("id", "active", "billing_scheme", "created", "currency", "livemode", "metadata")
    return {name: price[name] for name in (*same, "nickname", "product", "tiers_mode")} | {
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "transform_usage": None,
        **price["recurring"],
    }


def advance(books: Books, subscription: Json, start: int) -> None:
    """Move on to the period that begins at `start`."""
    for item in subscription["items"]["data"]:
        every, anchor = item["price"]["recurring"], subscription["billing_cycle_anchor"]
        item["current_period_start"] = start
        item["current_period_end"] = period_end(
            anchor, start, every["interval"], every["interval_count"]
        )
    books.put(subscription)
    books.store.later(current_end(subscription), "renew", subscription["id"])


def current_end(subscription: Json) -> int:
    """Return when the current period ends."""
    found: int = subscription["items"]["data"][0]["current_period_end"]
    return found


def update(books: Books, params: Json, subscription_id: str) -> Json:
    """Change the amount, the date of its end, whether it collects, its card or its metadata."""
    subscription = books.find("subscription", subscription_id)
    if subscription["status"] in OVER:
        raise StripeError(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    _without_proration(params)
    changes = {"metadata": metadata(params, subscription["metadata"])}
    changes |= _ending(books, params, subscription) | _pausing(params)
    if method := text(params, "default_payment_method"):
        found = books.find("payment_method", method, "default_payment_method")
        changes["default_payment_method"] = found["id"]
    if given := parts(params, "items"):
        changes["items"] = _changed_items(books, subscription, given)
    books.change(subscription, UPDATED, changes)
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"]:
        books.store.later(pause["resumes_at"], "wake", subscription_id)
    return subscription


def _without_proration(params: Json) -> None:
    words = ("none", "create_prorations", "always_invoice")
    behavior = word(params, "proration_behavior", words)
    if params.get("items") and behavior != "none":
        raise StripeError("This stand-in changes items without proration only; say `none`.")


def _ending(books: Books, params: Json, subscription: Json) -> Json:
    at_end, at = flag(params, "cancel_at_period_end"), whole(params, "cancel_at")
    if at is not None:
        if at <= books.moment:
            raise invalid("cancel_at", at, wants="in the future")
        books.store.later(at, "end", subscription["id"])
    elif at_end:
        at = current_end(subscription)
    if at is None and at_end is None and params.get("cancel_at") != "":
        return {}
    reason = "cancellation_requested" if at else None
    return {
        "cancel_at": at,
        "cancel_at_period_end": bool(at_end),
        "canceled_at": books.moment if at else None,
        "cancellation_details": subscription["cancellation_details"] | {"reason": reason},
    }


def _pausing(params: Json) -> Json:
    if "pause_collection" not in params:
        return {}
    given = part(params, "pause_collection")
    if not given:
        return {"pause_collection": None}
    behavior = word(given, "behavior", ("keep_as_draft", "mark_uncollectible", "void"))
    if behavior is None:
        raise missing("pause_collection[behavior]")
    return {"pause_collection": {"behavior": behavior, "resumes_at": whole(given, "resumes_at")}}


def _changed_items(books: Books, subscription: Json, given: list[Json]) -> Json:
    items = {item["id"]: dict(item) for item in subscription["items"]["data"]}
    for number, one in enumerate(given):
        item = items.get(needed(one, "id"))
        if item is None:
            raise StripeError(f"No such subscription item: '{one['id']}'", code="resource_missing")
        if data := part(one, "price_data"):
            price = price_from(books, data, f"items[{number}][price_data]")
            _same_rhythm(item["price"], price)
            item |= {"price": price, "plan": _plan(price)}
        item["quantity"] = whole(one, "quantity") or item["quantity"]
    return {**subscription["items"], "data": list(items.values())}


def _same_rhythm(old: Json, new: Json) -> None:
    if new["currency"] != old["currency"]:
        raise StripeError(
            "The price specified only supports"
            f" `{new['currency']}`. This doesn't match the expected currency: `{old['currency']}`."
        )
    if new["recurring"] != old["recurring"]:
        raise StripeError("This stand-in cannot change how often a subscription is billed.")


def cancel(books: Books, params: Json, subscription_id: str) -> Json:
    """End a subscription at once."""
    subscription = books.find("subscription", subscription_id)
    if subscription["status"] in OVER:
        raise StripeError(
            f"No such subscription: {subscription_id}", status=404, code="resource_missing"
        )
    details = part(params, "cancellation_details")
    told: Json = {name: text(details, name) for name in ("comment", "feedback") if name in details}
    end(books, subscription, "cancellation_requested", told)
    return subscription


def end(books: Books, subscription: Json, reason: str, told: Json | None = None) -> None:
    """End a subscription now; what is owed stays open, and is not asked for again."""
    details = subscription["cancellation_details"] | {"reason": reason} | (told or {})
    asked = subscription["canceled_at"] or books.moment
    changes = {"status": "canceled", "canceled_at": asked, "ended_at": books.moment}
    subscription |= changes | {"cancellation_details": details}
    books.put(subscription)
    books.tell("customer.subscription.deleted", subscription)
    whose = field("parent.subscription_details.subscription")
    for invoice in books.store.find("invoice", Wanted([f"{whose} = ?"], [subscription["id"]])):
        invoices.give_up(books, invoice)
