"""What becomes of what is seen at Stripe: the handlers that the lane of payments calls.

Each is a function of what Stripe shows now. Nothing hangs on which came first, or how often: the
rows end equal.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.memberships import seen_checkouts, seen_memberships, seen_payments
from app.memberships.customers import known
from app.memberships.joining import declines
from app.memberships.money_models import Membership
from app.memberships.queries_money import written_down
from app.payments import kinds
from app.payments.gateway import CheckoutSeen, PaymentSeen, SubscriptionSeen
from app.payments.inbox import mark
from app.payments.looking import Handlers, Invoices


def handlers(settings: Settings) -> Handlers:
    """Return what writes down what is seen of checkouts, subscriptions, payments, customers."""

    def checkout(session: Session, seen: CheckoutSeen, now: datetime) -> bool:
        return seen_checkouts.seen(session, seen, now, settings)

    def subscription(
        session: Session, seen: SubscriptionSeen, invoices: Invoices, now: datetime
    ) -> bool:
        return seen_memberships.seen(session, seen, invoices, now, settings)

    def payment(session: Session, seen: PaymentSeen, now: datetime) -> bool:
        return seen_payments.seen(session, seen, now, settings)

    return Handlers(checkout, subscription, payment, customer_gone, written_down, declines.seen)


def customer_gone(session: Session, customer_id: str, now: datetime) -> bool:
    """Note that Stripe knows a customer no more; what became of their memberships is looked at."""
    customer = known(session, customer_id)
    if customer is None:
        return False
    customer.gone_at = customer.gone_at or now
    session.flush()
    running = select(Membership.subscription_id).where(
        Membership.customer_id == customer_id, Membership.ended_at.is_(None)
    )
    for subscription_id in sorted(session.scalars(running)):
        mark(session, kinds.SUBSCRIPTION, subscription_id)
    return True
