"""How long it takes until we have what is at Stripe, while webhooks keep coming.

A stand-in for Stripe holds some memberships. A part of a payment is given back every second, and
timed until its refund stands in our tables: on its way are the event, the webhook, the mark, and
the looks at refund and payment. Meanwhile so many new events a second say that one of the
memberships may have changed, and all of them have to be looked at again and again.

What bounds it is the pace that we ask Stripe at, not the machine: fifteen questions a second, of
which a look at a membership whose payments we have takes two.
"""

import secrets
import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread

from sqlalchemy import func, select

from app.core.database import Database
from app.core.money import Money
from app.memberships.joining.models import Intent
from app.memberships.money_models import Membership, Payment, Refund
from app.payments.gateway import CheckoutWanted
from app.payments.models import DirtyKey
from app.payments.serving import stripe_of
from app.sandbox.stripe.serving import StandIn, serve
from benchmarks.load import run
from benchmarks.newsroom import Place, backends, place
from benchmarks.results import Row
from benchmarks.serving import serving
from benchmarks.sink import sink
from benchmarks.webhooks import SECRET, delivery, thin
from tests.ports import free_port
from tests.waiting import until

MEMBERSHIPS = 20
WEBHOOKS_A_SECOND = 50
CHANGES_A_SECOND = 1
SECONDS = 30
RIGHT_SECONDS = 5
PATIENCE = 300
CARD = "4242424242424242"


@dataclass
class Timing:
    """When each refund was made at Stripe, and when it was seen here."""

    made: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    @property
    def waits(self) -> list[float]:
        """Seconds until each was here."""
        return sorted(self.seen[one] - self.made[one] for one in self.made)


def measure(server: str) -> Iterator[Row]:
    """Measure on each database; there is nothing bare to hold it beside."""
    for backend in backends():
        with _newsroom(backend, server) as (made, site, stand_in):
            _join(made, stand_in)
            timing = _change(made, site, stand_in)
            _print(backend, timing)
    yield from ()


@contextmanager
def _newsroom(backend: str, server: str) -> Iterator[tuple[Place, int, StandIn]]:
    port = free_port()
    settings = {
        "UNWALLED_STRIPE_KEY": f"sk_test_{secrets.token_hex(16)}",
        "UNWALLED_STRIPE_WEBHOOK_SECRETS": SECRET,
        "UNWALLED_STRIPE_BASE": f"http://127.0.0.1:{port}",
    }
    with ExitStack() as stack:
        relay = stack.enter_context(sink())
        made = stack.enter_context(
            place(backend, server, smtp_port=relay.port, people=1, settings=settings)
        )
        site = stack.enter_context(serving("ours", made.environment))
        if backend == "postgresql":
            stack.enter_context(serving("worker", made.environment))
        stand_in = serve(made.folder / "stripe", port, f"http://localhost:{site}", SECRET)
        stack.callback(stand_in.shutdown)
        yield made, site, stand_in


def _join(made: Place, stand_in: StandIn) -> None:
    """Let supporters join at Stripe, and wait until all of it is here and nothing is due."""
    gateway = stripe_of(made.settings.stripe_key, made.settings.stripe_base)
    gateway.prepare_products()
    with made.database() as database:
        for number in range(MEMBERSHIPS):
            wanted = _wanted(stand_in, number)
            with database.write() as session:
                session.add(_intent(wanted))
                session.commit()
            page = gateway.open_checkout(wanted, wanted.reference)
            stand_in.world.pay(page.id, CARD, email=f"m{number}@example.com", name="M")
        until(lambda: _is_still(database), seconds=PATIENCE)


def _wanted(stand_in: StandIn, number: int) -> CheckoutWanted:
    return CheckoutWanted(
        reference=str(uuid.uuid4()),
        money=Money(700, "EUR"),
        interval="month",
        email=f"m{number}@example.com",
        customer_id=None,
        success_url="http://localhost/join/thanks/",
        cancel_url="http://localhost/join/",
        language="en",
        expires_at=datetime.fromtimestamp(stand_in.world.now() + 1860, UTC),
        label="Membership",
    )


def _intent(wanted: CheckoutWanted) -> Intent:
    """Return the wish that a checkout is for, as the page for joining would have kept it."""
    return Intent(
        public_id=wanted.reference,
        nonce=wanted.reference,
        revision=1,
        thanks_hash=wanted.reference,
        kind="membership",
        interval=wanted.interval,
        amount_minor=wanted.money.minor,
        fee_minor=0,
        currency=wanted.money.currency,
        language=wanted.language,
        created_at=datetime.now(UTC),
        expires_at=wanted.expires_at,
        checkout_key=wanted.reference,
    )


def _is_still(database: Database) -> bool:
    """Tell whether every membership is here with its payment, and nothing waits to be looked at."""
    waiting = select(func.count()).select_from(DirtyKey).where(DirtyKey.done_at.is_(None))
    with database.read() as session:
        here = session.scalar(select(func.count()).select_from(Membership))
        paid = session.scalar(select(func.count()).select_from(Payment))
        return here == paid == MEMBERSHIPS and session.scalar(waiting) == 0


def _change(made: Place, site: int, stand_in: StandIn) -> Timing:
    """Give parts of payments back, in the middle of webhooks; return when each was here."""
    timing = Timing()
    with made.database() as database:
        with database.read() as session:
            payments = session.scalars(select(Payment.payment_id)).all()
            memberships = session.scalars(select(Membership.subscription_id)).all()
        watching = Thread(target=_watch, args=(database, timing), daemon=True)
        watching.start()
        told = _news(site, memberships)
        telling = Thread(target=run, args=(site, told, 1, SECONDS), daemon=True)
        telling.start()
        for number in range(SECONDS * CHANGES_A_SECOND):
            began = time.perf_counter()
            refund = stand_in.world.refund(payments[number % len(payments)], 1)
            timing.made[refund] = began
            time.sleep(max(0.0, 1 / CHANGES_A_SECOND - (time.perf_counter() - began)))
        telling.join()
        until(lambda: timing.made.keys() <= timing.seen.keys(), seconds=PATIENCE)
    return timing


def _watch(database: Database, timing: Timing) -> None:
    """Note when each refund is first here."""
    began = time.perf_counter()
    while time.perf_counter() - began < SECONDS + PATIENCE:
        with database.read() as session:
            here = set(session.scalars(select(Refund.refund_id)))
        moment = time.perf_counter()
        timing.seen.update(dict.fromkeys(here - timing.seen.keys(), moment))
        if len(timing.seen) == SECONDS * CHANGES_A_SECOND:
            return
        time.sleep(0.02)


def _news(site: int, memberships: Sequence[str]) -> Iterator[bytes]:
    """Yield new events about the memberships in turn, each in its time."""
    began = time.perf_counter()
    for number in range(SECONDS * WEBHOOKS_A_SECOND):
        time.sleep(max(0.0, began + number / WEBHOOKS_A_SECOND - time.perf_counter()))
        body = thin(f"evt_news_{number}", memberships[number % len(memberships)])
        yield delivery(site, "/webhooks/stripe", body)


def _print(backend: str, timing: Timing) -> None:
    waits = timing.waits
    p99 = statistics.quantiles(waits, n=100)[98]
    verdict = "ok" if p99 <= RIGHT_SECONDS else "BELOW"
    print(
        f"{backend}: {WEBHOOKS_A_SECOND} webhooks a second about {MEMBERSHIPS} memberships: right"
        f" after {statistics.median(waits):.2f} s, p99 {p99:.2f} s (bar {RIGHT_SECONDS} s"
        f" {verdict}); none missing",
        flush=True,
    )
