"""Writing down what came of deliveries, and what follows for the system they were for.

Whoever fails is tried again for about three days, less and less often; meanwhile it rests, so that
its backlog costs nobody anything. Then it is disabled, and staff are told.
"""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Text, bindparam, update
from sqlalchemy.orm import Session

from app.core import leases
from app.core.alarms import raise_alarm
from app.core.leases import Held
from app.core.orm import UtcDateTime, table_of
from app.newsletters.webhooks.models import (
    DELIVERED,
    DROPPED,
    FAILED,
    WAITING,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.newsletters.webhooks.trying import Outcome, Try

ALARM = "webhooks-disabled"
PATIENCE = timedelta(days=3)
WAITS = tuple(
    timedelta(minutes=one) for one in (1, 5, 30, 120, 300, 600, 840, 1080, 1440)
)  # after each try but the last: 74 hours in all
SHORTEST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=15)

_table = table_of(WebhookDelivery)
_MARK = (
    update(_table)
    .where(_table.c.id == bindparam("of_id"), _table.c.lease == bindparam("held"))
    .values(
        state=bindparam("to_state"),
        status=bindparam("code", type_=Integer()),
        milliseconds=bindparam("took", type_=Integer()),
        answer=bindparam("said", type_=Text()),
        due_at=bindparam("due", type_=UtcDateTime()),
        done_at=bindparam("done", type_=UtcDateTime()),
        last_error=None,
        lease=None,
        leased_until=None,
    )
)
_GIVE_UP = (
    update(_table)
    .where(_table.c.endpoint_id == bindparam("endpoint"), _table.c.done_at.is_(None))
    .values(
        state=bindparam("to_state"),
        done_at=bindparam("done", type_=UtcDateTime()),
        lease=None,
        leased_until=None,
    )
)


def mark(session: Session, outcome: Outcome, now: datetime) -> None:
    """Write down one system's outcome; flushed, not committed."""
    endpoint = session.get(WebhookEndpoint, outcome.target.id, with_for_update=True)
    if endpoint is None:
        return  # removed meanwhile, its deliveries with it
    for tried in outcome.tries:
        _mark(session, tried, now)
        _note(endpoint, tried, now)
    leases.release(session, WebhookDelivery, outcome.left)
    if any(tried.gone for tried in outcome.tries):
        disable(session, endpoint, "it answered 410 Gone", now)
    elif endpoint.failing_since is not None and now - endpoint.failing_since > PATIENCE:
        disable(session, endpoint, "it took nothing for three days", now)
    session.flush()


def drop(session: Session, rows: Collection[Held], now: datetime) -> None:
    """Close deliveries about people who have been erased."""
    nothing = {"code": None, "took": None, "said": None, "due": now, "done": now}
    for row in rows:
        held = {"of_id": row.id, "held": row.lease, "to_state": DROPPED}
        session.connection().execute(_MARK, {**held, **nothing})


def disable(session: Session, endpoint: WebhookEndpoint, why: str, now: datetime) -> None:
    """Tell a system nothing more, give up what waits, and tell staff."""
    give_up(session, endpoint, why, now)
    raise_alarm(session, ALARM, now, endpoint.name)


def give_up(session: Session, endpoint: WebhookEndpoint, why: str, now: datetime) -> None:
    """Tell a system nothing more, and give up what waits."""
    endpoint.disabled_at, endpoint.disabled_why = now, why
    session.connection().execute(
        _GIVE_UP, {"endpoint": endpoint.id, "to_state": FAILED, "done": now}
    )


def waits(attempts: int) -> timedelta | None:
    """Return how long to wait after so many tries, a tenth up or down; None after the last."""
    if attempts > len(WAITS):
        return None
    return WAITS[attempts - 1] * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load only


def _mark(session: Session, tried: Try, now: datetime) -> None:
    row = tried.row
    wait = None if tried.taken else waits(row.attempts)
    if wait is not None and tried.wait is not None:
        wait = max(wait, tried.wait)
    values: dict[str, Any] = {
        "of_id": row.id,
        "held": row.lease,
        "to_state": DELIVERED if tried.taken else FAILED if wait is None else WAITING,
        "code": tried.status,
        "took": tried.milliseconds,
        "said": tried.said,
        "due": now + (wait or timedelta(0)),
        "done": now if wait is None else None,
    }
    session.connection().execute(_MARK, values)


def _note(endpoint: WebhookEndpoint, tried: Try, now: datetime) -> None:
    if tried.taken:
        endpoint.failing_since = endpoint.rests_until = None
        return
    endpoint.failing_since = endpoint.failing_since or now
    if tried.ails:
        ails_for = now - endpoint.failing_since
        rest = min(max(ails_for / 3, SHORTEST_REST), LONGEST_REST)
        endpoint.rests_until = now + max(rest, tried.wait or timedelta(0))
