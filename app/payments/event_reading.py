"""Reading Stripe's list of events: what a webhook did not bring is found here, minutes later.

The same event has another id in the list than as a thin one at the webhook. It is known again by
its type, its object and its second; else every object would be looked at twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeAlias

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.pace import Pace
from app.core.settings import Settings
from app.core.work import Cron, Runtime
from app.payments import serving
from app.payments.gateway import EventSeen, Gateway, GatewayDownError
from app.payments.inbox import receive
from app.payments.jobs import READS
from app.payments.kinds import kind_of
from app.payments.models import EventCursor, StripeEvent

CURSOR_ID = 1
OVERLAP = timedelta(hours=1)
"""How much is read again: the list may show an event later than one that is younger."""

PAGE = 100
THIN = "v1."

Sign: TypeAlias = tuple[str, str, int]
"""An event's type, its object, and the second in which it happened."""

log = structlog.get_logger(__name__)


def reading(gateway_of: Callable[[Settings], Gateway] = serving.gateway_of) -> Cron:
    """Return the cron that reads the list every five minutes; nothing while no key is set."""

    def run(runtime: Runtime) -> None:
        settings = runtime.settings
        if not settings.stripe_key:
            return
        try:
            found = read_events(
                runtime.database, gateway_of(settings), READS, live=settings.stripe_is_live
            )
        except GatewayDownError as error:
            log.warning("Stripe's events were not read", error=error.sentence)
            return
        if found:
            log.info("events were found that no webhook brought", events=found)

    return Cron("payments.events", "*/5 * * * *", run)


def read_events(database: Database, gateway: Gateway, pace: Pace, *, live: bool) -> int:
    """Take in all events since the last reading; return how many were new.

    How far it came is kept only once all were taken, by Stripe's own time: a reading that is
    broken off is done again, and whoever's clock goes wrong, nothing is left out. The very first
    begins an hour ago; what was before that, the recount finds.

    Args:
        database: Ours; the caller holds nothing of it.
        gateway: Asked for the list.
        pace: Waited for before each page of it.
        live: Whether events are to be about real money.

    Raises:
        GatewayError: The list cannot be read to its end.
    """
    with database.read() as session:
        through = read_through(session) or now(session)
    events = gateway.events_since(through - OVERLAP, None)
    newest: EventSeen | None = None
    listed: Counter[Sign] = Counter()
    found = 0
    for page in _pages(events, pace):
        newest = newest or page[0]
        ours = [event for event in page if event.live is live]
        found += sum(receive(database, event) for event in _untold(database, ours, listed))
    _keep(database, max(through, newest.created_at) if newest else through, newest)
    return found


def read_through(session: Session) -> datetime | None:
    """Return how far the list was read, in Stripe's time; None if it never was."""
    return session.scalar(select(EventCursor.read_through).where(EventCursor.id == CURSOR_ID))


def _pages(events: Iterator[EventSeen], pace: Pace) -> Iterator[list[EventSeen]]:
    while True:
        pace.wait()
        page = list(islice(events, PAGE))
        if not page:
            return
        yield page


def _untold(
    database: Database, page: Sequence[EventSeen], listed: Counter[Sign]
) -> list[EventSeen]:
    """Return those of a page that have not come in either form, oldest first.

    Args:
        database: Ours.
        page: Of the list, newest first.
        listed: How often each sign was on the list so far; a thin event tells of one of them.
    """
    with database.read() as session:
        known, thin = _known(session, page), _thin(session, page)
    untold = []
    for event in page:
        sign = _sign(event.type, event.object_id, event.created_at)
        listed[sign] += 1
        if event.id not in known and listed[sign] > thin[sign]:
            untold.append(event)
    return untold[::-1]


def _sign(event_type: str, object_id: str, created_at: datetime) -> Sign:
    return event_type.removeprefix(THIN), object_id, int(created_at.timestamp())


def _known(session: Session, page: Sequence[EventSeen]) -> set[str]:
    ids = [event.id for event in page]
    return set(session.scalars(select(StripeEvent.event_id).where(StripeEvent.event_id.in_(ids))))


def _thin(session: Session, page: Sequence[EventSeen]) -> Counter[Sign]:
    """Count the thin events about the objects of a page."""
    columns = (StripeEvent.type, StripeEvent.object_id, StripeEvent.created_at)
    came = select(*columns).where(
        StripeEvent.object_id.in_([event.object_id for event in page if event.object_id]),
        StripeEvent.object_kind.in_([kind_of(event.type) or event.object_kind for event in page]),
        StripeEvent.type.startswith(THIN),
    )
    return Counter(_sign(*row) for row in session.execute(came))


def _keep(database: Database, through: datetime, newest: EventSeen | None) -> None:
    """Write down how far it came; another reading may have come further."""
    with database.write() as session:
        kept = read_through(session)
        if kept is None or through > kept:
            session.execute(_keeping(session, through, newest.id if newest else None))
            session.commit()


def _keeping(session: Session, through: datetime, event_id: str | None) -> Any:  # noqa: ANN401 - either dialect's insert
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    put = dialect.insert(EventCursor).values(id=CURSOR_ID, event_id=event_id, read_through=through)
    is_later = EventCursor.read_through < put.excluded.read_through
    return put.on_conflict_do_update(
        index_elements=["id"],
        set_={"event_id": put.excluded.event_id, "read_through": put.excluded.read_through},
        where=is_later,
    )
