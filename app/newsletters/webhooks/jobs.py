"""The lane of webhooks: spreads what was added to the record of consent, and delivers what is due.

A delivery happens at least once: what a dying process had sent and not marked goes again, under
the same id. Systems do not wait for each other: each has a thread of its own in a batch.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import leases
from app.core.clock import now as domain_now
from app.core.failpoints import failpoint
from app.core.leases import Held
from app.core.work import Cron, Lane, Runtime
from app.newsletters.telling import LANE
from app.newsletters.webhooks import marking, webhooks
from app.newsletters.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.newsletters.webhooks.payloads import Message, messages
from app.newsletters.webhooks.spreading import spread
from app.newsletters.webhooks.trying import Outcome, Target, deliver

BATCH = 50  # for one system
SYSTEMS_AT_ONCE = 8
# The last try of a batch begins after ten seconds at most, may take another ten, and longer to look
# a name up: the lease is long enough for all of that.
LEASE_SECONDS = 90.0

log = structlog.get_logger(__name__)


def lane() -> Lane:
    """Return the lane of webhooks."""
    return Lane(LANE, drain, BATCH)


def drain(runtime: Runtime) -> int:
    """Spread, then deliver one batch for each system; return how many deliveries were claimed."""
    with runtime.database.read() as session:
        if not webhooks.is_told(session):
            return 0
    with runtime.database.write() as session:
        spread(session, domain_now(session))
        session.commit()
    claimed = _claimed(runtime)
    if not claimed:
        return 0
    outcomes = _delivered(runtime, claimed)
    failpoint("webhooks.delivered")
    with runtime.database.write() as session:
        for outcome in outcomes:
            marking.mark(session, outcome, domain_now(session))
        session.commit()
    return sum(len(rows) for rows in claimed.values())


def _claimed(runtime: Runtime) -> dict[int, list[Held]]:
    """Return what is due, by endpoint; one that rests or is disabled gets nothing."""
    with runtime.database.write() as session:
        moment = domain_now(session)
        awake = select(WebhookEndpoint.id).where(
            WebhookEndpoint.disabled_at.is_(None),
            or_(WebhookEndpoint.rests_until.is_(None), WebhookEndpoint.rests_until <= moment),
        )
        found = {one: _claim(session, one, moment) for one in session.scalars(awake).all()}
        session.commit()
    return {one: rows for one, rows in found.items() if rows}


def _claim(session: Session, endpoint_id: int, moment: datetime) -> list[Held]:
    return leases.claim(
        session,
        WebhookDelivery,
        now=moment,
        limit=BATCH,
        lease_seconds=LEASE_SECONDS,
        part=("endpoint_id", endpoint_id),
    )


def _delivered(runtime: Runtime, claimed: Mapping[int, Sequence[Held]]) -> list[Outcome]:
    with runtime.database.read() as session:
        moment = domain_now(session)
        rows = [row for each in claimed.values() for row in each]
        made = messages(session, rows, moment)
        targets = webhooks.targets(session, runtime.settings, list(claimed), moment)
    needless = [row for row in rows if row.id not in made]
    if needless:
        with runtime.database.write() as session:
            marking.drop(session, needless, domain_now(session))
            session.commit()
    with ThreadPoolExecutor(SYSTEMS_AT_ONCE, "webhooks") as threads:
        running = [
            threads.submit(_deliver, target, claimed[one], made, moment)
            for one, target in targets.items()  # one that was removed just now is not there
        ]
        return [one.result() for one in running]


def _deliver(
    target: Target, rows: Sequence[Held], made: Mapping[int, Message], moment: datetime
) -> Outcome:
    outcome = deliver(target, [row for row in rows if row.id in made], made, moment)
    for one in outcome.tries:
        if not one.taken:
            log.warning("a webhook failed", endpoint=target.id, status=one.status, said=one.said)
    return outcome


def forgetting() -> Cron:
    """Return the cron that empties the log of deliveries of what is older than 30 days."""

    def run(runtime: Runtime) -> None:
        with runtime.database.write() as session:
            webhooks.forget(session, domain_now(session) - timedelta(days=30))
            session.commit()

    return Cron("newsletters.webhooks", "50 3 * * *", run)
