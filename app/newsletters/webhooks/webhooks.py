"""Webhooks as staff manage them: systems added, removed, enabled; secrets; deliveries once more.

Callers commit.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.core.alarms import clear_alarm
from app.core.bell import ring
from app.core.clock import raw_now
from app.core.errors import UnwalledError
from app.core.orm import table_of
from app.core.outgoing import check_url
from app.core.settings import Settings
from app.newsletters.models import Newsletter
from app.newsletters.telling import LANE
from app.newsletters.webhooks.marking import ALARM, give_up
from app.newsletters.webhooks.models import FAILED, WAITING, WebhookDelivery, WebhookEndpoint
from app.newsletters.webhooks.signing import secret_of
from app.newsletters.webhooks.spreading import start_from_here
from app.newsletters.webhooks.trying import Target

BOTH_HOLD = timedelta(hours=24)
TURNED_OFF = "turned off by staff"

_table = table_of(WebhookDelivery)


class EndpointNameTakenError(UnwalledError):
    """There is a system of this name."""


class NoSuchListError(UnwalledError):
    """There is no newsletter of this name."""


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """Another system that is to be told. No newsletters stands for all of them.

    Attributes:
        name: By which staff know it.
        url: Where it listens.
        events: Of what it is told, by the names of `webhook_spreading.EVENTS`.
        newsletters: Of which newsletters, by their slugs.
    """

    name: str
    url: str
    events: Collection[str]
    newsletters: Collection[str] = ()


def add(
    session: Session, settings: Settings, facts: EndpointFacts, now: datetime
) -> WebhookEndpoint:
    """Tell a system of what happens from now on.

    Raises:
        EndpointNameTakenError: Choose another name.
        NoSuchListError: With the name of the newsletter.
        NotAllowedError: We do not post there.
    """
    check_url(facts.url, private=settings.webhooks_private)
    if find(session, facts.name) is not None:
        raise EndpointNameTakenError(facts.name)
    endpoint = WebhookEndpoint(
        name=facts.name,
        url=facts.url,
        secret_name=secrets.token_hex(16),
        events=sorted(facts.events),
        newsletters=_list_ids(session, facts.newsletters),
        after_id=start_from_here(session),
        created_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def change(
    session: Session, settings: Settings, endpoint: WebhookEndpoint, facts: EndpointFacts
) -> None:
    """Have a system be known, found and told as is given from now on; flushed.

    Raises: as `add`.
    """
    check_url(facts.url, private=settings.webhooks_private)
    other = find(session, facts.name)
    if other is not None and other.id != endpoint.id:
        raise EndpointNameTakenError(facts.name)
    newsletters = _list_ids(session, facts.newsletters)
    if facts.url != endpoint.url:  # what the old address did says nothing of the new one
        endpoint.failing_since = endpoint.rests_until = None
    endpoint.name, endpoint.url = facts.name, facts.url
    endpoint.events, endpoint.newsletters = sorted(facts.events), newsletters
    session.flush()


def turn_off(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Tell a system nothing more until it is enabled, as staff wish; what waits is given up."""
    give_up(session, endpoint, TURNED_OFF, now)
    clear_alarm(session, ALARM, now, endpoint.name)
    session.flush()


def _list_ids(session: Session, slugs: Collection[str]) -> list[int]:
    wanted = select(Newsletter.slug, Newsletter.id).where(Newsletter.slug.in_(slugs))
    ids = {row.slug: row.id for row in session.execute(wanted)}
    if unknown := sorted(set(slugs) - ids.keys()):
        raise NoSuchListError(unknown[0])
    return sorted(ids.values())


def find(session: Session, name: str) -> WebhookEndpoint | None:
    """Return a system by its name."""
    return session.scalar(select(WebhookEndpoint).where(WebhookEndpoint.name == name))


def every(session: Session) -> Sequence[WebhookEndpoint]:
    """Return all systems, disabled ones too."""
    return session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id)).all()


def is_told(session: Session) -> bool:
    """Tell whether any system is to be told of anything."""
    return bool(session.scalar(select(exists().where(WebhookEndpoint.disabled_at.is_(None)))))


def remove(session: Session, endpoint: WebhookEndpoint) -> None:
    """Forget a system, and all that was delivered to it."""
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id))
    session.delete(endpoint)
    session.flush()


def enable(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Tell a system that was disabled what happens from now on."""
    start_from_here(session)
    endpoint.disabled_at = endpoint.disabled_why = None
    endpoint.failing_since = endpoint.rests_until = None
    clear_alarm(session, ALARM, now, endpoint.name)
    session.flush()


def rotate(session: Session, settings: Settings, endpoint: WebhookEndpoint, now: datetime) -> str:
    """Return a new secret; for a day messages are signed with the old one as well."""
    endpoint.old_secret_name, endpoint.old_secret_until = endpoint.secret_name, now + BOTH_HOLD
    endpoint.secret_name = secrets.token_hex(16)
    session.flush()
    return secret_of(settings, endpoint.secret_name)


def targets(
    session: Session, settings: Settings, ids: Collection[int], now: datetime
) -> Mapping[int, Target]:
    """Return where to deliver to, and what to sign with, by the endpoint's id."""
    found: dict[int, Target] = {}
    for one in session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.id.in_(ids))):
        names = [one.secret_name]
        if one.old_secret_name and one.old_secret_until and now < one.old_secret_until:
            names.append(one.old_secret_name)
        keys = [secret_of(settings, name) for name in names]
        found[one.id] = Target(one.id, one.url, keys, settings.webhooks_private)
    return found


def queue_test(session: Session, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Have a test delivered, like any other event."""
    made = WebhookDelivery(endpoint_id=endpoint.id, created_at=now, due_at=now, state=WAITING)
    session.add(made)
    session.flush()
    ring(session, LANE)
    return made


def deliveries(
    session: Session, endpoint: WebhookEndpoint, limit: int, state: str | None = None
) -> Sequence[WebhookDelivery]:
    """Return the log of a system, the newest first."""
    wanted = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
    if state is not None:
        wanted = wanted.where(WebhookDelivery.state == state)
    return session.scalars(wanted.order_by(WebhookDelivery.id.desc()).limit(limit)).all()


def redeliver(
    session: Session, now: datetime, *, ids: Collection[int] = (), failed_of: int | None = None
) -> int:
    """Have deliveries tried anew at once, whatever became of them; return how many those were.

    Args:
        session: Flushed, not committed.
        now: The domain's present moment.
        ids: Which.
        failed_of: All that failed of an endpoint, given by its id.
    """
    columns = _table.c
    which: ColumnElement[bool] = columns.id.in_(ids)
    if failed_of is not None:
        which = and_(columns.endpoint_id == failed_of, columns.state == FAILED)
    enabled = select(WebhookEndpoint.id).where(WebhookEndpoint.disabled_at.is_(None))
    is_free = or_(columns.leased_until.is_(None), columns.leased_until < raw_now())
    fresh = {"state": WAITING, "done_at": None, "due_at": now, "attempts": 0, "lost": 0}
    again = (
        update(_table)
        .where(which, is_free, columns.endpoint_id.in_(enabled))
        .values(**fresh, lease=None, leased_until=None, parked_at=None)
        .returning(columns.id, columns.endpoint_id)
    )
    found = session.execute(again).all()
    if found:
        session.execute(
            update(WebhookEndpoint)
            .where(WebhookEndpoint.id.in_({row.endpoint_id for row in found}))
            .values(rests_until=None)
        )
        ring(session, LANE)
    return len(found)


def forget(session: Session, before: datetime) -> None:
    """Delete from the log what ended before a moment."""
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.done_at < before))
