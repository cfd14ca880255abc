"""Looking at what Stripe has: one object, or all of a kind.

Stripe is asked through its own client, and what it answers becomes plain JSON at once. Lists leave
out what cannot be ours; a single object that cannot be ours is a `ForeignError`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

import stripe

from app.payments import stripe_reading as reading
from app.payments import stripe_reading_payments as paid
from app.payments.gateway import (
    CheckoutSeen,
    DeclineSeen,
    DisputeSeen,
    EventSeen,
    ForeignError,
    InvoiceSeen,
    PaymentSeen,
    RefundSeen,
    SubscriptionSeen,
)
from app.payments.stripe_client import RETRIES, TIMEOUT_SECONDS, connect, translated
from app.payments.stripe_events import snapshot
from app.payments.stripe_reading import Json, Seen, id_of

MOST = 100
"""How many objects Stripe puts on one page of a list."""

CHARGE = ["latest_charge.balance_transaction", "customer"]
"""What a payment is looked at with: when it was booked, and who paid."""

CARDS = ["default_payment_method", "customer.invoice_settings.default_payment_method"]
"""Where a subscription's card may stand: on itself, else with its customer."""

Page: TypeAlias = Callable[[], stripe.ListObject[Any]]


class StripeLooking:
    """The half of the gateway that changes nothing.

    Args:
        api_key: A secret or restricted key; `sk_test_` or `sk_live_` decides whose money it is.
        base: Where the stand-in answers; Stripe itself if None.
        timeout_seconds: How long one try may take.
        retries: How often a call is tried again by itself.
    """

    def __init__(
        self,
        api_key: str,
        *,
        base: str | None = None,
        timeout_seconds: int = TIMEOUT_SECONDS,
        retries: int = RETRIES,
    ) -> None:
        client = connect(api_key, base, timeout_seconds=timeout_seconds, retries=retries)
        self._v1 = client.v1

    def checkout(self, session_id: str) -> CheckoutSeen:
        """Look at such a page."""
        with translated():
            session = self._v1.checkout.sessions.retrieve(session_id)
        return reading.read_checkout(session.to_dict())

    def subscription(self, subscription_id: str) -> SubscriptionSeen:
        """Look at a subscription."""
        return reading.read_subscription(self._subscription_data(subscription_id))

    def _subscription_data(self, subscription_id: str) -> Json:
        with translated():
            found = self._v1.subscriptions.retrieve(subscription_id, {"expand": CARDS})
        return found.to_dict()

    def invoice(self, invoice_id: str) -> InvoiceSeen:
        """Look at one invoice."""
        with translated():
            found = self._v1.invoices.retrieve(invoice_id, {"expand": ["payments"]})
        return self._read_invoice(found.to_dict())

    def invoices(self, subscription_id: str) -> tuple[InvoiceSeen, ...]:
        """Look at all invoices of a subscription, oldest first."""
        listed = _listed(
            lambda: self._v1.invoices.list(
                {"subscription": subscription_id, "limit": MOST, "expand": ["data.payments"]}
            )
        )
        return tuple(sorted(map(self._read_invoice, listed), key=lambda one: one.created_at))

    def _read_invoice(self, data: Json) -> InvoiceSeen:
        """Read an invoice; what did not fit on its first page of lines is fetched."""
        lines: Iterable[Json] = data["lines"]["data"]
        if data["lines"]["has_more"]:
            lines = _listed(lambda: self._v1.invoices.line_items.list(data["id"], {"limit": MOST}))
        return reading.read_invoice(data, lines)

    def payment(self, payment_id: str) -> PaymentSeen:
        """Look at a payment with its refunds, disputes and warnings."""
        with translated():
            intent = self._v1.payment_intents.retrieve(payment_id, {"expand": CHARGE})
        refunds = _listed(
            lambda: self._v1.refunds.list({"payment_intent": payment_id, "limit": MOST})
        )
        disputes = _listed(
            lambda: self._v1.disputes.list({"payment_intent": payment_id, "limit": MOST})
        )
        with translated():
            warnings = self._v1.radar.early_fraud_warnings.list(
                {"payment_intent": payment_id, "limit": 1}
            )
        return paid.read_payment(intent.to_dict(), refunds, disputes, warned=bool(warnings.data))

    def decline(self, charge_id: str) -> DeclineSeen:
        """Look at a charge that failed."""
        with translated():
            charge = self._v1.charges.retrieve(charge_id)
        return paid.read_decline(charge.to_dict())

    def payment_of(self, kind: str, object_id: str) -> str | None:
        """Return the payment that a refund, dispute, charge or early fraud warning is about.

        Args:
            kind: `refund`, `dispute`, `charge` or `early_fraud_warning`, with or without `radar.`.
            object_id: Its id.
        """
        services: Mapping[str, Callable[[str], stripe.StripeObject]] = {
            "refund": self._v1.refunds.retrieve,
            "dispute": self._v1.disputes.retrieve,
            "charge": self._v1.charges.retrieve,
            "early_fraud_warning": self._v1.radar.early_fraud_warnings.retrieve,
        }
        with translated():
            found = services[kind.removeprefix("radar.")](object_id)
        return id_of(found.to_dict().get("payment_intent"))

    def subscription_of(self, payment_id: str) -> str | None:
        """Return the subscription that a payment was made for; None for a single gift."""
        with translated():
            listed = self._v1.invoice_payments.list(
                {
                    "payment": {"type": "payment_intent", "payment_intent": payment_id},
                    "expand": ["data.invoice"],
                }
            )
        for one in listed.to_dict()["data"]:
            about = (one["invoice"].get("parent") or {}).get("subscription_details") or {}
            if about:
                return id_of(about["subscription"])
        return None

    def events_since(self, moment: datetime, until_id: str | None) -> Iterator[EventSeen]:
        """Yield events, newest first, back to a moment or to the one before `until_id`."""
        since = int(moment.timestamp())
        for one in _listed(
            lambda: self._v1.events.list({"created": {"gte": since}, "limit": MOST})
        ):
            if one["id"] == until_id:
                return
            yield snapshot(one)

    def all_subscriptions(self) -> Iterator[SubscriptionSeen]:
        """Yield every subscription of ours, also those that ended."""
        expand = [f"data.{card}" for card in CARDS]
        listed = _listed(
            lambda: self._v1.subscriptions.list({"status": "all", "expand": expand, "limit": MOST})
        )
        return _ours(reading.read_subscription, listed)

    def paid_invoices_since(self, moment: datetime) -> Iterator[InvoiceSeen]:
        """Yield the paid ones of the invoices made since a moment; older ones may be paid later."""
        since = int(moment.timestamp())
        listed = _listed(
            lambda: self._v1.invoices.list(
                {
                    "status": "paid",
                    "created": {"gte": since},
                    "expand": ["data.payments"],
                    "limit": MOST,
                }
            )
        )
        return _ours(self._read_invoice, listed)

    def refunds_since(self, moment: datetime) -> Iterator[RefundSeen]:
        """Yield the refunds asked for since a moment."""
        since = int(moment.timestamp())
        listed = _listed(lambda: self._v1.refunds.list({"created": {"gte": since}, "limit": MOST}))
        return _ours(paid.read_refund, listed)

    def disputes_since(self, moment: datetime) -> Iterator[DisputeSeen]:
        """Yield the disputes opened since a moment."""
        since = int(moment.timestamp())
        listed = _listed(lambda: self._v1.disputes.list({"created": {"gte": since}, "limit": MOST}))
        return _ours(paid.read_dispute, listed)


def _listed(first: Page) -> Iterator[Json]:
    """Yield all of a list, page after page."""
    with translated():
        for one in first().auto_paging_iter():
            yield one.to_dict()


def _ours(read: Callable[[Json], Seen], listed: Iterable[Json]) -> Iterator[Seen]:
    """Yield what can be ours of a list: an account may be shared with other things."""
    for one in listed:
        try:
            yield read(one)
        except ForeignError:
            continue
