"""Events in any order, more than once, about objects that never stand still: the end is right."""

import os
import random
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.payments.gateway import EventSeen, GatewayDownError
from app.payments.inbox import receive
from tests.mail.making import advance
from tests.payments.fakes import (
    euros,
    make_checkout,
    make_event,
    make_invoice,
    make_payment,
    make_subscription,
)
from tests.payments.making import Till, make_till, words

OBJECTS = 40
EVENTS = 300
TYPES = {
    "cs": ("checkout.session.completed", "checkout.session.expired"),
    "sub": ("customer.subscription.updated", "v1.customer.subscription.deleted"),
    "in": ("invoice.paid", "invoice.payment_failed"),
    "pi": ("payment_intent.succeeded",),
}
MONEY = {"cs": "money", "sub": "money", "in": "paid", "pi": "refunded"}


class KilledError(BaseException):
    """The process dies here, as far as the code can tell."""


@dataclass
class Storm:
    """Eight each of checkouts, gifts, subscriptions, their invoices, and the payments for those."""

    till: Till
    chance: random.Random
    sent: int = 0
    waiting: list[EventSeen] = field(default_factory=list)
    nested: bool = False

    def begin(self) -> None:
        """Make every object, and an event for each."""
        gateway = self.till.gateway
        for number in range(OBJECTS // 5):
            paid = f"pi_paid{number}"
            gateway.put(
                make_checkout(f"cs_{number}"),
                make_payment(f"pi_gift{number}"),
                make_subscription(f"sub_{number}"),
                make_invoice(f"in_{number}", subscription_id=f"sub_{number}", payment_ids=(paid,)),
                make_payment(paid),
            )
        for name in list(gateway.objects):
            self.change(name)
        gateway.meanwhile = self.stir

    def change(self, name: str) -> None:
        """Change an object for good; its event is on its way, and comes twice now and then."""
        if self.sent >= EVENTS:
            return
        self.sent += 1
        kind = name.partition("_")[0]
        column = MONEY[kind]
        seen: Any = self.till.gateway.objects[name]
        self.till.gateway.put(replace(seen, **{column: euros(self.sent)}))
        event_type, about = self.chance.choice(TYPES[kind]), name
        if kind == "pi" and self.chance.random() < 0.5:
            event_type, about = "refund.updated", f"re_{self.sent}"
            self.till.gateway.about[about] = name
        event = make_event(f"evt_{self.sent}", type=event_type, object_id=about)
        self.waiting += [event] * self.chance.choice((1, 1, 2))

    def change_any(self) -> None:
        self.change(self.chance.choice(list(self.till.gateway.objects)))

    def deliver(self, count: int) -> None:
        """Let some of the events come that are on their way, whichever."""
        for _ in range(min(count, len(self.waiting))):
            place = self.chance.randrange(len(self.waiting))
            receive(self.till.database, self.waiting.pop(place))

    def change_and_tell(self, name: str) -> None:
        """Change what is being asked about, or anything, and let an event of it come at once."""
        if name not in self.till.gateway.objects or self.chance.random() < 0.5:
            name = self.chance.choice(list(self.till.gateway.objects))
        self.change(name)
        if self.waiting and self.chance.random() < 0.7:
            receive(self.till.database, self.waiting.pop())

    def overtake(self, name: str) -> None:
        """Let the lease run out under whoever asks, and another see what is new."""
        self.change_and_tell(name)
        self.till.lose_leases()
        self.nested = True
        self.drain()
        self.nested = False

    def stir(self, _question: str, object_id: str) -> None:
        """Let something happen while an answer of Stripe's is on its way."""
        if self.chance.random() < 0.05:
            raise GatewayDownError("trouble", "Stripe answered 500")
        if self.chance.random() < 0.01:
            raise KilledError
        if self.chance.random() < 0.3:
            self.change_and_tell(object_id)
        if self.chance.random() < 0.05 and not self.nested:
            self.overtake(object_id)

    def drain(self) -> int:
        """Work on a batch; a worker that died has its leases run out."""
        try:
            return self.till.drain()
        except KilledError:
            self.nested = False
            self.till.lose_leases()
            return 1

    def calm_down(self) -> None:
        """Let the rest come, and everything that waits be tried again."""
        for _ in range(60):
            self.deliver(len(self.waiting))
            while self.drain():
                pass
            advance(self.till.database, minutes=20)

    def truth(self) -> dict[str, str]:
        """Return what is to have been seen last of each object that has a handler."""
        gateway = self.till.gateway
        found = {}
        for name, seen in gateway.objects.items():
            if name.startswith("sub_"):
                invoices = tuple(
                    (one, tuple(gateway.objects[paid] for paid in one.payment_ids))
                    for one in gateway.invoices_of(name)
                )
                found[name] = words(seen, invoices)
            elif not name.startswith("in_"):
                found[name] = words(seen)
        return found


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("STORM_SEED", secrets.randbelow(2**32)))


def test_after_a_storm_what_was_seen_last_is_how_things_are(
    database: Database, settings: Settings, seed: int
) -> None:
    print(f"STORM_SEED={seed}")  # noqa: T201 - shown when the test fails
    storm = Storm(make_till(database, settings), random.Random(seed))  # noqa: S311 - a game of chance
    storm.begin()
    storm.deliver(OBJECTS)
    while storm.sent < EVENTS:
        for _ in range(storm.chance.randrange(6)):
            storm.change_any()
        storm.deliver(storm.chance.randrange(len(storm.waiting) + 1))
        storm.drain()
    storm.calm_down()

    assert storm.waiting == []
    assert len(storm.till.states()) == EVENTS
    assert storm.till.seen() == storm.truth()
    every_key = storm.till.keys()
    assert [one for _, one in every_key if storm.till.key(one).done_at is None] == []
