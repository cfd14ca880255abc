"""A newsroom that is open for joining, with a stand-in for Stripe behind the real client."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server as listen
from werkzeug.test import TestResponse

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.tightening import Tightening, forget_doors
from app.core.work import Runtime
from app.memberships.handling import handlers
from app.memberships.joining.declines import DOOR
from app.memberships.joining.models import Intent, Tier
from app.payments.jobs import drain
from app.payments.serving import gateway_of
from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.api import Trouble, make_server
from app.sandbox.stripe.world import World
from app.site.chrome import NAME
from tests.conftest import make_settings
from tests.goal.making import make_campaign
from tests.memberships.account.making import AT_ONCE, GOOD_CARD
from tests.ports import free_port

AMOUNTS = {
    "EUR": {"monthly": [500, 1000, 2000], "yearly": [5000, 10000], "once": [1000, 2500, 5000]},
    "UAH": {"monthly": [20000, 40000], "yearly": [200000], "once": [50000]},
}
NONCE = re.compile(r'name="nonce" value="([^"]+)"')
KEY = "sk_test_rehearsal"


@dataclass
class Door:
    """Somebody in front of the page for joining, and all that is behind it."""

    app: Flask
    client: FlaskClient
    database: Database
    settings: Settings
    world: World
    trouble: Trouble

    def get(self, path: str = "/join/") -> TestResponse:
        """Ask for a page; what was written before is on it."""
        self.app.extensions[NAME].watch.forget()
        return self.client.get(path)

    def nonce(self) -> str:
        """Return the nonce of a fresh page."""
        found = NONCE.search(self.get().text)
        assert found
        return found[1]

    def send(self, path: str = "/join/", **fields: Any) -> TestResponse:  # noqa: ANN401 - fields
        """Press the button: 10 euros a month unless said otherwise; `whom` stands for `for`."""
        usual = {
            "currency": "EUR",
            "for": fields.pop("whom", "me"),
            "interval": "monthly",
            "amount_monthly": "1000",
            "amount_yearly": "10000",
            "amount_once": "2500",
            "amount_twelve": "5000",
        }
        if "nonce" not in fields:
            usual["nonce"] = self.nonce()
        network = fields.pop("network", "127.0.0.1")
        return self.client.post(
            path, data={**usual, **fields}, environ_base={"REMOTE_ADDR": network}
        )

    def intents(self) -> list[Intent]:
        """Return every intent, in the order in which they were written."""
        with self.database.read() as session:
            return list(session.scalars(select(Intent).order_by(Intent.id)))

    def intent(self) -> Intent:
        """Return the one intent."""
        (found,) = self.intents()
        return found

    def pay(self, intent: Intent, card: str = GOOD_CARD) -> str:
        """Pay on the hosted page as Ann."""
        assert intent.checkout_id
        return self.world.pay(
            intent.checkout_id, card, email="ann@post.example", name="Ann Example"
        )

    def pages_opened(self) -> int:
        """Return how many pages to pay on were ever opened at Stripe."""
        return len(self.world.all("checkout.session"))

    def state_at_stripe(self, intent: Intent) -> str:
        """Return what state an intent's page is in."""
        found = self.world.get(str(intent.checkout_id))
        assert found
        return str(found["status"])


@contextmanager
def standing_in(folder: Path) -> Iterator[tuple[World, Trouble, str]]:
    """Run a stand-in for Stripe; yield its address, too."""
    port, trouble = free_port(), Trouble()
    address = f"http://127.0.0.1:{port}"
    world = World(folder, "a secret", address=address, seed=7)
    server = listen("127.0.0.1", port, make_server(world, trouble), threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    StripeGateway(KEY, base=address).prepare_products()
    try:
        yield world, trouble, address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        world.close()


@contextmanager
def open_door(database_url: str, folder: Path, **others: str) -> Iterator[Door]:
    """Let a newsroom be open for joining; `others` are settings."""
    database = Database(database_url)
    with standing_in(folder) as (world, trouble, base):
        usual = {
            "STRIPE_KEY": KEY,
            "STRIPE_WEBHOOK_SECRETS": "whsec_rehearsal_only",
            "STRIPE_BASE": base,
            "LOG_LEVEL": "error",
        }
        settings = make_settings(database_url, folder, **{**usual, **others})
        open_campaign(database)
        app = compose(settings, database)
        yield Door(app, app.test_client(), database, settings, world, trouble)
    database.dispose()


def tighten(door: Door) -> None:
    """Have a proof of work asked for, as when somebody tries cards."""
    with door.database.write() as session:
        at = now(session)
        row = Tightening(door=DOOR, since=at, until=at + timedelta(hours=1), looked_at=at)
        row.good, row.tried = 1, 100
        session.add(row)
        session.commit()
    forget_doors(door.database)


def open_campaign(database: Database) -> None:
    """Begin a campaign that takes members already in two currencies, with one tier."""
    with database.write() as session:
        campaign = make_campaign(session, joining_opens_at=now(session) - timedelta(days=1))
        campaign.amounts = AMOUNTS
        tier = Tier(
            key="friend",
            name={"en": "Friend", "uk": "Друг"},
            benefits={"en": ["A letter each month"], "uk": ["Лист щомісяця"]},
            least={"EUR": 1000},
            position=1,
        )
        session.add(tier)
        session.commit()


def paid_page(door: Door, form: str = "/join/", **fields: str) -> str:
    """Send a wish, pay it, and return the path that the hosted page leads to."""
    door.send(form, **fields)
    intent = door.intent()
    assert door.pay(intent) == "paid"
    page = door.world.get(str(intent.checkout_id))
    assert page
    return str(page["success_url"]).removeprefix("http://localhost")


def look(door: Door) -> None:
    """Let the lane look at all that was marked."""
    runtime = Runtime(door.database, door.settings)
    while drain(runtime, gateway_of, handlers(door.settings), AT_ONCE):
        pass
