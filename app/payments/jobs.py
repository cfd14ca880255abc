"""The lane of payments: batches of objects at Stripe that may have changed."""

from collections.abc import Callable

from app.core import leases
from app.core.clock import now
from app.core.pace import Pace
from app.core.settings import Settings
from app.core.work import Lane, Runtime
from app.payments.gateway import Gateway
from app.payments.inbox import LANE
from app.payments.looking import Handlers
from app.payments.models import DirtyKey
from app.payments.sync import LEASE_SECONDS, Sync

BATCH = 8
READS_PER_SECOND = 15

READS = Pace(READS_PER_SECOND)
"""The pace at which this process reads from Stripe, whoever asks."""


def lane(
    gateway_of: Callable[[Settings], Gateway], handlers_of: Callable[[Settings], Handlers]
) -> Lane:
    """Return the lane of payments; without a key for Stripe, nothing is due in it.

    Args:
        gateway_of: Gives the process's gateway; asked before each batch.
        handlers_of: Gives what becomes of what is seen.
    """

    def run(runtime: Runtime) -> int:
        if not runtime.settings.stripe_key:
            return 0
        return drain(runtime, gateway_of, handlers_of(runtime.settings), READS)

    return Lane(LANE, run, BATCH)


def drain(
    runtime: Runtime, gateway_of: Callable[[Settings], Gateway], handlers: Handlers, pace: Pace
) -> int:
    """Look at one batch; return its size, or 0 if Stripe does not answer just now."""
    gateway = gateway_of(runtime.settings)
    with runtime.database.write() as session:
        rows = leases.claim(
            session, DirtyKey, now=now(session), limit=BATCH, lease_seconds=LEASE_SECONDS
        )
        session.commit()
    if not rows:
        return 0
    answers = Sync(runtime.database, gateway, handlers, pace).work(rows)
    return len(rows) if answers else 0
