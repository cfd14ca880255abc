"""What we ask of whoever takes the money, and what we see of it: plain dataclasses, no SDK.

Nothing here is stored as it is: what is seen is applied by the sync, and fetched again when in
doubt. Times are aware UTC; amounts are `Money`. Every call may raise a `GatewayError`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.core.errors import UnwalledError
from app.core.money import Money
from app.payments.seen import (
    CardSeen,
    CheckoutSeen,
    DeclineSeen,
    DisputeSeen,
    EventSeen,
    Interval,
    InvoiceSeen,
    PaymentSeen,
    RefundSeen,
    SubscriptionSeen,
)

__all__ = [
    "CardSeen",
    "CheckoutSeen",
    "CheckoutWanted",
    "DeclineSeen",
    "DisputeSeen",
    "EventSeen",
    "ForeignError",
    "Gateway",
    "GatewayDownError",
    "GatewayError",
    "Interval",
    "InvoiceSeen",
    "NotFoundError",
    "PaymentSeen",
    "RefundSeen",
    "SubscriptionSeen",
    "UnreadableEventError",
]


class GatewayError(UnwalledError):
    """The gateway said no for good: asking again would get the same answer.

    Attributes:
        code: The gateway's word for what is wrong, or ours.
        sentence: For the log and for staff; no secret and no address is in it.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class GatewayDownError(GatewayError):
    """The gateway did not answer, or not now: try again later, with the same key."""


class NotFoundError(GatewayError):
    """There is no such object, or not any more."""


class ForeignError(GatewayError):
    """An object that we cannot have made: its currency, interval or shape is none of ours."""


class UnreadableEventError(UnwalledError):
    """What came to the webhook is no event that was signed for us, just now."""


@dataclass(frozen=True, slots=True)
class CheckoutWanted:
    """A page on which somebody can pay.

    Attributes:
        reference: Our intent's UUID; it comes back on all that is made from it.
        interval: How often it is paid; None for a single gift.
        email: Filled in on the page for whoever is no customer yet.
        customer_id: Whom the gateway knows already; `email` has no effect then.
        label: What it is for, as receipts and the gateway's own pages say it.
        expires_at: From 30 minutes on; kept by the caller, so that asking again is the same call.
    """

    reference: str
    money: Money
    interval: Interval | None
    email: str | None
    customer_id: str | None
    success_url: str
    cancel_url: str
    language: str
    expires_at: datetime
    label: str


class Gateway(Protocol):
    """Whoever takes the money.

    `key` is the caller's idempotency key, committed before the call: the same call with the same
    key within a day is one call. No call is made inside an open transaction.
    """

    def open_checkout(self, wanted: CheckoutWanted, key: str) -> CheckoutSeen:
        """Make a page to pay on."""

    def expire_checkout(self, session_id: str, key: str) -> None:
        """Close such a page; one that is over already stays as it is."""

    def checkout(self, session_id: str) -> CheckoutSeen:
        """Look at such a page."""

    def subscription(self, subscription_id: str) -> SubscriptionSeen:
        """Look at a subscription."""

    def invoice(self, invoice_id: str) -> InvoiceSeen:
        """Look at one invoice."""

    def invoices(self, subscription_id: str) -> tuple[InvoiceSeen, ...]:
        """Look at all invoices of a subscription, oldest first."""

    def payment(self, payment_id: str) -> PaymentSeen:
        """Look at a payment with its refunds, disputes and warnings."""

    def decline(self, charge_id: str) -> DeclineSeen:
        """Look at a charge that failed."""

    def payment_of(self, kind: str, object_id: str) -> str | None:
        """Return the payment that a refund, dispute, charge or early fraud warning is about."""

    def subscription_of(self, payment_id: str) -> str | None:
        """Return the subscription that a payment was made for; None for a single gift."""

    def change_amount(self, subscription_id: str, money: Money, key: str) -> SubscriptionSeen:
        """Ask for another amount from the next renewal on."""

    def cancel(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """Let a subscription end with the period that is paid."""

    def undo_cancel(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """Let a subscription that was to end go on."""

    def end_now(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """End a subscription at once; one that has ended stays as it is."""

    def pause(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """Collect nothing until it is resumed."""

    def resume(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """Collect again, from the next renewal on."""

    def portal(self, customer_id: str, return_url: str, key: str) -> str:
        """Return the address of a page where the card can be changed."""

    def refund(self, payment_id: str, money: Money | None, key: str) -> RefundSeen:
        """Give back an amount, or all that is left."""

    def forget_customer(self, customer_id: str, key: str) -> None:
        """Delete a customer; their subscriptions end at once."""

    def events_since(self, moment: datetime, until_id: str | None) -> Iterator[EventSeen]:
        """Yield events, newest first, back to a moment or to the one before `until_id`."""

    def all_subscriptions(self) -> Iterator[SubscriptionSeen]:
        """Yield every subscription of ours, also those that ended."""

    def paid_invoices_since(self, moment: datetime) -> Iterator[InvoiceSeen]:
        """Yield the paid ones of the invoices made since a moment."""

    def refunds_since(self, moment: datetime) -> Iterator[RefundSeen]:
        """Yield the refunds asked for since a moment."""

    def disputes_since(self, moment: datetime) -> Iterator[DisputeSeen]:
        """Yield the disputes opened since a moment."""
