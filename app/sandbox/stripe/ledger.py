"""What the control page shows: the latest payments with what became of them, and the deliveries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from app.sandbox.stripe.shown import minute, price
from app.sandbox.stripe.world import World

Json = dict[str, Any]
Tone = Literal["good", "bad", "wait", ""]
LATEST = 25
OPEN_DISPUTE, OPEN_INQUIRY = "needs_response", "warning_needs_response"
TONES: dict[str, Tone] = {
    "succeeded": "good",
    "delivered": "good",
    "won": "good",
    "processing": "wait",
    "pending": "wait",
    "waiting": "wait",
    "requires_action": "wait",
    OPEN_INQUIRY: "wait",
    OPEN_DISPUTE: "bad",
    "lost": "bad",
    "failed": "bad",
    "requires_payment_method": "bad",
}
WORDS = {
    "requires_payment_method": "not paid",
    "requires_action": "asks for 3-D Secure",
    OPEN_DISPUTE: "open",
    OPEN_INQUIRY: "inquiry",
    "warning_closed": "inquiry closed",
}


@dataclass(frozen=True, slots=True)
class State:
    """How something stands, in words and in a colour."""

    words: str
    tone: Tone


def state(name: str) -> State:
    """Return a state of Stripe's in words."""
    return State(WORDS.get(name, name.replace("_", " ")), TONES.get(name, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRow:
    """A dispute of a payment, or the bank's inquiry before one, and how its ends are called."""

    id: str
    state: State
    is_open: bool
    won: str
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A payment.

    Attributes:
        left: What can still be given back, in minor units.
    """

    id: str
    price: str
    currency: str
    at: str
    state: State
    who: str
    refunded: str
    left: int
    disputes: list[DisputeRow]
    warned: bool
    paid: bool


def payments(world: World) -> list[PaymentRow]:
    """Return the latest payments, newest first."""
    refunds, disputes = _by_payment(world, "refund"), _by_payment(world, "dispute")
    warned = _by_payment(world, "radar.early_fraud_warning")
    return [
        _payment(
            world, one, refunds[one["id"]], disputes[one["id"]], warned=bool(warned[one["id"]])
        )
        for one in world.all("payment_intent")[:LATEST]
    ]


def _by_payment(world: World, kind: str) -> defaultdict[str, list[Json]]:
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for one in world.all(kind):
        found[one["payment_intent"]].append(one)
    return found


def _payment(
    world: World, intent: Json, refunds: list[Json], disputes: list[Json], *, warned: bool
) -> PaymentRow:
    back = sum(one["amount"] for one in refunds if one["status"] in {"succeeded", "pending"})
    customer = world.get(intent["customer"]) if intent["customer"] else None
    return PaymentRow(
        id=intent["id"],
        price=price(intent["amount"], intent["currency"]),
        currency=intent["currency"].upper(),
        at=minute(intent["created"]),
        state=state(intent["status"]),
        who=(customer or {}).get("email") or "",
        refunded=price(back, intent["currency"]) if back else "",
        left=intent["amount_received"] - back,
        disputes=[_dispute(one) for one in disputes],
        warned=warned,
        paid=intent["status"] == "succeeded",
    )


def _dispute(data: Json) -> DisputeRow:
    status = data["status"]
    asks = status == OPEN_INQUIRY
    return DisputeRow(
        id=data["id"],
        state=state(status),
        is_open=status in {OPEN_DISPUTE, OPEN_INQUIRY},
        won="Inquiry closed" if asks else "Dispute won",
        lost="Becomes a dispute" if asks else "Dispute lost",
    )


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer who is not deleted."""

    id: str
    name: str


def customers(world: World) -> list[CustomerRow]:
    """Return the latest customers, newest first."""
    return [
        CustomerRow(one["id"], one["email"] or one["name"] or "Nobody by name")
        for one in world.all("customer")
        if not one.get("deleted")
    ][:LATEST]


@dataclass(frozen=True, slots=True)
class CheckoutRow:
    """A checkout that waits for somebody to pay."""

    id: str
    price: str
    until: str


def open_checkouts(world: World) -> list[CheckoutRow]:
    """Return the checkouts that can still be paid, newest first."""
    return [
        CheckoutRow(
            one["id"], price(one["amount_total"], one["currency"]), minute(one["expires_at"])
        )
        for one in world.all("checkout.session")
        if one["status"] == "open"
    ][:LATEST]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An event on its way to the site, or arrived."""

    at: str
    type: str
    event: str
    state: State
    attempts: int
    answer: str


def deliveries(world: World) -> list[DeliveryRow]:
    """Return the latest deliveries, newest first."""
    return [
        DeliveryRow(
            at=_second(one["at"]),
            type=one["type"],
            event=one["event"],
            state=state(one["state"]),
            attempts=one["attempts"],
            answer=str(one["answer"] or ""),
        )
        for one in world.log()[:LATEST]
    ]


def _second(moment: int | None) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%H:%M:%S}" if moment else "not yet"
