"""Wishes, the stand-in for Stripe, and the lane that writes down what is seen there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.core.clock import ClockOffset, now
from app.core.database import Database
from app.core.money import Money
from app.core.settings import Settings
from app.core.work import Runtime
from app.memberships.handling import handlers
from app.memberships.joining.models import Intent
from app.payments.gateway import CheckoutWanted, Interval
from app.payments.inbox import mark
from app.payments.jobs import drain
from app.payments.stripe_gateway import StripeGateway
from app.payments.sync import Sync
from app.sandbox.stripe.api import Trouble
from app.sandbox.stripe.world import World
from tests.memberships.account.making import ANN, AT_ONCE, GOOD_CARD, rehearsing

DAY = 86_400


@dataclass
class Till:
    """One newsroom's rows, before the stand-in."""

    database: Database
    settings: Settings
    world: World
    trouble: Trouble
    gateway: StripeGateway

    @property
    def sync(self) -> Sync:
        """What looking takes."""
        return Sync(self.database, self.gateway, handlers(self.settings), AT_ONCE)

    def drain(self) -> None:
        """Look at all that is marked."""
        runtime = Runtime(self.database, self.settings)
        while drain(runtime, lambda _settings: self.gateway, self.sync.handlers, AT_ONCE):
            pass

    def look(self, kind: str, object_id: str) -> None:
        """Have one object looked at, and all that it leads to."""
        with self.database.write() as session:
            mark(session, kind, object_id)
            session.commit()
        self.drain()

    def advance(self, seconds: int) -> None:
        """Set both clocks forward."""
        self.world.advance(seconds)
        set_clock(self.database, self.world)

    def wish(self, **values: Any) -> Intent:  # noqa: ANN401 - columns
        """Write down a wish of seven euros a month."""
        with self.database.write() as session:
            row = make_wish(now(session), **values)
            session.add(row)
            session.commit()
        return row

    def open_page(self, intent: Intent) -> str:
        """Open the page of a wish and keep its id."""
        page = self.gateway.open_checkout(wanted(intent), intent.checkout_key)
        with self.database.write() as session:
            session.get_one(Intent, intent.id).checkout_id = page.id
            session.commit()
        return page.id

    def join(self, card: str = GOOD_CARD, email: str = ANN, **values: Any) -> str:  # noqa: ANN401 - columns
        """Pay for a wish; return its page. Nothing is heard of it here yet."""
        page = self.open_page(self.wish(**values))
        self.world.pay(page, card, email=email, name="Ann Example")
        return page

    def member(self, **values: Any) -> str:  # noqa: ANN401 - columns
        """Become a member, and have it written down; return the subscription's id."""
        page = self.join(**values)
        self.look("checkout", page)
        return str(self.gateway.checkout(page).subscription_id)

    def paid(self, subscription_id: str) -> str:
        """Return the payment of a subscription's latest invoice."""
        return self.gateway.invoices(subscription_id)[-1].payment_ids[-1]


def make_wish(moment: datetime, **values: Any) -> Intent:  # noqa: ANN401 - columns
    """Return a wish of seven euros a month that is not written down yet."""
    name = str(uuid4())
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
        "state": "open",
        "created_at": moment,
        "expires_at": (moment + timedelta(minutes=31)).replace(microsecond=0),
        "look_at": moment + timedelta(minutes=2),
        "checkout_key": name,
    }
    return Intent(**{**usual, **values})


def wanted(intent: Intent) -> CheckoutWanted:
    """Return the page of a wish."""
    intervals: dict[str, Interval] = {"month": "month", "year": "year"}
    return CheckoutWanted(
        reference=intent.public_id,
        money=Money(intent.amount_minor, intent.currency),
        interval=intervals.get(intent.interval or ""),
        email=None,
        customer_id=None,
        success_url="http://localhost/join/thanks/",
        cancel_url="http://localhost/join/",
        language=intent.language,
        expires_at=intent.expires_at,
        label="Membership of The Test Post",
    )


def set_clock(database: Database, world: World) -> None:
    """Let the site's clock be as far ahead as the stand-in's."""
    with database.write() as session:
        session.merge(ClockOffset(id=1, seconds=world.ahead))
        session.commit()


def world_now(world: World) -> datetime:
    """Return the stand-in's present moment."""
    return datetime.fromtimestamp(world.now(), UTC)


@contextmanager
def open_till(database: Database, settings: Settings, folder: Path) -> Iterator[Till]:
    """Put a stand-in for Stripe before a database."""
    with rehearsing(folder) as (world, trouble, gateway):
        yield Till(database, settings, world, trouble, gateway)
