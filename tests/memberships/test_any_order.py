"""Whatever was looked at, how often and in whichever order: the tables end equal."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from app.core.database import Database
from app.core.settings import Settings
from app.memberships.joining.models import Intent
from app.payments.gateway import GatewayError
from app.sandbox.stripe.errors import StripeError
from tests.memberships.money_making import FAILS_LATER, GOOD, Newsroom, newsroom
from tests.memberships.money_shown import shown
from tests.schema import migrate

CARDS = (GOOD, GOOD, FAILS_LATER, "4000000000000259", "4000000000007726", "4000000000005126",
         "AT611904300234573201", "AT861904300234573202", "4000000000005423")  # fmt: skip
PEOPLE = ("ann@post.example", "ben@post.example", "cyd@post.example")
STEPS = 14
ORIGINAL = {"state": "open", "person_id": None, "customer_id": None, "settled_at": None}


@pytest.fixture
def news(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(database, settings, tmp_path) as opened:
        yield opened


@pytest.fixture
def other(news: Newsroom, settings: Settings, tmp_path: Path) -> Iterator[Newsroom]:
    """A newsroom that hears of nothing until all has happened."""
    url = f"sqlite:///{tmp_path}/other.sqlite3"
    migrate(url)
    opened = Database(url)
    yield Newsroom(opened, settings, news.world, news.gateway)
    opened.dispose()


class Drive:
    """People who do what comes to their minds, by a seed."""

    def __init__(self, news: Newsroom, seed: int) -> None:
        self.news = news
        self.dice = random.Random(seed)  # noqa: S311 - no secret

    def step(self) -> None:
        """Let one thing happen; what Stripe does not allow just now does not."""
        acts: list[Callable[[], object]] = [
            *[self._pay] * 3, self._change, self._change, self._refund, self._refund,
            self._fail_refund, self._dispute, self._settle, self._warn, self._delete,
            *[lambda: self.news.advance(self.dice.randint(1, 25))] * 4,
        ]  # fmt: skip
        with suppress(StripeError, GatewayError, IndexError):
            self.dice.choice(acts)()

    def _one(self, kind: str) -> str:
        found = sorted(str(one["id"]) for one in self.news.world.all(kind))
        return found[self.dice.randrange(100) % len(found)] if found else found[0]

    def _pay(self) -> None:
        kind = self.dice.choice(["membership", "membership", "gift", "gift_membership", "given"])
        who = self.dice.choice(PEOPLE)
        wish = self.news.wish(kind, wall_name=self.dice.choice([None, f"The {kind} of {who[:3]}"]))
        self.news.pay(wish, self.dice.choice(CARDS), email=who, name=who[:3])

    def _change(self) -> None:
        gateway, key = self.news.gateway, str(self.dice.random())
        changes = [gateway.cancel, gateway.undo_cancel, gateway.pause, gateway.resume,
                   gateway.end_now]  # fmt: skip
        self.dice.choice(changes)(self._one("subscription"), key)

    def _refund(self) -> None:
        self.news.world.refund(self._one("payment_intent"), self.dice.choice([None, 100]))

    def _fail_refund(self) -> None:
        self.news.world.fail_refund(self._one("refund"))

    def _dispute(self) -> None:
        self.news.world.dispute(self._one("payment_intent"), warning=self.dice.random() < 0.3)

    def _settle(self) -> None:
        self.news.world.settle_dispute(self._one("dispute"), won=self.dice.random() < 0.6)

    def _warn(self) -> None:
        self.news.world.warn(self._one("payment_intent"))

    def _delete(self) -> None:
        if self.dice.random() < 0.2:
            self.news.world.delete_customer(self._one("customer"))


def copy_wishes(news: Newsroom, other: Newsroom) -> None:
    """Write another newsroom's wishes down as they were before anybody paid."""
    with news.database.read() as session:
        rows = [
            {one.key: one.value for one in inspect(row).attrs}
            for row in session.scalars(select(Intent))
        ]
    with other.database.write() as session:
        session.add_all(Intent(**{**row, **ORIGINAL, "look_at": row["created_at"]}) for row in rows)
        session.commit()


@pytest.mark.parametrize("seed", range(3))
def test_the_tables_end_equal(news: Newsroom, other: Newsroom, seed: int) -> None:
    drive = Drive(news, seed)
    news.join()
    for step in range(STEPS):
        drive.step()
        news.look(seed=step, share=0.4)
    copy_wishes(news, other)
    news.look(seed=seed)
    other.look(seed=seed + 100)

    assert shown(other.database) == shown(news.database)
    assert news.payments()
