"""What the pages show of the stand-in's objects: plain words in place of Stripe's fields."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core.errors import UnwalledError
from app.core.money import Money
from app.core.money_text import shown
from app.sandbox.stripe.world import World

Json = dict[str, Any]
RHYTHMS = {"month": "a month", "year": "a year"}


def price(minor: int, currency: str) -> str:
    """Return an amount as it is read, also one in a currency or of a size that we never ask for."""
    try:
        return shown(Money(minor, currency.upper()), "en")
    except UnwalledError:
        return f"{minor} {currency.upper()} in minor units"


def day(moment: int) -> str:
    """Return a day of the world's clock."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def minute(moment: int) -> str:
    """Return a minute of the world's clock."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutShown:
    """A checkout.

    Attributes:
        state: `open`, `complete` or `expired`.
        label: What the money is for.
        rhythm: `a month`, `a year`, `once`.
        said: The site's own words beside the button, or empty.
        email: Settled by whoever asked for the checkout, or empty.
    """

    id: str
    state: str
    label: str
    price: str
    rhythm: str
    said: str
    email: str
    reference: str
    success_url: str
    cancel_url: str

    @property
    def renews(self) -> bool:
        """Tell whether it is paid again by itself."""
        return self.rhythm != "once"

    @property
    def button(self) -> str:
        """What pressing the button does."""
        return f"Pay {self.price} {self.rhythm}" if self.renews else f"Give {self.price}"

    @property
    def about(self) -> str:
        """What happens after today."""
        if self.renews:
            return "Renews by itself until it is cancelled."
        return "A single gift. Nothing renews."


def checkout_shown(world: World, session_id: str) -> CheckoutShown | None:
    """Return a checkout as its page shows it, or nothing if there is none of this id."""
    if world.get(session_id) is None:
        return None
    path = f"/v1/checkout/sessions/{session_id}"
    status, session = world.request("GET", path, {"expand": ["line_items"]}, None, None)
    if status != 200:  # noqa: PLR2004 - OK: an id of something else
        return None
    line = session["line_items"]["data"][0]
    recurring = (line.get("price") or {}).get("recurring") or {}
    return CheckoutShown(
        id=session["id"],
        state=session["status"],
        label=line["description"],
        price=price(session["amount_total"], session["currency"]),
        rhythm=RHYTHMS[recurring["interval"]] if recurring else "once",
        said=(session["custom_text"]["submit"] or {}).get("message", ""),
        email=session["customer_email"] or _email_of(world, session["customer"]),
        reference=session["client_reference_id"] or "",
        success_url=session["success_url"],
        cancel_url=session["cancel_url"] or "",
    )


def _email_of(world: World, customer_id: str | None) -> str:
    customer = world.get(customer_id) if customer_id else None
    return (customer or {}).get("email") or ""


@dataclass(frozen=True, slots=True)
class SubscriptionShown:
    """A membership, as the portal shows it."""

    price: str
    rhythm: str
    state: str
    until: str


@dataclass(frozen=True, slots=True)
class InvoiceShown:
    """An invoice, as the portal shows it."""

    day: str
    price: str
    state: str
    number: str


@dataclass(frozen=True, slots=True)
class CustomerShown:
    """A customer, as the portal shows them."""

    id: str
    email: str
    card: str
    subscriptions: list[SubscriptionShown]
    invoices: list[InvoiceShown]


def customer_shown(world: World, customer_id: str) -> CustomerShown | None:
    """Return a customer with their card, memberships and invoices, or nothing if deleted."""
    customer = world.get(customer_id)
    if customer is None or customer.get("deleted"):
        return None
    mine = [one for one in world.all("subscription") if one["customer"] == customer_id]
    invoices = [one for one in world.all("invoice") if one["customer"] == customer_id]
    return CustomerShown(
        id=customer_id,
        email=customer["email"] or "",
        card=_card_on_file(world, customer, mine),
        subscriptions=[_subscription(one) for one in mine],
        invoices=[_invoice(one) for one in invoices if one["status"] != "draft"],
    )


def _card_on_file(world: World, customer: Json, subscriptions: list[Json]) -> str:
    methods = [one["default_payment_method"] for one in subscriptions]
    methods.append((customer.get("invoice_settings") or {}).get("default_payment_method"))
    for method_id in filter(None, methods):
        method = world.get(method_id)
        if method is not None:
            return _method(method)
    return ""


def _method(method: Json) -> str:
    details = method[method["type"]]
    kind = str(details.get("brand", "bank account")).capitalize()
    return f"{kind} …{details['last4']}"


def _subscription(data: Json) -> SubscriptionShown:
    item = data["items"]["data"][0]
    ends = data["cancel_at_period_end"] or data["cancel_at"]
    end = data["cancel_at"] or item["current_period_end"]
    until = f"ends on {day(end)}" if ends else f"renews on {day(end)}"
    amount = item["price"]["unit_amount"] * item["quantity"]
    return SubscriptionShown(
        price=price(amount, item["price"]["currency"]),
        rhythm=RHYTHMS[item["price"]["recurring"]["interval"]],
        state=data["status"].replace("_", " "),
        until="" if data["ended_at"] else until,
    )


def _invoice(data: Json) -> InvoiceShown:
    return InvoiceShown(
        day=day(data["created"]),
        price=price(data["total"], data["currency"]),
        state=data["status"],
        number=data["number"] or "",
    )
