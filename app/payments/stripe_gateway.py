"""Stripe as our gateway. This module and its neighbours named after Stripe alone know the package.

Every change carries the caller's idempotency key: the package makes up one that lasts for its own
retries alone.
"""

from stripe.params import SubscriptionUpdateParams

from app.core.money import Money
from app.payments import stripe_reading as reading
from app.payments import stripe_reading_payments as paid
from app.payments.gateway import (
    CheckoutSeen,
    CheckoutWanted,
    GatewayDownError,
    GatewayError,
    NotFoundError,
    RefundSeen,
    SubscriptionSeen,
)
from app.payments.stripe_asking import (
    PRODUCTS,
    card_page,
    checkout_params,
    new_amount,
    refund_params,
)
from app.payments.stripe_client import translated
from app.payments.stripe_events import read_event
from app.payments.stripe_looking import CARDS, StripeLooking

__all__ = ["StripeGateway", "read_event"]


class StripeGateway(StripeLooking):
    """A `Gateway` that speaks to Stripe."""

    def prepare_products(self) -> None:
        """Make the products that every checkout names, where they are missing."""
        for product, name in PRODUCTS.items():
            try:
                with translated():
                    self._v1.products.retrieve(product)
            except NotFoundError:
                self._make_product(product, name)

    def _make_product(self, product: str, name: str) -> None:
        try:
            with translated():
                self._v1.products.create({"id": product, "name": name})
        except GatewayError as error:
            if error.code != "resource_already_exists":  # made by another process meanwhile
                raise

    def open_checkout(self, wanted: CheckoutWanted, key: str) -> CheckoutSeen:
        """Make a page to pay on, on Stripe's own site."""
        with translated():
            session = self._v1.checkout.sessions.create(
                checkout_params(wanted), {"idempotency_key": key}
            )
        return reading.read_checkout(session.to_dict())

    def expire_checkout(self, session_id: str, key: str) -> None:
        """Close such a page; Stripe refuses that for one that is over, and so it may."""
        try:
            with translated():
                self._v1.checkout.sessions.expire(session_id, None, {"idempotency_key": key})
        except (GatewayDownError, NotFoundError):
            raise
        except GatewayError:
            if self.checkout(session_id).state == "open":
                raise

    def change_amount(self, subscription_id: str, money: Money, key: str) -> SubscriptionSeen:
        """Ask for another amount from the next renewal on; the currency stays."""
        return self._update(
            subscription_id, new_amount(self._subscription_data(subscription_id), money), key
        )

    def cancel(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """Let a subscription end with the period that is paid."""
        return self._update(subscription_id, {"cancel_at_period_end": True}, key)

    def undo_cancel(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """Let a subscription that was to end go on; Stripe takes one way of ending at a time."""
        data = self._subscription_data(subscription_id)
        if data["cancel_at_period_end"]:
            return self._update(subscription_id, {"cancel_at_period_end": False}, key)
        if data.get("cancel_at") is not None:
            return self._update(subscription_id, {"cancel_at": ""}, key)
        return reading.read_subscription(data)

    def pause(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """Collect nothing until it is resumed; invoices of that time are voided."""
        return self._update(subscription_id, {"pause_collection": {"behavior": "void"}}, key)

    def resume(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """Collect again, from the next renewal on."""
        return self._update(subscription_id, {"pause_collection": ""}, key)

    def _update(
        self, subscription_id: str, params: SubscriptionUpdateParams, key: str
    ) -> SubscriptionSeen:
        with translated():
            changed = self._v1.subscriptions.update(
                subscription_id, {**params, "expand": CARDS}, {"idempotency_key": key}
            )
        return reading.read_subscription(changed.to_dict())

    def end_now(self, subscription_id: str, key: str) -> SubscriptionSeen:
        """End a subscription at once; Stripe does not find one to end that has ended."""
        try:
            with translated():
                ended = self._v1.subscriptions.cancel(
                    subscription_id, {"expand": CARDS}, {"idempotency_key": key}
                )
        except NotFoundError:
            return self.subscription(subscription_id)
        return reading.read_subscription(ended.to_dict())

    def portal(self, customer_id: str, return_url: str, key: str) -> str:
        """Return the address of a page of Stripe's where the card can be changed."""
        with translated():
            session = self._v1.billing_portal.sessions.create(
                card_page(customer_id, return_url), {"idempotency_key": key}
            )
        return session.url

    def refund(self, payment_id: str, money: Money | None, key: str) -> RefundSeen:
        """Give back an amount, or all that is left."""
        with translated():
            made = self._v1.refunds.create(
                refund_params(payment_id, money), {"idempotency_key": key}
            )
        return paid.read_refund(made.to_dict())

    def forget_customer(self, customer_id: str, key: str) -> None:
        """Delete a customer; one who is gone already stays so."""
        try:
            with translated():
                self._v1.customers.delete(customer_id, None, {"idempotency_key": key})
        except NotFoundError:
            return
