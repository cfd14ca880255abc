"""Processes killed wherever something was just committed: no charge that nothing here finds, and
no member without money."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from time import time

import pytest
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.failpoints import NAMED
from app.core.settings import Settings
from app.core.work import Runtime
from app.memberships.comparing import comparison
from app.memberships.handling import handlers
from app.memberships.joining.sweeping import Sweep, mark_due
from app.memberships.money_models import Payment
from app.memberships.queries import current_count
from app.payments.event_reading import read_events
from app.payments.jobs import drain
from app.payments.models import DirtyKey, StripeEvent
from app.payments.reconciling import reconcile
from app.payments.stripe_gateway import StripeGateway
from app.payments.sync import Sync
from app.sandbox.stripe.events import body_of, signature
from tests.mail.making import advance
from tests.memberships.account.making import AT_ONCE
from tests.memberships.joining.making import KEY, Door, open_door
from tests.payments.making import LONG_AGO
from tests.schema import ROOT

SECRET = "whsec_rehearsal_only"
SOAK = pytest.mark.soak


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as opened:
        yield opened


def environment(settings: Settings) -> dict[str, str]:
    """Return what a process is told so that it has these settings."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("UNWALLED")}
    values = {one.metadata["name"]: getattr(settings, one.name) for one in fields(settings)}
    texts = {name: said(value) for name, value in values.items()}
    return kept | {name: text for name, text in texts.items() if text}


def said(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def killed(door: Door, act: str, *words: str, at: str = "", given: bytes = b"") -> None:
    """Do something in a process that is killed at a failpoint, and see that it was."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.memberships.victim", act, *words],
        cwd=ROOT,
        env=environment(door.settings) | {NAMED: at},
        input=given,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def gateway(door: Door) -> StripeGateway:
    return StripeGateway(KEY, base=door.settings.stripe_base)


def sync(door: Door) -> Sync:
    return Sync(door.database, gateway(door), handlers(door.settings), AT_ONCE)


def drain_all(door: Door) -> None:
    """Look at all that is marked, once the leases of the dead have run out."""
    with door.database.write() as session:
        held = update(DirtyKey).where(DirtyKey.lease.is_not(None))
        session.execute(held.values(leased_until=LONG_AGO))
        session.commit()
    runtime = Runtime(door.database, door.settings)
    while drain(runtime, lambda _settings: gateway(door), sync(door).handlers, AT_ONCE):
        pass


def recover(door: Door, minutes: int = 3) -> None:
    """Do what the crons do within some minutes, without any webhook."""
    advance(door.database, minutes=minutes)
    door.world.advance(minutes * 60)
    Sweep(door.database, gateway(door), door.settings, AT_ONCE).ask_due()
    mark_due(door.database)
    read_events(door.database, gateway(door), AT_ONCE, live=False)
    drain_all(door)


def pay_somehow(door: Door) -> None:
    """Pay the one page there is at Stripe, whoever knows of it."""
    (page,) = door.world.all("checkout.session")
    door.world.pay(page["id"], "4242424242424242", email="ann@post.example", name="Ann Example")


def members(door: Door) -> int:
    with door.database.read() as session:
        moment: datetime = now(session)
        found = current_count(session, moment)
    return found.members if found else 0


def count(door: Door, model: type[object]) -> int:
    with door.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def assert_all_is_right(door: Door, charges: int = 1) -> None:
    """Hold what is here against the stand-in's truth."""
    charged = [one for one in door.world.all("payment_intent") if one["status"] == "succeeded"]
    assert len(charged) == count(door, Payment) == members(door) == charges
    assert [one.state for one in door.intents()] == ["paid"] * charges
    assert reconcile(sync(door), comparison()) == ()


@pytest.mark.parametrize(
    ("act", "place"), [("join", "join.intent"), ("unwritten", ""), ("join", "join.checkout")]
)
def test_whoever_presses_again_after_a_death_pays_once(door: Door, act: str, place: str) -> None:
    nonce = door.nonce()
    killed(door, act, nonce, at=place)
    assert door.send(nonce=nonce).status_code == 303
    assert door.pages_opened() == 1
    pay_somehow(door)
    recover(door)

    assert_all_is_right(door)


@pytest.mark.parametrize(
    ("act", "place"), [("unwritten", ""), pytest.param("join", "join.checkout", marks=SOAK)]
)
def test_a_page_whose_opener_died_is_found_even_if_it_is_paid(
    door: Door, act: str, place: str
) -> None:
    killed(door, act, door.nonce(), at=place)
    pay_somehow(door)
    recover(door)

    assert_all_is_right(door)


@pytest.mark.parametrize(
    ("act", "place"),
    [
        pytest.param("join", "join.intent", marks=SOAK),
        ("unwritten", ""),
        pytest.param("join", "join.checkout", marks=SOAK),
    ],
)
def test_whoever_gives_up_after_a_death_is_charged_nothing(
    door: Door, act: str, place: str
) -> None:
    killed(door, act, door.nonce(), at=place)
    recover(door)
    recover(door, minutes=60)
    recover(door, minutes=60)

    assert door.intent().state == "expired"
    assert members(door) == count(door, Payment) == 0
    assert [one["status"] for one in door.world.all("checkout.session")] in ([], ["expired"])


def events(door: Door) -> list[bytes]:
    """Return what Stripe sends of all that happened, oldest first."""
    return [body_of(one, "thin") for one in reversed(door.world.all("event"))]


def signed(body: bytes) -> str:
    return signature(body, SECRET, int(time()))


def joined(door: Door) -> None:
    assert door.send().status_code == 303
    pay_somehow(door)


@pytest.mark.soak
def test_an_event_that_was_taken_by_a_process_that_died_is_taken_once(door: Door) -> None:
    joined(door)
    bodies = events(door)
    completed = next(one for one in bodies if b"checkout.session.completed" in one)
    killed(door, "hook", signed(completed), at="webhook.received", given=completed)
    assert count(door, StripeEvent) == 1
    for body in bodies:  # Stripe had no answer, and sends it again with the rest
        headers = {"Stripe-Signature": signed(body)}
        assert door.client.post("/webhooks/stripe", data=body, headers=headers).status_code == 200
    assert count(door, StripeEvent) == len({json.loads(body)["id"] for body in bodies})
    drain_all(door)

    assert_all_is_right(door)


def test_an_event_that_was_taken_is_enough_though_its_taker_died(door: Door) -> None:
    joined(door)
    completed = next(one for one in events(door) if b"checkout.session.completed" in one)
    killed(door, "hook", signed(completed), at="webhook.received", given=completed)
    drain_all(door)

    assert_all_is_right(door)


@pytest.mark.parametrize(
    ("place", "times"),
    [
        ("sync.seen", 1),
        ("sync.applied", 1),
        pytest.param("sync.seen", 3, marks=SOAK),
        pytest.param("sync.applied", 2, marks=SOAK),
    ],
)
def test_a_look_whose_looker_died_is_taken_again(door: Door, place: str, times: int) -> None:
    joined(door)
    advance(door.database, minutes=3)
    mark_due(door.database)
    for _ in range(times):
        killed(door, "drain", at=place)
        with door.database.write() as session:
            session.execute(update(DirtyKey).values(leased_until=LONG_AGO))
            session.commit()
    drain_all(door)

    assert_all_is_right(door)


@pytest.mark.soak
def test_renewals_and_refunds_survive_a_looker_that_dies_each_time(door: Door) -> None:
    joined(door)
    recover(door)
    advance(door.database, days=31)
    door.world.advance(31 * 86_400)
    read_events(door.database, gateway(door), AT_ONCE, live=False)
    killed(door, "drain", at="sync.applied")
    drain_all(door)
    assert members(door) == 1
    assert count(door, Payment) == 2
    for payment in door.world.all("payment_intent"):
        door.world.refund(payment["id"])
    read_events(door.database, gateway(door), AT_ONCE, live=False)
    killed(door, "drain", at="sync.seen")
    drain_all(door)

    assert members(door) == 0
    assert reconcile(sync(door), comparison()) == ()
