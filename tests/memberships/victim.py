"""A process that does one thing of the site's, to be killed at a failpoint: `python -m ... <act>`.

`join <nonce>` presses the button, `unwritten <nonce>` dies when Stripe has just answered, `hook`
takes the event on standard input, `drain` looks at what is marked, `work` goes on doing so.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask.testing import FlaskClient

from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.memberships.handling import handlers
from app.payments.jobs import drain as drain_batch
from app.payments.serving import gateway_of
from app.payments.stripe_gateway import StripeGateway
from tests.memberships.account.making import AT_ONCE

IDLE_SECONDS = 0.05
CHOICE = {
    "currency": "EUR",
    "for": "me",
    "interval": "monthly",
    "amount_monthly": "1000",
    "amount_yearly": "10000",
    "amount_once": "2500",
    "amount_twelve": "5000",
}


def join(client: FlaskClient, nonce: str) -> int:
    """Press the button of the form."""
    return client.post("/join/", data={**CHOICE, "nonce": nonce}).status_code


def unwritten(client: FlaskClient, nonce: str) -> int:
    """Press it, and die before Stripe's answer is written down."""
    asked = StripeGateway.open_checkout

    def answered(*args: Any) -> None:  # noqa: ANN401 - handed on
        asked(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    StripeGateway.open_checkout = answered  # type: ignore[method-assign,assignment] # dies there
    return join(client, nonce)


def hook(client: FlaskClient, signature: str) -> int:
    """Take one event."""
    body = sys.stdin.buffer.read()
    headers = {"Stripe-Signature": signature}
    return client.post("/webhooks/stripe", data=body, headers=headers).status_code


def look(runtime: Runtime, *, forever: bool) -> None:
    """Look at a batch, or at all that comes."""
    while True:
        found = drain_batch(runtime, gateway_of, handlers(runtime.settings), AT_ONCE)
        if not forever:
            return
        if not found:
            time.sleep(IDLE_SECONDS)


def main(act: str, *words: str) -> None:
    """Do one thing, and say how it ended."""
    settings = Settings.from_environment(os.environ)
    database = Database(settings.database_url)
    if act in {"drain", "work"}:
        look(Runtime(database, settings), forever=act == "work")
        return
    acts: dict[str, Callable[[FlaskClient, str], int]] = {
        "join": join,
        "unwritten": unwritten,
        "hook": hook,
    }
    status = acts[act](compose(settings, database).test_client(), *words)
    sys.stdout.write(f"{HTTPStatus(status).value}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
