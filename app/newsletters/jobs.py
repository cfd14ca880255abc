"""The lane of sign-ups: batches of what readers typed, turned into what follows from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.core import leases
from app.core.bell import ring
from app.core.clock import now
from app.core.leases import Held
from app.core.orm import table_of
from app.core.work import Lane, Runtime
from app.newsletters.asking import ask
from app.newsletters.models import SignupRequest

LANE = "signups"
BATCH = 300
LEASE_SECONDS = 30.0
DOMAIN_PAUSE = timedelta(minutes=15)
DOMAIN_PATIENCE = timedelta(days=1)

_WAIT = (
    update(table_of(SignupRequest))
    .where(
        SignupRequest.id.in_(bindparam("ids", expanding=True)),
        SignupRequest.lease == bindparam("held"),
    )
    .values(due_at=bindparam("due"), last_error="too many of one domain")
)

log = structlog.get_logger(__name__)


def lane() -> Lane:
    """Return the lane of sign-ups."""
    return Lane(LANE, drain, BATCH)


def drain(runtime: Runtime) -> int:
    """Work on one batch of sign-ups; return how many there were."""
    with runtime.database.write() as session:
        rows = leases.claim(
            session, SignupRequest, now=now(session), limit=BATCH, lease_seconds=LEASE_SECONDS
        )
        session.commit()
    if rows:
        _work(runtime, rows)
    return len(rows)


def _work(runtime: Runtime, rows: Sequence[Held]) -> None:
    """Work on rows together; if that fails, on each alone, so that one bad row stops no other."""
    try:
        _ask(runtime, rows)
    except Exception as error:
        if len(rows) > 1:
            log.warning("a batch of sign-ups failed", rows=len(rows), error=leases.shown(error))
            for row in rows:
                _work(runtime, [row])
            return
        log.exception("a sign-up failed", id=rows[0].id, attempt=rows[0].attempts)
        with runtime.database.write() as session:
            leases.retry(session, SignupRequest, rows[0], error, now=now(session))
            session.commit()


def _ask(runtime: Runtime, rows: Sequence[Held]) -> None:
    with runtime.database.write() as session:
        moment = now(session)
        waiting, mails = ask(session, runtime.settings, rows, moment)
        later = [row for row in waiting if moment - row.created_at < DOMAIN_PATIENCE]
        _wait(session, later, moment)
        late = {row.id for row in later}
        done = [row for row in rows if row.id not in late]
        if leases.mark_done(session, SignupRequest, done, now=moment) < len(done):
            return  # the lease ran out, and another worker has them: nothing of this is kept
        if mails:
            ring(session, "mail")
        session.commit()


def _wait(session: Session, rows: Sequence[Held], moment: datetime) -> None:
    if rows:
        ids, held = [row.id for row in rows], rows[0].lease
        session.execute(_WAIT, {"ids": ids, "held": held, "due": moment + DOMAIN_PAUSE})
        leases.release(session, SignupRequest, rows)
