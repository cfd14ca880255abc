"""A gateway by script: it answers with what a test puts there and changes meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from app.core.money import Money
from app.payments.gateway import (
    CheckoutSeen,
    DeclineSeen,
    EventSeen,
    Gateway,
    InvoiceSeen,
    NotFoundError,
    PaymentSeen,
    SubscriptionSeen,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def make_event(event_id: str = "evt_1", **values: Any) -> EventSeen:  # noqa: ANN401 - fields
    usual: dict[str, Any] = {
        "type": "checkout.session.completed",
        "object_kind": "checkout.session",
        "object_id": "cs_1",
        "created_at": NOON,
        "live": False,
    }
    return EventSeen(id=event_id, **{**usual, **values})


def make_checkout(session_id: str = "cs_1", **values: Any) -> CheckoutSeen:  # noqa: ANN401 - fields
    usual: dict[str, Any] = {
        "url": None,
        "state": "complete",
        "paid": True,
        "reference": "our-intent",
        "money": euros(1),
        "interval_kind": "payment",
        "customer_id": "cus_1",
        "subscription_id": None,
        "payment_id": None,
        "email": "ann@post.example",
        "name": "Ann",
        "expires_at": NOON,
        "live": False,
    }
    return CheckoutSeen(id=session_id, **{**usual, **values})


def make_subscription(subscription_id: str = "sub_1", **values: Any) -> SubscriptionSeen:  # noqa: ANN401 - fields
    usual: dict[str, Any] = {
        "customer_id": "cus_1",
        "status": "active",
        "money": euros(1),
        "interval": "month",
        "reference": "our-intent",
        "created_at": NOON,
        "ends_at": None,
        "ended_at": None,
        "period_ends_at": NOON,
        "paused": False,
        "card": None,
        "live": False,
    }
    return SubscriptionSeen(id=subscription_id, **{**usual, **values})


def make_invoice(invoice_id: str = "in_1", **values: Any) -> InvoiceSeen:  # noqa: ANN401 - fields
    usual: dict[str, Any] = {
        "number": "A-1",
        "subscription_id": "sub_1",
        "status": "paid",
        "due": euros(1),
        "paid": euros(1),
        "paid_at": NOON,
        "covers_until": NOON,
        "attempts": 1,
        "next_attempt_at": None,
        "payment_ids": (),
        "created_at": NOON,
    }
    return InvoiceSeen(id=invoice_id, **{**usual, **values})


def make_payment(payment_id: str = "pi_1", **values: Any) -> PaymentSeen:  # noqa: ANN401 - fields
    usual: dict[str, Any] = {
        "status": "succeeded",
        "money": euros(1),
        "received": euros(1),
        "refunded": euros(0),
        "customer_id": "cus_1",
        "reference": None,
        "charge_id": None,
        "created_at": NOON,
        "refunds": (),
        "disputes": (),
        "card": None,
        "warned": False,
    }
    return PaymentSeen(id=payment_id, **{**usual, **values})


def make_decline(charge_id: str = "ch_1", **values: Any) -> DeclineSeen:  # noqa: ANN401 - fields
    usual: dict[str, Any] = {
        "is_card": True,
        "money": euros(1),
        "reference": "our-intent",
        "customer_id": None,
        "created_at": NOON,
    }
    return DeclineSeen(id=charge_id, **{**usual, **values})


@dataclass
class ScriptedGateway:
    """Answers reads from what a test put there.

    Attributes:
        objects: Checkouts, subscriptions, invoices and payments, by their ids.
        about: Which payment a refund, dispute, charge or warning is about.
        meanwhile: Called with the name and the id of each question while its answer, as things
            stood when it was asked, is on its way: it may change objects, deliver events, or raise.
        asked: Every question, in order.
    """

    objects: dict[str, Any] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[str, str], object] = lambda _question, _id: None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def put(self, *objects: Any) -> None:  # noqa: ANN401 - any of what gateways show
        """Put objects there, or what they have changed into."""
        self.objects.update({one.id: one for one in objects})

    def as_gateway(self) -> Gateway:
        """Return it as what the code asks: no test of the lane writes."""
        return cast("Gateway", self)

    def checkout(self, session_id: str) -> CheckoutSeen:
        return cast("CheckoutSeen", self._answer("checkout", session_id))

    def subscription(self, subscription_id: str) -> SubscriptionSeen:
        return cast("SubscriptionSeen", self._answer("subscription", subscription_id))

    def invoice(self, invoice_id: str) -> InvoiceSeen:
        return cast("InvoiceSeen", self._answer("invoice", invoice_id))

    def payment(self, payment_id: str) -> PaymentSeen:
        return cast("PaymentSeen", self._answer("payment", payment_id))

    def invoices(self, subscription_id: str) -> tuple[InvoiceSeen, ...]:
        found = self.invoices_of(subscription_id)
        self._ask("invoices", subscription_id)
        return found

    def decline(self, charge_id: str) -> DeclineSeen:
        return cast("DeclineSeen", self._answer("decline", charge_id))

    def payment_of(self, kind: str, object_id: str) -> str | None:
        self._ask(f"payment of {kind}", object_id)
        return self.about.get(object_id)

    def subscription_of(self, payment_id: str) -> str | None:
        self._ask("subscription of", payment_id)
        paid = (one for one in self._invoices() if payment_id in one.payment_ids)
        return next((one.subscription_id for one in paid), None)

    def invoices_of(self, subscription_id: str) -> tuple[InvoiceSeen, ...]:
        """Return the invoices of a subscription without being asked by anybody."""
        return tuple(one for one in self._invoices() if one.subscription_id == subscription_id)

    def _invoices(self) -> list[InvoiceSeen]:
        return [one for one in self.objects.values() if isinstance(one, InvoiceSeen)]

    def _ask(self, question: str, object_id: str) -> None:
        self.asked.append((question, object_id))
        self.meanwhile(question, object_id)

    def _answer(self, question: str, object_id: str) -> object:
        found = self.objects.get(object_id)
        self._ask(question, object_id)
        if found is None:
            raise NotFoundError("resource_missing", f"there is no {question}")
        return found
