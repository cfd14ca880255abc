"""Going on with what staff ordered and Stripe has not answered yet."""

from collections.abc import Callable

from app.core import leases
from app.core.clock import now
from app.core.settings import Settings
from app.core.work import Lane, Runtime
from app.memberships.changing import Till
from app.memberships.orders.models import StaffOrder
from app.memberships.orders.ordering import KEY_HOLDS, LEASE_SECONDS, WAITING, carry_out, lapse
from app.payments import serving
from app.payments.gateway import Gateway
from app.payments.looking import Handlers

LANE = "orders"


def lane(
    handlers_of: Callable[[Settings], Handlers],
    gateway_of: Callable[[Settings], Gateway] = serving.gateway_of,
) -> Lane:
    """Return the lane of orders; without a key for Stripe, nothing is due in it.

    Nobody rings it: whoever orders asks Stripe at once, and what is left is found by the clock.
    """

    def run(runtime: Runtime) -> int:
        settings = runtime.settings
        if not settings.stripe_key:
            return 0
        return ask_due(Till(runtime.database, gateway_of(settings), handlers_of(settings)))

    return Lane(LANE, run)


def ask_due(till: Till) -> int:
    """Ask for the order that has been due longest; return 0 if there is none, or no answer."""
    with till.database.write() as session:
        moment = now(session)
        rows = leases.claim(session, StaffOrder, now=moment, limit=1, lease_seconds=LEASE_SECONDS)
        session.commit()
    if not rows:
        return 0
    is_old = moment - rows[0].created_at > KEY_HOLDS
    outcome = lapse(till, rows[0]) if is_old else carry_out(till, rows[0])
    return int(outcome.state != WAITING)
