"""A newsroom's year at the stand-in for Stripe, and two sites that hear of it in two ways."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.memberships.joining.models import Intent
from app.memberships.joining.sweeping import mark_due
from app.payments import stripe_client
from app.payments.event_reading import read_events
from app.payments.gateway import Gateway, GatewayError
from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.api import Trouble
from app.sandbox.stripe.cards import CARDS
from app.sandbox.stripe.errors import StripeError
from app.sandbox.stripe.world import World
from tests.memberships.account.making import AT_ONCE
from tests.memberships.storm_sites import Direct, Hostile, KilledError, Site
from tests.memberships.sync_making import DAY, make_wish, set_clock, wanted, world_now

KEY = "sk_test_storm"
NEVER = 0.3
LATER = {"5126", "7726"}
"""Cards whose refunds are settled days later, by themselves."""
LONGEST_JUMP = 12
MOST_UNREAD = 24


@dataclass
class Year:
    """What happens at Stripe, by chance, and who hears of it.

    Attributes:
        ordered: Hears each event once, in order, and looks at once.
        stormy: Hears of some never, of others up to three times, in no order.
    """

    world: World
    trouble: Trouble
    gateway: StripeGateway
    ordered: Site
    stormy: Site
    chance: random.Random
    wishes: int = 0
    told: set[str] = field(default_factory=set)
    waiting: list[Mapping[str, Any]] = field(default_factory=list)
    unread_days: int = 0

    @property
    def hostile(self) -> Hostile:
        """What the stormy site asks."""
        return cast("Hostile", self.stormy.gateway)

    def begin(self) -> None:
        """Let the lists be read from here on."""
        for site in (self.ordered, self.stormy):
            set_clock(site.database, self.world)
            read_events(site.database, self.gateway, AT_ONCE, live=False)

    def step(self) -> None:
        """Let one thing happen; what Stripe or the bank refuses did not."""
        acts = (self.wish, self.wish, self.jump, self.jump, self.refund, self.dispute,
                self.settle, self.change, self.card, self.warn, self.delete)  # fmt: skip
        with suppress(StripeError, GatewayError):
            self.chance.choice(acts)()

    def wish(self, kind: str = "") -> None:
        """Wish to give, and pay with some card; some never do."""
        self.wishes += 1
        kinds = ("membership",) * 4 + ("gift", "gift_membership", "given")
        kind = kind or self.chance.choice(kinds)
        interval = self.chance.choice(("month", "month", "year")) if kind == "membership" else None
        named = self.chance.random() < 0.3
        name = str(UUID(int=self.chance.getrandbits(128), version=4))
        common = self.chance.random() < 0.1 and not named
        email = f"{'often' if common else name[:8]}@post.example"
        wish = make_wish(
            world_now(self.world), public_id=name, nonce=name, thanks_hash=name, checkout_key=name,
            kind=kind, interval=interval, amount_minor=self.chance.choice((300, 700, 5000)),
            wall_name=f"Ann {name[:4]}" if named else None,
        )  # fmt: skip
        page = self.gateway.open_checkout(wanted(wish), wish.checkout_key)
        columns = {one.name: getattr(wish, one.name) for one in Intent.__table__.columns}
        for site in (self.ordered, self.stormy):
            with site.database.write() as session:
                session.add(Intent(**{**columns, "id": None, "looks": 0, "checkout_id": page.id}))
                session.commit()
        if self.chance.random() < 0.95:
            card = self.chance.choice((*CARDS, *["4242424242424242"] * len(CARDS)))
            self.world.pay(page.id, card, email=email, name=f"Ann {email[:4]}", three_d=True)

    def jump(self) -> None:
        """Let some days pass, for all alike."""
        self.pass_days(self.chance.randrange(1, LONGEST_JUMP))

    def pass_days(self, days: int) -> None:
        """Let days pass; Stripe's list of events goes back thirty, so it is read meanwhile."""
        self.unread_days += days
        if self.unread_days > MOST_UNREAD:
            self.hear()
        self.world.advance(days * DAY)
        for site in (self.ordered, self.stormy):
            set_clock(site.database, self.world)

    def hear(self) -> None:
        """Let the stormy site read the list, whole."""
        before, self.hostile.calm = self.hostile.calm, True
        self.trouble.errors, errors = 0, self.trouble.errors
        self.stormy.read_list()
        self.trouble.errors, self.hostile.calm, self.unread_days = errors, before, 0

    def refund(self) -> None:
        """Give some or all of a payment back; some refunds come back, at once or days later."""
        payment = self._some("payment_intent", status="succeeded")
        charge = self.world.get(payment["latest_charge"]) or {}
        last4 = charge["payment_method_details"].get("card", {}).get("last4")
        refund = self.world.refund(payment["id"], self.chance.choice((None, None, 100)))
        if self.chance.random() < 0.15 and last4 not in LATER:
            self.world.fail_refund(refund)

    def dispute(self) -> None:
        payment = self._some("payment_intent", status="succeeded")
        self.world.dispute(payment["id"], warning=self.chance.random() < 0.2)

    def settle(self) -> None:
        dispute = self._some("dispute")
        self.world.settle_dispute(dispute["id"], won=self.chance.random() < 0.6)

    def warn(self) -> None:
        self.world.warn(self._some("payment_intent", status="succeeded")["id"])

    def change(self) -> None:
        """Cancel, undo, pause, resume, end."""
        name = self._some("subscription")["id"]
        acts = ("cancel", "undo_cancel", "pause", "resume", "end_now")
        act = self.chance.choice(acts)
        getattr(self.gateway, act)(name, f"{act}-{self.chance.random()}")

    def card(self) -> None:
        customer = self._some("customer")
        self.world.new_card(customer["id"], self.chance.choice(list(CARDS)), three_d=True)

    def delete(self) -> None:
        if self.chance.random() < 0.2:
            self.world.delete_customer(self._some("customer")["id"])

    def _some(self, kind: str, **fields: str) -> Mapping[str, Any]:
        found = [
            one
            for one in self.world.all(kind)
            if all(one[name] == value for name, value in fields.items())
        ]
        if not found:
            raise StripeError("There is none yet.")
        return self.chance.choice(found)

    def tell(self) -> None:
        """Send what has happened since: to one in order, to the other by chance."""
        fresh = [one for one in reversed(self.world.all("event")) if one["id"] not in self.told]
        for event in fresh:
            self.told.add(event["id"])
            self.ordered.take(event, "snapshot")
            if self.chance.random() > NEVER:
                self.waiting += [event] * self.chance.choice((1, 1, 2, 3))
        self.ordered.drain_all()

    def deliver(self, count: int) -> None:
        """Let some of what is on its way to the stormy site come, whichever."""
        for _ in range(min(count, len(self.waiting))):
            event = self.waiting.pop(self.chance.randrange(len(self.waiting)))
            self.stormy.take(event, self.chance.choice(("thin", "snapshot")))

    def work(self) -> None:
        """Let the stormy site look at a batch; a worker that died has its leases run out."""
        try:
            self.stormy.drain()
        except KilledError:
            self.stormy.hurry()
        if self.chance.random() < 0.2:
            self.stormy.hurry()

    def calm_down(self) -> None:
        """Let the rest come, read the list, ask after open wishes, and look at everything."""
        self.trouble.errors, self.hostile.calm = 0, True
        self.pass_days(1)
        for site in (self.ordered, self.stormy):
            mark_due(site.database)
        self.tell()
        self.deliver(len(self.waiting))
        self.stormy.read_list()
        self.stormy.drain_all()
        self.ordered.drain_all()


@contextmanager
def storming(
    databases: tuple[Database, Database], settings: Settings, folder: Path, seed: int
) -> Iterator[Year]:
    """Put two sites before one stand-in."""
    world, trouble = World(folder, "a secret", seed=seed), Trouble(seed=seed)
    chance = random.Random(seed)  # noqa: S311 - a game of chance
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripe_client, "http_client", lambda _wait: Direct(world, trouble))
        gateway = StripeGateway(KEY, base="http://127.0.0.1:1")
        gateway.prepare_products()
        hostile = cast("Gateway", Hostile(gateway, chance))
        ordered, stormy = databases
        year = Year(
            world, trouble, gateway, Site(ordered, settings, gateway),
            Site(stormy, settings, hostile), chance,
        )  # fmt: skip
        year.begin()
        try:
            yield year
        finally:
            world.close()
