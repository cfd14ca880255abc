"""A newsroom whose money is at the stand-in for Stripe, for tests of what is written down of it."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.clock import ClockOffset
from app.core.database import Database
from app.core.money import Money
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail.models import OutgoingMail
from app.memberships.handling import handlers
from app.memberships.joining.models import Intent
from app.memberships.ledger import in_force
from app.memberships.money_models import Membership, Notice, Payment
from app.payments.gateway import CheckoutWanted, Interval
from app.payments.inbox import mark
from app.payments.jobs import drain
from app.payments.models import DirtyKey
from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.world import World
from tests.memberships.account.making import AT_ONCE, rehearsing

GOOD, FAILS_LATER = "4242424242424242", "4000000000000341"
ANN = "ann@post.example"
DAY = 86_400
KINDS = {
    "checkout.session": "checkout",
    "payment_intent": "payment",
    "subscription": "subscription",
    "refund": "refund",
    "dispute": "dispute",
    "invoice": "invoice",
}


@dataclass
class Newsroom:
    """Ours on one side, the stand-in on the other."""

    database: Database
    settings: Settings
    world: World
    gateway: StripeGateway

    def wish(self, kind: str = "membership", **values: Any) -> Intent:  # noqa: ANN401 - columns
        """Write a wish down, as the form for joining does."""
        name, moment = str(uuid.uuid4()), self.moment()
        usual: dict[str, Any] = {
            "interval": "month" if kind == "membership" else None,
            "amount_minor": 700,
            "fee_minor": 0,
            "currency": "EUR",
            "language": "en",
            "state": "open",
            "look_at": moment,
            "created_at": moment,
            "expires_at": moment,
        }
        named = {"public_id": name, "nonce": name, "thanks_hash": name, "checkout_key": name}
        with self.database.write() as session:
            row = Intent(kind=kind, revision=1, **{**usual, **named, **values})
            session.add(row)
            session.commit()
        return row

    def open(self, intent: Intent) -> str:
        """Open the page to pay on; return its id."""
        intervals: dict[str | None, Interval | None] = {
            None: None,
            "month": "month",
            "year": "year",
        }
        wanted = CheckoutWanted(
            reference=intent.public_id,
            money=Money(intent.amount_minor, intent.currency),
            interval=intervals[intent.interval],
            email=None,
            customer_id=None,
            success_url="http://localhost/join/thanks/",
            cancel_url="http://localhost/join/",
            language="en",
            expires_at=datetime.fromtimestamp(self.world.now() + 1860, UTC),
            label="For The Test Post",
        )
        return self.gateway.open_checkout(wanted, intent.public_id).id

    def pay(
        self, intent: Intent, card: str = GOOD, email: str = ANN, name: str = "Ann Example"
    ) -> str:
        """Pay for a wish; return the page's id."""
        page = self.open(intent)
        self.world.pay(page, card, email=email, name=name)
        return page

    def join(self, card: str = GOOD, **values: Any) -> str:  # noqa: ANN401 - an intent's columns
        """Begin a membership; return the subscription's id."""
        page = self.pay(self.wish(**values), card)
        return str(self.gateway.checkout(page).subscription_id)

    def give(self, kind: str = "gift", card: str = GOOD, **values: Any) -> str:  # noqa: ANN401 - columns
        """Give once; return the payment's id."""
        return str(self.gateway.checkout(self.pay(self.wish(kind, **values), card)).payment_id)

    def moment(self) -> datetime:
        """Return the stand-in's present moment."""
        return datetime.fromtimestamp(self.world.now(), UTC)

    def advance(self, days: float) -> None:
        """Let days go by, there and here."""
        self.world.advance(int(days * DAY))
        with self.database.write() as session:
            session.merge(ClockOffset(id=1, seconds=self.world.ahead))
            session.commit()

    def look(self, seed: int = 0, share: float = 1) -> None:
        """Look at all or a share of what the stand-in has, in an order that the seed draws."""
        found = [(KINDS[kind], one["id"]) for kind in KINDS for one in self.world.all(kind)]
        found += [("customer", one["id"]) for one in self.world.all("customer") if _is_gone(one)]
        drawn = random.Random(seed).sample(found, round(len(found) * share))  # noqa: S311 - no secret
        for kind, object_id in drawn:
            with self.database.write() as session:
                mark(session, kind, object_id)
                session.commit()
            self.drain()

    def drain(self) -> None:
        """Work on all that is marked; nothing may fail."""
        runtime, ours = Runtime(self.database, self.settings), handlers(self.settings)
        while drain(runtime, lambda _settings: self.gateway, ours, AT_ONCE):
            pass
        with self.database.read() as session:
            errors = session.scalars(select(DirtyKey.last_error).where(DirtyKey.done_at.is_(None)))
            assert list(errors) == []

    def membership(self, subscription_id: str) -> Membership:
        """Return a membership's row."""
        named = Membership.subscription_id == subscription_id
        with self.database.read() as session:
            return session.scalars(select(Membership).where(named)).one()

    def payments(self) -> list[Payment]:
        """Return every payment, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(Payment).order_by(Payment.paid_at, Payment.id)))

    def intent(self, public_id: str) -> Intent:
        """Return a wish."""
        with self.database.read() as session:
            return session.scalars(select(Intent).where(Intent.public_id == public_id)).one()

    def stretches(self) -> list[tuple[str, datetime, datetime | None]]:
        """Return what counts in the ledger: its name, from when and until when."""
        with self.database.read() as session:
            rows = session.execute(in_force()).all()
        return sorted((one.source_ref, one.starts_at, one.ends_at) for one in rows)

    def notices(self) -> list[str]:
        """Return the kinds of what anybody was told of, sorted."""
        with self.database.read() as session:
            return sorted(session.scalars(select(Notice.kind)))

    def mails(self) -> list[tuple[str, str]]:
        """Return template and address of the mails queued, sorted."""
        with self.database.read() as session:
            asked = select(OutgoingMail.template, OutgoingMail.address)
            return sorted((one.template, one.address) for one in session.execute(asked))

    def rows(self, model: Any) -> list[Any]:  # noqa: ANN401 - any table's class
        """Return every row of a table."""
        with self.database.read() as session:
            return list(session.scalars(select(model)))


def _is_gone(customer: dict[str, Any]) -> bool:
    return bool(customer.get("deleted"))


@contextmanager
def newsroom(database: Database, settings: Settings, folder: Path) -> Iterator[Newsroom]:
    """Open a newsroom with a stand-in of its own."""
    with rehearsing(folder) as (world, _trouble, gateway):
        yield Newsroom(database, settings, world, gateway)
