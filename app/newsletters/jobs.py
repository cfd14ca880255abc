"""The lane of sign-ups: batches of what readers typed, turned into what follows from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.core import leases
from app.core.batches import Batches
from app.core.bell import ring
from app.core.clock import now
from app.core.leases import Held
from app.core.orm import table_of
from app.core.work import Lane, Runtime
from app.newsletters.asking import ask
from app.newsletters.models import SignupRequest
from app.newsletters.outside import Members, nobody

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


def _ask(runtime: Runtime, rows: Sequence[Held], members: Members) -> None:
    with runtime.database.write() as session:
        moment = now(session)
        waiting, mails = ask(session, runtime.settings, rows, moment, members)
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


def _batches(members: Members) -> Batches:
    return Batches(
        SignupRequest, lambda runtime, rows: _ask(runtime, rows, members), BATCH, LEASE_SECONDS
    )


def lane(members: Members) -> Lane:
    """Return the lane of sign-ups; `members` says who may have lists for members alone."""
    return _batches(members).lane(LANE)


def drain(runtime: Runtime, members: Members = nobody) -> int:
    """Work on one batch; return how many there were."""
    return _batches(members).drain(runtime)
