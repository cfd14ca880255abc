"""Wishes of which nothing was heard: asked after, under their own key, until it is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.core.clock import now
from app.core.settings import Settings
from app.core.work import Runtime
from app.memberships.joining import sweeping
from app.memberships.joining.models import Intent
from app.memberships.joining.sweeping import Sweep, mark_due
from app.payments.gateway import Gateway
from app.payments.models import DirtyKey
from app.payments.stripe_gateway import StripeGateway
from tests.mail.making import advance
from tests.memberships.account.making import AT_ONCE
from tests.memberships.joining.making import KEY, Door, open_door


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as opened:
        yield opened


def gateway(door: Door) -> StripeGateway:
    return StripeGateway(KEY, base=door.settings.stripe_base)


def ask(door: Door) -> int:
    return Sweep(door.database, gateway(door), door.settings, AT_ONCE).ask_due()


def change(door: Door, **values: object) -> None:
    with door.database.write() as session:
        session.execute(update(Intent).values(values))
        session.commit()


def lose_page(door: Door) -> None:
    """Forget which page was opened, as if the process had died before it wrote that down."""
    change(door, checkout_id=None, checkout_url=None)


def marked(door: Door) -> set[tuple[str, str]]:
    with door.database.read() as session:
        return {(one.kind, one.object_id) for one in session.scalars(select(DirtyKey))}


def minutes_until_look(door: Door) -> int:
    with door.database.read() as session:
        moment: datetime = now(session)
    look_at = door.intent().look_at
    assert look_at is not None
    return round((look_at - moment) / timedelta(minutes=1))


def test_a_page_is_looked_at_once_its_moment_has_come(door: Door) -> None:
    door.send()
    assert mark_due(door.database) == 0
    advance(door.database, minutes=3)

    assert mark_due(door.database) == 1
    assert marked(door) == {("checkout", str(door.intent().checkout_id))}
    assert mark_due(door.database) == 0


def test_it_is_asked_after_less_and_less_often_but_soon_after_its_page_is_over(door: Door) -> None:
    door.send()
    waits = []
    for _ in range(9):
        advance(door.database, minutes=minutes_until_look(door) + 1)
        mark_due(door.database)
        waits.append(minutes_until_look(door))

    assert waits[:3] == [4, 8, 15]
    assert waits[3:5] == [32, 64]
    assert waits[-1] == 360


@pytest.mark.parametrize("state", ["paid", "failed", "expired", "replaced"])
def test_nobody_asks_after_what_is_settled(door: Door, state: str) -> None:
    door.send()
    change(door, state=state)
    advance(door.database, minutes=3)

    assert mark_due(door.database) == 0


def test_money_on_its_way_is_asked_after(door: Door) -> None:
    door.send()
    change(door, state="processing")
    advance(door.database, minutes=3)

    assert mark_due(door.database) == 1


@pytest.mark.parametrize(("state", "ends"), [("open", "expired"), ("processing", "failed")])
def test_after_a_month_it_is_asked_after_once_more_and_given_up(
    door: Door, state: str, ends: str
) -> None:
    door.send()
    change(door, state=state)
    advance(door.database, days=31)

    assert mark_due(door.database) == 1
    assert (door.intent().state, door.intent().look_at) == (ends, None)
    advance(door.database, days=1)
    assert mark_due(door.database) == 0


def test_more_than_one_batch_is_marked(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "MARKED_AT_ONCE", 2)
    for _ in range(5):
        door.send()
    advance(door.database, minutes=3)

    assert mark_due(door.database) == 5
    assert len(marked(door)) == 5


def test_a_page_that_was_opened_and_not_written_down_is_found_again(door: Door) -> None:
    door.send()
    page = door.intent().checkout_id
    lose_page(door)
    advance(door.database, minutes=3)

    assert ask(door) == 1
    assert door.intent().checkout_id == page
    assert door.pages_opened() == 1
    assert marked(door) == {("checkout", str(page))}


def test_a_wish_for_which_no_page_was_opened_ends(door: Door) -> None:
    door.trouble.down = 3
    assert door.send().status_code == 503
    advance(door.database, minutes=3)
    door.world.advance(180)

    assert ask(door) == 0
    assert door.pages_opened() == 0
    assert (door.intent().state, door.intent().look_at) == ("expired", None)
    assert door.intent().settled_at is not None


def test_while_stripe_is_silent_it_stays_open(door: Door) -> None:
    door.send()
    lose_page(door)
    advance(door.database, minutes=3)
    door.trouble.down = 3

    assert ask(door) == 0
    assert (door.intent().state, door.intent().checkout_id) == ("open", None)
    assert minutes_until_look(door) == 4


def test_a_key_that_stripe_has_forgotten_is_not_used_again(door: Door) -> None:
    door.send()
    lose_page(door)
    advance(door.database, hours=24)
    change(door, look_at=door.intent().created_at)

    assert ask(door) == 0
    assert door.intent().state == "expired"
    assert door.pages_opened() == 1


def test_a_page_of_a_wish_that_was_replaced_meanwhile_is_closed(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.send()
    page = door.intent().checkout_id
    lose_page(door)
    advance(door.database, minutes=3)
    asked = StripeGateway.open_checkout

    def replaced(*args: object) -> object:
        change(door, state="replaced", look_at=None)
        return asked(*args)  # type: ignore[arg-type] # handed on

    monkeypatch.setattr(StripeGateway, "open_checkout", replaced)

    assert ask(door) == 1
    assert door.state_at_stripe(door.intent()) == "expired"
    assert door.intent().checkout_id == page


def refused(_settings: Settings) -> Gateway:
    raise AssertionError("nobody is to be asked")


def test_the_cron_does_both_and_nothing_without_a_key(door: Door) -> None:
    door.send()
    door.send()
    first, second = door.intents()
    with door.database.write() as session:
        session.get_one(Intent, first.id).checkout_id = None
        session.commit()
    advance(door.database, minutes=3)
    keyless = replace(door.settings, stripe_key="")
    sweeping.sweeping(refused).run(Runtime(door.database, keyless))
    assert marked(door) == set()
    sweeping.sweeping().run(Runtime(door.database, door.settings))

    assert marked(door) == {("checkout", str(one.checkout_id)) for one in (first, second)}
