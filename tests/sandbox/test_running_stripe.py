"""`make run` and Stripe: the stand-in that it starts, its clock, and a test account instead."""

import signal
import socket
import sqlite3
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.payments.stripe_asking import PRODUCTS
from app.sandbox.stripe.serving import StandIn, serve
from tests.newsroom import PATIENCE, Newsroom, Ports, copy_project, fetch, listens, running, start
from tests.ports import free_port

MONTH = 28 * 86_400


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "a clone")


@pytest.fixture
def account(tmp_path: Path) -> Iterator[StandIn]:
    """What somebody's own test account would be: elsewhere, and not ours to start."""
    other = serve(tmp_path / "account", free_port(), "http://localhost:1", "whsec_of_somebody")
    yield other
    other.shutdown()


def keys_of(account: StandIn) -> dict[str, str]:
    return {
        "STRIPE_KEY": "sk_test_of_somebody",
        "STRIPE_WEBHOOK_SECRETS": "whsec_of_somebody",
        "STRIPE_BASE": account.address,
    }


def kept(clone: Path) -> dict[str, str]:
    """Return what the clone keeps of Stripe."""
    lines = (clone / "instance/settings.env").read_text().splitlines()
    pairs = (line.partition("=") for line in lines)
    return {name: text for name, _, text in pairs if "_STRIPE_" in name}


def ahead(clone: Path) -> int:
    """Return how far the site's clock is ahead."""
    with closing(sqlite3.connect(clone / "instance/unwalled.sqlite3")) as database:
        (seconds,) = database.execute("SELECT seconds FROM clock_offset").fetchone()
    return int(seconds)


def press(newsroom: Newsroom, path: str, **form: str) -> None:
    """Press a button on the stand-in's control page."""
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(newsroom.stripe + path, data=data, timeout=10) as answer:
        assert answer.status == 200


def stop(newsroom: Newsroom) -> None:
    newsroom.process.send_signal(signal.SIGTERM)
    newsroom.process.wait(PATIENCE)


def test_a_month_passes_for_the_stand_in_and_for_the_site_and_a_restart_keeps_it(
    clone: Path,
) -> None:
    with running(clone) as newsroom:
        assert "Control" in fetch(newsroom.stripe)
        assert ahead(clone) == 0
        press(newsroom, "/clock", step="month")
        assert ahead(clone) >= MONTH
        before, keys = ahead(clone), kept(clone)
        stop(newsroom)
    with closing(sqlite3.connect(clone / "instance/unwalled.sqlite3")) as database:
        database.execute("UPDATE clock_offset SET seconds = seconds + 60")
        database.commit()
    with running(clone) as newsroom:
        press(newsroom, "/clock", step="day")

        assert ahead(clone) == before + 60 + 86_400
        assert kept(clone) | {"UNWALLED_STRIPE_BASE": ""} == keys | {"UNWALLED_STRIPE_BASE": ""}
        assert kept(clone)["UNWALLED_STRIPE_BASE"] == newsroom.stripe


def test_keys_of_a_test_account_in_the_environment_take_its_place(
    clone: Path, account: StandIn
) -> None:
    with running(clone, **keys_of(account)) as newsroom:
        assert not listens(newsroom.ports.stripe)
        assert "your own test account" in newsroom.said
        assert kept(clone) == {f"UNWALLED_{name}": one for name, one in keys_of(account).items()}
        assert {one["id"] for one in account.world.all("product")} == set(PRODUCTS)
        stop(newsroom)
    with running(clone) as newsroom:
        assert listens(newsroom.ports.stripe)
        assert "somebody" not in "".join(kept(clone).values())


def test_the_port_of_the_stand_in_may_be_taken_where_it_is_not_started(
    clone: Path, account: StandIn
) -> None:
    ports = Ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports.stripe))
        taken.listen()
        ports.site = ports.mail
        process = start(clone, ports, **keys_of(account))
        said, _ = process.communicate(timeout=PATIENCE)

    assert said.strip() == "PORT, MAIL_PORT and MAILBOX_PORT must be different ports."


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"STRIPE_KEY": "sk_live_of_somebody", "STRIPE_WEBHOOK_SECRETS": "whsec_of_somebody"},
         "is a live key"),
        ({"STRIPE_KEY": "sk_test_of_somebody"}, "copy the endpoint's from Stripe"),
        ({"STRIPE_KEY": "pk_test_of_somebody"}, "cannot be what it is set to"),
        ({"STRIPE_KEY": "sk_test_of_somebody", "STRIPE_WEBHOOK_SECRETS": "whsec_of_somebody",
          "STRIPE_BASE": "http://127.0.0.1:9"}, "Stripe does not answer"),
    ],
)  # fmt: skip
def test_keys_that_will_not_do_are_one_sentence(
    clone: Path, settings: dict[str, str], sentence: str
) -> None:
    process = start(clone, Ports(), **settings)
    said, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode not in {0, None}
    assert sentence in said
    assert said.count("\n") == 1
    assert "of_somebody" not in said
