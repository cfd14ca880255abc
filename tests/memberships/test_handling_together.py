"""Several workers who look at what belongs together, at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from app.core.database import Database
from app.core.settings import Settings
from app.memberships.handling import handlers
from app.memberships.money_models import Customer, Membership, Refund
from app.payments.looking_now import sync_now
from app.payments.models import DirtyKey
from app.payments.sync import Sync
from app.people.models import Person
from tests.memberships.account.making import AT_ONCE
from tests.memberships.money_making import GOOD, KINDS, Newsroom, newsroom

WORKERS = 6


@pytest.fixture
def news(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(database, settings, tmp_path) as opened:
        yield opened


def look_together(news: Newsroom) -> None:
    """Look at everything at once, each object by a worker of its own; then at what is left."""
    found = [(KINDS[kind], one["id"]) for kind in KINDS for one in news.world.all(kind)]
    start = Barrier(WORKERS)

    def look(place: int) -> None:
        start.wait()
        for kind, object_id in found[place::WORKERS]:
            ours = handlers(news.settings)
            sync_now(Sync(news.database, news.gateway, ours, AT_ONCE), kind, object_id)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(look, range(WORKERS)))
    with news.database.read() as session:
        assert session.scalars(select(DirtyKey.failures).where(DirtyKey.failures > 0)).all() == []
    news.drain()


def test_one_supporter_seen_by_many_at_once_is_one_person(news: Newsroom) -> None:
    first, second = news.join(), news.join()
    news.give()
    news.give("gift_membership")
    look_together(news)

    assert len(news.rows(Person)) == 1
    assert len(news.rows(Customer)) == len(news.payments()) == 4
    assert {one.subscription_id for one in news.rows(Membership)} == {first, second}
    assert {name for name, _, _ in news.stretches()} == {first, second}
    assert news.notices().count("receipt") == 4
    assert news.notices().count("welcome") == 2


def test_a_refund_seen_from_two_sides_at_once_is_one_row(news: Newsroom) -> None:
    news.join(GOOD)
    (intent,) = news.world.all("payment_intent")
    news.look()
    news.advance(2)
    news.world.refund(intent["id"], 100)
    news.world.refund(intent["id"], 600)
    look_together(news)

    assert sorted(one.amount_minor for one in news.rows(Refund)) == [100, 600]
    assert [one.refunded_minor for one in news.payments()] == [700]
    assert news.notices().count("refunded") == 2
