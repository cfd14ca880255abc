"""Stripe's objects, as plain JSON, read into what we see.

Where a field moved lately: a subscription's period stands on its item, an invoice names its
subscription under `parent` and its payments under `payments`, and neither a charge nor a payment
names an invoice. What cannot be ours (another currency, interval or shape) is a `ForeignError`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final, Literal, ParamSpec, TypeAlias, TypeVar

from app.core.money import BetweenStepsError, Money, UnknownCurrencyError
from app.payments.gateway import (
    CardSeen,
    CheckoutSeen,
    ForeignError,
    Interval,
    InvoiceSeen,
    SubscriptionSeen,
)

Json: TypeAlias = Mapping[str, Any]
Given = ParamSpec("Given")
Seen = TypeVar("Seen")

REFERENCE: Final = "intent"
"""The name in Stripe's metadata under which our reference stands."""

PAID = frozenset({"paid", "no_payment_required"})
INTERVALS: Mapping[str, Interval] = {"month": "month", "year": "year"}


def ours(read: Callable[Given, Seen]) -> Callable[Given, Seen]:
    """Tell what we cannot have made from what we can read."""

    @wraps(read)
    def read_ours(*args: Given.args, **kwargs: Given.kwargs) -> Seen:
        try:
            return read(*args, **kwargs)
        except (UnknownCurrencyError, BetweenStepsError, LookupError) as error:
            name = type(error).__name__
            raise ForeignError("foreign", f"Stripe has something not of ours ({name}).") from error

    return read_ours


@ours
def read_checkout(data: Json) -> CheckoutSeen:
    """Read a `checkout.session`."""
    kinds: Mapping[str, Literal["subscription", "payment"]] = {
        "subscription": "subscription",
        "payment": "payment",
    }
    payer = data.get("customer_details") or {}
    return CheckoutSeen(
        id=data["id"],
        url=data.get("url"),
        state=data.get("status") or "open",
        paid=data["payment_status"] in PAID,
        reference=data.get("client_reference_id") or reference_of(data),
        money=money_of(data.get("amount_total"), data.get("currency")),
        interval_kind=kinds[data["mode"]],
        customer_id=id_of(data.get("customer")),
        subscription_id=id_of(data.get("subscription")),
        payment_id=id_of(data.get("payment_intent")),
        email=payer.get("email") or data.get("customer_email"),
        name=payer.get("name") or payer.get("individual_name"),
        expires_at=time_of(data["expires_at"]),
        live=data["livemode"],
    )


@ours
def read_subscription(data: Json) -> SubscriptionSeen:
    """Read a `subscription` with its payment method and its customer's expanded."""
    item = only_item(data)
    price, period_end = item["price"], item["current_period_end"]
    if price["recurring"]["interval_count"] != 1:
        raise LookupError("interval_count")
    amount, quantity = price["unit_amount"], item.get("quantity")
    ends = data.get("cancel_at") or (period_end if data["cancel_at_period_end"] else None)
    email, name = who_is(data["customer"])
    return SubscriptionSeen(
        id=data["id"],
        customer_id=str(id_of(data["customer"])),
        status=data["status"],
        money=money_of(
            amount and amount * (1 if quantity is None else quantity), price["currency"]
        ),
        interval=INTERVALS[price["recurring"]["interval"]],
        reference=reference_of(data),
        created_at=time_of(data["created"]),
        ends_at=time_or_none(ends),
        ended_at=time_or_none(data.get("ended_at")),
        period_ends_at=time_of(period_end),
        paused=data["status"] == "paused" or data.get("pause_collection") is not None,
        card=card_of(data.get("default_payment_method")) or _customers_card(data["customer"]),
        live=data["livemode"],
        email=email,
        name=name,
        cancel_asked_at=_asked_to_cancel(data, ends),
    )


def _asked_to_cancel(data: Json, ends: int | None) -> datetime | None:
    """Return when somebody asked for the end: Stripe, too, cancels what cannot be charged."""
    reason = (data.get("cancellation_details") or {}).get("reason")
    if ends is None and reason != "cancellation_requested":
        return None
    return time_or_none(data.get("canceled_at"))


def only_item(data: Json) -> Json:
    """Return a subscription's item; ours have one."""
    items: list[Json] = data["items"]["data"]
    if len(items) != 1:
        raise ForeignError("foreign", "The subscription is for several things.")
    return items[0]


@ours
def read_invoice(data: Json, lines: Iterable[Json]) -> InvoiceSeen:
    """Read an `invoice` with its payments expanded, and all its lines."""
    about = (data.get("parent") or {}).get("subscription_details") or {}
    payments = (data.get("payments") or {}).get("data", ())
    made = (id_of(one["payment"].get("payment_intent")) for one in payments)
    return InvoiceSeen(
        id=data["id"],
        number=data.get("number"),
        subscription_id=id_of(about.get("subscription")),
        status=data.get("status") or "draft",
        due=money_of(data["amount_due"], data["currency"]),
        paid=money_of(data["amount_paid"], data["currency"]),
        paid_at=time_or_none(data["status_transitions"].get("paid_at")),
        covers_until=time_or_none(max(_periods(lines), default=None)),
        attempts=data["attempt_count"],
        next_attempt_at=time_or_none(data.get("next_payment_attempt")),
        payment_ids=tuple(one for one in made if one),
        created_at=time_of(data["created"]),
        opened_at=time_or_none(data["status_transitions"].get("finalized_at")),
    )


def _periods(lines: Iterable[Json]) -> Iterable[int]:
    """Yield the ends of the periods that are really paid for: prorations are not."""
    for line in lines:
        parent: Json = line.get("parent") or {}
        if parent.get("type") != "subscription_item_details":
            continue
        if not parent["subscription_item_details"]["proration"]:
            yield line["period"]["end"]


def id_of(value: object) -> str | None:
    """Return the id of an object that may be expanded."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return None if found is None else str(found)


def who_is(customer: object) -> tuple[str | None, str | None]:
    """Return the address and the name of a customer who may be expanded, and may be deleted."""
    known = customer if isinstance(customer, Mapping) else {}
    return known.get("email") or None, known.get("name") or None


def reference_of(data: Json) -> str | None:
    """Return our reference, where an object carries one."""
    reference: str | None = (data.get("metadata") or {}).get(REFERENCE)
    return reference


def money_of(minor: int | None, currency: str | None) -> Money:
    """Return an amount. Raises: `LookupError` for none; what `Money` raises."""
    if minor is None or currency is None:
        raise LookupError("amount")
    return Money(minor, currency.upper())


def card_of(method: object) -> CardSeen | None:
    """Return the card of a payment method, or of what a charge says of one."""
    if not isinstance(method, Mapping) or method.get("type") != "card":
        return None
    card = method["card"]
    return CardSeen(
        card.get("brand") or "", card.get("last4") or "", card["exp_month"], card["exp_year"]
    )


def _customers_card(customer: object) -> CardSeen | None:
    settings = customer.get("invoice_settings") if isinstance(customer, Mapping) else None
    return card_of((settings or {}).get("default_payment_method"))


def time_of(seconds: int) -> datetime:
    """Return a moment of Stripe's."""
    return datetime.fromtimestamp(seconds, UTC)


def time_or_none(seconds: int | None) -> datetime | None:
    """Return a moment of Stripe's, if there is one."""
    return None if seconds is None else time_of(seconds)
