"""Sites that hear of what happens at the stand-in for Stripe, and how badly it answers them."""

import json
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import stripe
from sqlalchemy import update

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.memberships.handling import handlers
from app.payments.event_reading import read_events
from app.payments.gateway import EventSeen, Gateway, GatewayDownError, GatewayError
from app.payments.inbox import receive
from app.payments.jobs import drain
from app.payments.models import DirtyKey
from app.payments.stripe_events import read_event
from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.api import Trouble
from app.sandbox.stripe.events import body_of, signature
from app.sandbox.stripe.params import nested
from app.sandbox.stripe.world import World
from tests.memberships.account.making import AT_ONCE
from tests.payments.making import LONG_AGO

SECRET = "whsec_storm"
KILLED, SILENT = 0.01, 0.03


class KilledError(BaseException):
    """The process dies here, as far as the code can tell."""


class Direct(stripe.HTTPClient):
    """Carries requests to the stand-in within this very process: a storm asks very often."""

    name = "direct"

    def __init__(self, world: World, trouble: Trouble) -> None:
        super().__init__()
        self._world, self._trouble = world, trouble

    def request(  # type: ignore[override] # `_usage` is never passed on
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: str | None = None,
    ) -> tuple[Any, int, Mapping[str, str]]:
        """Ask, or fail before or after it was done."""
        happens, said, parts = self._trouble.next(), headers or {}, urlsplit(url)
        if happens == "down":
            return _fault()
        params = nested(parse_qsl(post_data or parts.query, keep_blank_values=True))
        key, version = (said.get(name) for name in ("Idempotency-Key", "Stripe-Version"))
        status, body = self._world.request(method.upper(), parts.path, params, key, version)
        return _fault() if happens == "lost" else (json.dumps(body), status, {})


def _fault() -> tuple[str, int, Mapping[str, str]]:
    return json.dumps({"error": {"type": "api_error", "message": "An error."}}), 500, {}


@dataclass
class Site:
    """One newsroom's rows, and what it hears."""

    database: Database
    settings: Settings
    gateway: Gateway

    def take(self, event: Mapping[str, Any], form: Literal["thin", "snapshot"]) -> None:
        """Take an event, as it comes signed to the webhook."""
        receive(self.database, _seen(event, form))

    @property
    def now(self) -> datetime:
        """Its present moment."""
        with self.database.read() as session:
            return now(session)

    def drain(self) -> int:
        """Look at a batch of what is marked."""
        runtime = Runtime(self.database, self.settings)
        return drain(runtime, lambda _settings: self.gateway, handlers(self.settings), AT_ONCE)

    def drain_all(self) -> None:
        """Look at all that is marked, and at what was put off, until nothing is open."""
        while self.drain() or self.hurry():
            pass

    def hurry(self) -> bool:
        """Let what was put off be due, and leases of the dead run out; tell if there was any."""
        with self.database.write() as session:
            still = update(DirtyKey).where(DirtyKey.done_at.is_(None))
            values = {"due_at": LONG_AGO, "leased_until": None, "lease": None, "parked_at": None}
            found = session.execute(
                still.values(values), execution_options={"preserve_rowcount": True}
            )
            session.commit()
        return bool(found.rowcount)  # type: ignore[attr-defined] # of an update's result

    def read_list(self) -> None:
        """Read Stripe's list of events; silence is borne with."""
        with suppress(GatewayError):
            read_events(self.database, self.gateway, AT_ONCE, live=False)


def _seen(event: Mapping[str, Any], form: Literal["thin", "snapshot"]) -> EventSeen:
    moment = datetime.fromtimestamp(event["created"], UTC)
    body = body_of(dict(event), form)
    return read_event(body, signature(body, SECRET, event["created"]), [SECRET], moment)


@dataclass
class Hostile:
    """A gateway for a site in a storm: silent now and then, deadly seldom."""

    gateway: StripeGateway
    chance: random.Random
    calm: bool = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any of the gateway's calls
        call = getattr(self.gateway, name)

        def asked(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - handed on
            luck = 1.0 if self.calm else self.chance.random()
            if luck < KILLED:
                raise KilledError
            if luck < KILLED + SILENT:
                raise GatewayDownError("trouble", "Stripe does not answer.")
            return call(*args, **kwargs)

        return asked
