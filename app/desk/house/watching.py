"""Needs that no alarm tells of: they are read from rows each time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.core import heartbeat, parking
from app.core.clock import raw_now
from app.desk.house.needs import Need
from app.memberships.money_models import Membership
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.funnel.queries import wilson
from app.newsletters.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.payments.inbox import OURS
from app.payments.models import StripeEvent

LATE = timedelta(minutes=10)
EVENTS_WITHIN, MOST_EVENTS, FEWEST_EVENTS = timedelta(hours=3), 500, 3
EVENT_LATE = timedelta(minutes=1)
WEEK, MONTH = timedelta(days=7), timedelta(days=28)
FEWEST_ASKED = 50
FALLEN = 0.8
OWN_WAITS = frozenset({WebhookDelivery.__tablename__})
"""Tables whose rows may be late by no fault of ours: another need tells of them."""


def engine_needs(session: Session, now: datetime) -> Iterator[Need]:
    """Yield that nothing works at all, or which table's work waits."""
    if not heartbeat.is_any_alive(session):
        seen = max((one.seen_at for one in heartbeat.everyone(session)), default=now)
        yield Need("no-worker", "", since=seen)
    waiting = []
    for name, table in parking.leased_tables().items():
        if name not in OWN_WAITS:
            row = table.c
            is_free = row.leased_until.is_(None) | (row.leased_until <= raw_now())
            late = (row.due_at < now - LATE) & is_free
            is_open = row.done_at.is_(None) & row.parked_at.is_(None)
            oldest = select(literal(name).label("name"), func.min(row.due_at).label("since"))
            waiting.append(oldest.where(is_open, late))
    for found in session.execute(union_all(*waiting)):
        if found.since is not None:
            yield Need("work-late", found.name, since=found.since)


def parked_needs(session: Session) -> Iterator[Need]:
    """Yield how much work was set aside, over all tables."""
    counted = [
        select(func.count().label("number"), func.min(table.c.parked_at).label("since")).where(
            table.c.parked_at.is_not(None), table.c.done_at.is_(None)
        )
        for table in parking.leased_tables().values()
    ]
    rows = [row for row in session.execute(union_all(*counted)) if row.number]
    if rows:
        since = min(row.since for row in rows)
        yield Need("parked", "", since=since, count=sum(row.number for row in rows))


def is_failing() -> ColumnElement[bool]:
    """Return what the rows of memberships meet that cannot be charged."""
    return Membership.failing_since.is_not(None) & Membership.ended_at.is_(None)


def failing_needs(session: Session) -> Iterator[Need]:
    """Yield how many memberships cannot be charged."""
    counted = select(
        func.count().label("number"), func.min(Membership.failing_since).label("since")
    )
    row = session.execute(counted.where(is_failing())).one()
    if row.number:
        yield Need("failing", "", since=row.since, count=row.number)


def late_events(session: Session, now: datetime) -> Iterator[Need]:
    """Yield that Stripe's events come late: more than half of those of the last hours."""
    lately = (
        select(StripeEvent.created_at, StripeEvent.received_at)
        .where(StripeEvent.received_at > now - EVENTS_WITHIN, StripeEvent.state == OURS)
        .order_by(StripeEvent.received_at.desc())
        .limit(MOST_EVENTS)
    )
    rows = session.execute(lately).all()
    late = [row.received_at for row in rows if row.received_at - row.created_at > EVENT_LATE]
    if len(rows) >= FEWEST_EVENTS and len(late) * 2 > len(rows):
        yield Need("stripe-late", "", since=min(late), count=len(late), of=len(rows))


def failing_systems(session: Session) -> Iterator[Need]:
    """Yield each system that takes no webhooks of ours just now."""
    failing = select(WebhookEndpoint).where(
        WebhookEndpoint.failing_since.is_not(None), WebhookEndpoint.disabled_at.is_(null())
    )
    for one in session.scalars(failing.order_by(WebhookEndpoint.failing_since)):
        if one.failing_since is not None:
            yield Need("webhooks-late", str(one.id), since=one.failing_since, name=one.name)


def falling_confirm_rate(session: Session, now: datetime) -> Iterator[Need]:
    """Yield that surely fewer confirm than usual: a week beside the four before it."""
    today = now.date()
    asked, confirmed, before, then = _asked(session, today - WEEK - MONTH, today - WEEK, today)
    if min(asked, before) < FEWEST_ASKED or confirmed > asked:
        return
    usual, interval = then / before, wilson(confirmed, asked)
    if interval is not None and interval[1] < FALLEN * usual:
        per_cent = round(100 * confirmed / asked), round(100 * usual)
        yield Need("confirm-rate", "", since=now, count=per_cent[0], of=per_cent[1])


def _asked(session: Session, first: date, middle: date, end: date) -> tuple[int, int, int, int]:
    """Return how many asked for a newsletter, and confirmed, from the middle day up to the end.

    The second two are those from the first day up to the middle.
    """
    sums = [
        func.coalesce(func.sum(column).filter(when), 0)
        for when in (FunnelDay.day >= middle, FunnelDay.day < middle)
        for column in (FunnelDay.asked, FunnelDay.confirmed)
    ]
    summed = select(*sums).where(FunnelDay.day >= first, FunnelDay.day < end)
    asked, confirmed, before, then = map(int, session.execute(summed).one())
    return asked, confirmed, before, then
