"""`flask webhooks`: systems added, looked at, told again, and removed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask

from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.newsletters.webhooks.jobs import drain
from tests.newsletters.webhooks.receivers import Receiver, answering, listening


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


@pytest.fixture
def ours(settings: Settings) -> Settings:
    return replace(settings, webhooks_private=True)


@pytest.fixture
def app(ours: Settings, database: Database) -> Flask:
    return compose(ours, database)


def webhooks(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["webhooks", *words])


def test_a_system_is_added_tried_and_looked_at(
    app: Flask, ours: Settings, database: Database, receiver: Receiver
) -> None:
    assert webhooks(app, "list").output == "No system is told of anything.\n"
    added = webhooks(app, "add", "crm", receiver.url, "--event", "confirmed")
    assert added.stdout.startswith("whsec_")
    assert added.stdout.strip() not in webhooks(app, "list").output

    assert "on its way" in webhooks(app, "test", "crm").output
    drain(Runtime(database, ours))

    assert receiver.types() == ["test"]
    assert "  delivered  1 try  204 in " in webhooks(app, "deliveries", "crm").output
    assert webhooks(app, "list").output == f"crm  {receiver.url}  confirmed  well\n"
    assert webhooks(app, "rotate", "crm").stdout != added.stdout


def test_what_failed_is_told_again_at_a_word(
    app: Flask, ours: Settings, database: Database, receiver: Receiver
) -> None:
    webhooks(app, "add", "crm", receiver.url)
    webhooks(app, "test", "crm")
    receiver.does(answering(410))
    drain(Runtime(database, ours))
    assert "disabled" in webhooks(app, "list").output
    assert "is disabled" in webhooks(app, "redeliver", "--failed", "crm").stderr

    webhooks(app, "enable", "crm")
    assert webhooks(app, "redeliver", "--failed", "crm").output == "1 delivery is due now.\n"
    drain(Runtime(database, ours))
    [number] = [line.split()[0] for line in webhooks(app, "deliveries", "crm").output.splitlines()]
    webhooks(app, "redeliver", number)
    drain(Runtime(database, ours))

    assert [one.id for one in receiver.got] == [f"test_{number}"] * 3


def test_a_system_that_is_removed_leaves_nothing(app: Flask, receiver: Receiver) -> None:
    webhooks(app, "add", "crm", receiver.url)
    webhooks(app, "test", "crm")

    assert webhooks(app, "remove", "crm").output == "crm is told nothing more.\n"
    assert "There is no system crm" in webhooks(app, "deliveries", "crm").stderr


def test_who_wants_plain_http_is_told_what_allows_it(
    settings: Settings, database: Database
) -> None:
    result = webhooks(compose(settings, database), "add", "crm", "http://127.0.0.1:9/")

    assert result.exit_code == 2
    assert "set UNWALLED_WEBHOOKS_PRIVATE=yes." in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "crm", "ftp://example.org/"], "has to begin with https://"),
        (["add", "crm", "https://example.org/", "--list", "none"], "no newsletter none"),
        (["remove", "crm"], "There is no system crm"),
        (["redeliver"], "Say which"),
        (["redeliver", "17"], "None of these"),
    ],
)
def test_a_mistake_ends_in_a_sentence(app: Flask, words: list[str], said: str) -> None:
    result = webhooks(app, *words)

    assert result.exit_code == 2
    assert said in result.stderr
