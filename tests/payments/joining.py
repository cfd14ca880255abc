"""Becoming a member at the stand-in for Stripe."""

from datetime import UTC, datetime, timedelta

from app.core.money import Money
from app.payments.gateway import CheckoutWanted, SubscriptionSeen
from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.world import World

GOOD = "4242424242424242"
SEVEN = Money(700, "EUR")


def wanted(world: World) -> CheckoutWanted:
    """Return the wish to pay 7.00 a month."""
    return CheckoutWanted(
        reference="0197a1b2-0000-7000-8000-000000000001",
        money=SEVEN,
        interval="month",
        email="olha@example.org",
        customer_id=None,
        success_url="http://localhost/join/thanks/?session={CHECKOUT_SESSION_ID}",
        cancel_url="http://localhost/join/",
        language="uk",
        expires_at=datetime.fromtimestamp(world.now() + 1860, UTC),
        label="Membership of The Test Post",
    )


def pay(world: World, session_id: str) -> None:
    """Pay as Olha, with a card that is good."""
    paid = world.pay(session_id, GOOD, email="olha@example.org", name="Olha Koval")
    assert paid == "paid"


def joined(gateway: StripeGateway, world: World) -> SubscriptionSeen:
    """Become a member of 7.00 a month and return the subscription."""
    page = gateway.open_checkout(wanted(world), "join")
    pay(world, page.id)
    return gateway.subscription(str(gateway.checkout(page.id).subscription_id))


def long_ago(world: World) -> datetime:
    """Return a moment before anything was."""
    return datetime.fromtimestamp(world.now(), UTC) - timedelta(days=60)
