"""A few of the demo's members who pay here by now: at the stand-in for Stripe, as readers do.

They were members before, so the count stays as it is. One payment is disputed, and a card network
warns of another, so that something needs attention. All of it is written down when the site
answers and the stand-in's events reach it.
"""

from collections.abc import Sequence
from itertools import islice
from urllib.parse import urlsplit

from sqlalchemy import select

from app.core.clock import now
from app.core.database import Database
from app.core.money import Money
from app.core.settings import Settings
from app.core.tokens import keyed_hash
from app.memberships.joining.joining import Asker
from app.memberships.joining.models import GIFT, MEMBERSHIP, Intent
from app.memberships.joining.paying import Cashier
from app.memberships.joining.wishes import Wish
from app.payments.gateway import Interval
from app.payments.serving import gateway_of
from app.sandbox.demo import members
from app.sandbox.stripe.world import World

CARD = "4242424242424242"
AFTER = 300
"""In the file of members: who stands before joined within the week."""

GIVEN: Sequence[tuple[Interval | None, int, str]] = (
    ("month", 1000, "/rebuilding/"),
    ("month", 2000, "/land-and-trade/"),
    ("year", 12000, "/"),
    (None, 2500, "/culture/"),
    (None, 5000, "/rebuilding/"),
)
"""How often, how much in cents, and on which page they made up their mind."""


def load(database: Database, settings: Settings, world: World) -> bool:
    """Let them pay, unless somebody did already; tell whether they did."""
    with database.read() as session:
        if session.scalar(select(Intent.id).limit(1)) is not None:
            return False
        rows = islice(members.rows(now(session)), AFTER, AFTER + len(GIVEN))
        people = [(row[0], row[1]) for row in rows]
    for (address, name), given in zip(people, GIVEN, strict=True):
        page = Cashier(database, gateway_of(settings), settings).address_for(
            _wish(*given), Asker(*(keyed_hash(settings.secret_key, "demo", address),) * 2)
        )
        world.pay(urlsplit(page).path.rpartition("/")[2], CARD, email=address, name=name)
    newest, *_, oldest = (one["id"] for one in world.all("payment_intent"))
    world.warn(newest)
    world.dispute(oldest)
    return True


def _wish(interval: Interval | None, minor: int, path: str) -> Wish:
    return Wish(
        kind=MEMBERSHIP if interval else GIFT,
        interval=interval,
        money=Money(minor, "EUR"),
        fee=Money.nothing("EUR"),
        language="en",
        wall_name=None,
        dedication=None,
        recipient=None,
        deliver_at=None,
        came={"from": path},
    )
