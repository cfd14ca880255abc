"""Erasing a supporter: first at Stripe, where it ends every charge, then here, all at once.

While Stripe does not answer nothing is erased: somebody who is forgotten here and charged there
could never stop it alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database, is_deadlock
from app.core.errors import UnwalledError
from app.core.tokens import new_token
from app.memberships.money_models import Customer, Membership
from app.payments import kinds
from app.payments.gateway import Gateway
from app.payments.inbox import mark
from app.people.erasing import erase
from app.people.models import Person
from app.people.registers import Registers
from app.people.staff_errors import WorksHereError
from app.people.staff_queries import works_here
from app.people.survivors import survivor_of

ROUNDS = 3


class StillPayingError(UnwalledError):
    """Again and again a new payment came in between: nothing was erased here."""


Also = Callable[[Session, datetime], None]
"""Done in the transaction of the erasing, once it has been done; flushed, not committed."""


def nothing_more(_session: Session, _now: datetime) -> None:
    """Leave it at that."""


def forget(
    database: Database,
    registers: Registers,
    gateway_of: Callable[[], Gateway],
    person_id: int,
    also: Also = nothing_more,
) -> None:
    """Forget a person at Stripe and here.

    Args:
        database: Ours; the caller holds nothing of it.
        registers: What every feature forgets.
        gateway_of: Gives the gateway; not asked for whoever was never a customer.
        person_id: Whom.
        also: What is to be written down with it.

    Raises:
        StillPayingError: They became a customer anew each time, or others stood in the way.
        WorksHereError: They are of the staff; nothing was erased here.
        GatewayDownError: Stripe does not answer; nothing was erased here.
        GatewayError: Stripe refused; nothing was erased here.
    """
    for _round in range(ROUNDS):
        with database.read() as session:
            person_id = survivor_of(session, person_id)
            _refuse_staff(session, person_id)
            known = _customers(session, person_id)
        for customer_id in known:
            _forget_at_stripe(gateway_of(), customer_id)
        with _going_on_after_a_deadlock():
            if _erase_here(database, registers, person_id, known, also):
                return
    raise StillPayingError("A customer came in between each time.")


@contextmanager
def _going_on_after_a_deadlock() -> Iterator[None]:
    """Let an attempt that a look at Stripe stood in the way of come to nothing."""
    try:
        yield
    except OperationalError as error:
        if not is_deadlock(error):
            raise


def _refuse_staff(session: Session, person_id: int) -> None:
    if works_here(session, person_id):
        raise WorksHereError("Whoever works here is not erased.")


def _forget_at_stripe(gateway: Gateway, customer_id: str) -> None:
    """Delete a customer; under a new key each time, since one who is gone may be deleted again."""
    gateway.forget_customer(customer_id, f"{customer_id}:forget:{new_token()}")


def _erase_here(
    database: Database,
    registers: Registers,
    person_id: int,
    known: frozenset[str],
    also: Also,
) -> bool:
    """Erase in one transaction; nothing, if there is a customer whom Stripe was not told of.

    The person is held first, so that no merge makes them somebody else in between, and nobody
    invites them to work here.
    """
    with database.write() as session:
        held = session.get(Person, person_id, with_for_update={"key_share": True})
        if held is not None and held.merged_into_id is not None:
            return False  # they became somebody else meanwhile, whom Stripe was not told of
        _refuse_staff(session, person_id)
        if _customers(session, person_id) - known:
            return False
        moment = now(session)
        for customer_id in known:
            mark(session, kinds.CUSTOMER, customer_id)
        for subscription_id in _subscriptions(session, person_id):
            mark(session, kinds.SUBSCRIPTION, subscription_id)
        if erase(session, registers, person_id, moment):
            also(session, moment)
        session.commit()
    return True


def _customers(session: Session, person_id: int) -> frozenset[str]:
    asked = select(Customer.customer_id).where(
        Customer.person_id == person_id, Customer.gone_at.is_(None)
    )
    return frozenset(session.scalars(asked))


def _subscriptions(session: Session, person_id: int) -> list[str]:
    asked = select(Membership.subscription_id).where(
        Membership.person_id == person_id, Membership.ended_at.is_(None)
    )
    return sorted(session.scalars(asked))
