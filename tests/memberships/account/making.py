"""Supporters with memberships at the stand-in for Stripe, for tests of the account."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server as listen

from app.core.database import Database
from app.core.money import Money
from app.core.pace import Pace
from app.core.settings import Settings
from app.memberships.account.queries import MembershipRead, membership_of
from app.memberships.changing import Till
from app.memberships.handling import handlers
from app.memberships.joining.models import Intent
from app.memberships.money_models import Customer, Membership, Payment, Refund
from app.payments.gateway import CheckoutWanted, SubscriptionSeen
from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.api import Trouble, make_server
from app.sandbox.stripe.world import World
from tests.conftest import make_settings
from tests.memberships.making import NOW, make_person
from tests.ports import free_port

GOOD_CARD = "4242424242424242"
AT_ONCE = Pace(1_000_000)
ANN = "ann@post.example"


@contextmanager
def rehearsing(
    folder: Path, port: int | None = None
) -> Iterator[tuple[World, Trouble, StripeGateway]]:
    """Run a stand-in for Stripe with the real client before it."""
    world, trouble, port = World(folder, "a secret", seed=7), Trouble(), port or free_port()
    server = listen("127.0.0.1", port, make_server(world, trouble), threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    gateway = StripeGateway("sk_test_rehearsal", base=f"http://127.0.0.1:{port}")
    gateway.prepare_products()
    try:
        yield world, trouble, gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        world.close()


def join(world: World, gateway: StripeGateway, **values: Any) -> str:  # noqa: ANN401 - fields
    """Become a member, as far as Stripe is concerned; return the subscription's id."""
    wanted: dict[str, Any] = {
        "reference": str(uuid.uuid4()),
        "money": Money(700, "EUR"),
        "interval": "month",
        "email": ANN,
        "customer_id": None,
        "success_url": "http://localhost/join/thanks/",
        "cancel_url": "http://localhost/join/",
        "language": "en",
        "expires_at": datetime.fromtimestamp(world.now() + 1860, UTC),
        "label": "Membership of The Test Post",
        **values,
    }
    page = gateway.open_checkout(CheckoutWanted(**wanted), wanted["reference"])
    world.pay(page.id, GOOD_CARD, email=ANN, name="Ann Example")
    subscription = gateway.checkout(page.id).subscription_id
    assert subscription is not None
    return subscription


def make_membership(session: Session, person_id: int, **values: Any) -> Membership:  # noqa: ANN401 - columns
    """Add a monthly membership that runs; `values` are columns."""
    name = uuid.uuid4().hex[:12]
    usual: dict[str, Any] = {
        "subscription_id": f"sub_{name}",
        "customer_id": f"cus_{name}",
        "amount_minor": 700,
        "currency": "EUR",
        "interval": "month",
        "status": "active",
        "started_at": NOW,
        "period_ends_at": NOW + timedelta(days=30),
        "paid_through": NOW + timedelta(days=30),
        "paused": False,
        "card_brand": "visa",
        "card_last4": "4242",
        "card_month": 12,
        "card_year": 2031,
    }
    row = Membership(person_id=person_id, **{**usual, **values})
    session.add(row)
    session.add(Customer(customer_id=row.customer_id, person_id=person_id, created_at=NOW))
    session.flush()
    return row


def make_payment(session: Session, person_id: int, **values: Any) -> Payment:  # noqa: ANN401 - columns
    """Add a payment of seven euros."""
    name = uuid.uuid4().hex[:8].upper()
    usual: dict[str, Any] = {
        "payment_id": f"pi_{name}",
        "receipt_number": f"R-2026-{name}",
        "amount_minor": 700,
        "currency": "EUR",
        "paid_at": NOW,
        "warned": False,
    }
    row = Payment(person_id=person_id, **{**usual, **values})
    session.add(row)
    session.flush()
    return row


def make_refund(session: Session, payment: Payment, minor: int, **values: Any) -> Refund:  # noqa: ANN401 - columns
    """Give a part of a payment back."""
    usual: dict[str, Any] = {
        "refund_id": f"re_{uuid.uuid4().hex[:8]}",
        "payment_id": payment.id,
        "amount_minor": minor,
        "currency": payment.currency,
        "status": "succeeded",
        "created_at": payment.paid_at,
    }
    row = Refund(**{**usual, **values})
    if row.status == "succeeded":
        payment.refunded_minor += minor
    session.add(row)
    session.flush()
    return row


def make_intent(session: Session, person_id: int, **values: Any) -> Intent:  # noqa: ANN401 - columns
    """Add a wish that was paid."""
    name = str(uuid.uuid4())
    usual: dict[str, Any] = {
        "public_id": name,
        "nonce": name,
        "revision": 1,
        "thanks_hash": name,
        "kind": "membership",
        "interval": "month",
        "amount_minor": 700,
        "fee_minor": 0,
        "currency": "EUR",
        "language": "en",
        "state": "paid",
        "created_at": NOW,
        "expires_at": NOW,
        "checkout_key": name,
    }
    row = Intent(person_id=person_id, **{**usual, **values})
    session.add(row)
    session.flush()
    return row


@dataclass
class Supporter:
    """Ann, whose membership runs at the stand-in."""

    database: Database
    world: World
    trouble: Trouble
    gateway: StripeGateway
    settings: Settings
    person_id: int
    subscription_id: str

    @property
    def till(self) -> Till:
        """What her changes take."""
        return Till(self.database, self.gateway, handlers(self.settings), AT_ONCE)

    @property
    def membership(self) -> MembershipRead:
        """Her membership as it is written down."""
        with self.database.read() as session:
            found = membership_of(session, self.person_id, self.subscription_id)
        assert found is not None
        return found

    def row(self) -> Membership:
        """Her membership's row."""
        with self.database.read() as session:
            return session.scalars(
                select(Membership).where(Membership.subscription_id == self.subscription_id)
            ).one()

    def at_stripe(self) -> SubscriptionSeen:
        """Her membership as it is at the stand-in."""
        return self.gateway.subscription(self.subscription_id)


@contextmanager
def supporting(database: Database, folder: Path, port: int | None = None) -> Iterator[Supporter]:
    """Let Ann join at a stand-in and write it down."""
    with rehearsing(folder, port) as (world, trouble, gateway):
        subscription_id = join(world, gateway)
        settings = make_settings("sqlite:///none.sqlite3", folder)
        seen = gateway.subscription(subscription_id)
        with database.write() as session:
            person = make_person(session, ANN)
            make_membership(
                session, person, subscription_id=subscription_id, customer_id=seen.customer_id
            )
            session.commit()
        made = Supporter(database, world, trouble, gateway, settings, person, subscription_id)
        assert made.till.look(subscription_id)
        yield made
