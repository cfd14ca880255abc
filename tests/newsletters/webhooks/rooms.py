"""A newsroom with other systems that listen, and its lane of webhooks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.core.alarms import Alarm
from app.core.clock import now
from app.core.settings import Settings
from app.core.work import Runtime
from app.newsletters.models import Consent
from app.newsletters.webhooks import jobs, webhooks
from app.newsletters.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.newsletters.webhooks.signing import secret_of
from app.newsletters.webhooks.spreading import EVENTS
from tests.newsletters.making import Newsroom
from tests.newsletters.webhooks.receivers import Receiver


@dataclass
class Room:
    """Everything around webhooks, without an engine: the lane runs when told."""

    newsroom: Newsroom
    receiver: Receiver

    @property
    def settings(self) -> Settings:
        """Settings under which this very machine may be told."""
        return replace(self.newsroom.settings, webhooks_private=True)

    def listens(
        self,
        name: str = "crm",
        url: str = "",
        events: Iterable[str] = tuple(EVENTS.values()),
        newsletters: tuple[str, ...] = (),
    ) -> str:
        """Add a system; return its secret."""
        facts = webhooks.EndpointFacts(name, url or self.receiver.url, [*events], newsletters)
        with self.newsroom.database.write() as session:
            made = webhooks.add(session, self.settings, facts, now(session))
            session.commit()
            return secret_of(self.settings, made.secret_name)

    def work(self) -> int:
        """Drain the lane once."""
        return jobs.drain(Runtime(self.newsroom.database, self.settings))

    def happens(self, what: str = "asked", **others: Any) -> int:  # noqa: ANN401 - any column
        """Add to the record of consent; return the id."""
        with self.newsroom.database.write() as session:
            row = consent(what, now(session), self.newsroom.lists["daily"], **others)
            session.add(row)
            session.commit()
            return row.id

    def deliveries(self) -> list[WebhookDelivery]:
        """Return the log, oldest first."""
        with self.newsroom.database.read() as session:
            return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))

    def states(self) -> list[str]:
        """Return what became of each delivery."""
        return [one.state for one in self.deliveries()]

    def endpoint(self) -> WebhookEndpoint:
        """Return the first system."""
        with self.newsroom.database.read() as session:
            return session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id)).all()[0]

    def alarms(self) -> list[tuple[str, str, bool]]:
        """Return what staff are told of, and whether it is over."""
        with self.newsroom.database.read() as session:
            return [(one.kind, one.ref, one.cleared_at is not None) for one in
                    session.scalars(select(Alarm))]  # fmt: skip

    def changes(self, **values: Any) -> None:  # noqa: ANN401 - any column
        """Set columns of every delivery."""
        with self.newsroom.database.write() as session:
            session.execute(update(WebhookDelivery).values(**values))
            session.commit()


def consent(what: str, at: datetime, newsletter: int, **others: Any) -> Consent:  # noqa: ANN401 - any column
    """Return a row of the record."""
    usual = {"person_id": 1, "newsletter_id": newsletter, "what": what, "happened_at": at}
    kept = {"form": "button", "wording": "2026-11", "language": "en"}
    return Consent(**{**usual, **kept, **others})
