"""Orders of staff to Stripe: kept first, asked outside of any transaction, then looked at.

An order is a row with the nonce of its form and the key under which Stripe is asked. Whoever asks
holds the row's lease; should that process die, another asks under the same key, and Stripe does
once what it was asked for twice. What became of it is never written from the answer: the payment
or subscription is looked at, as after a webhook.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import leases
from app.core.alarms import raise_alarm
from app.core.clock import now
from app.core.database import Database
from app.core.errors import UnwalledError
from app.core.failpoints import failpoint
from app.core.leases import Held
from app.core.money import Money
from app.memberships.account.queries import MembershipRead, membership_of
from app.memberships.changing import Till
from app.memberships.money_models import Membership, Payment
from app.memberships.orders.models import REFUND, StaffOrder
from app.memberships.orders.refunding import Refundable, refundable
from app.memberships.standing import Act, ends_at_once, may
from app.payments import kinds
from app.payments.gateway import Gateway, GatewayDownError, GatewayError
from app.payments.inbox import mark
from app.payments.looking_now import sync_now
from app.payments.sync import Sync
from app.people import audit
from app.people.audit import Actor, Deed

CANCEL, END, UNDO, PAUSE, RESUME = "cancel", "end", "undo", "pause", "resume"
DONE, REFUSED, OVERTAKEN, LAPSED = "done", "refused", "overtaken", "lapsed"
WAITING, ASKING = "waiting", "asking"

LEASE_SECONDS = 60
KEY_HOLDS = timedelta(hours=23)
"""Stripe forgets an idempotency key after a day; then the same question would be another."""
LAPSED_ALARM = "staff-order"

_ACTS: Mapping[str, Act] = {CANCEL: "cancel", UNDO: "undo", PAUSE: "pause", RESUME: "resume"}

log = structlog.get_logger(__name__)


class UnderWayError(UnwalledError):
    """Something was ordered of the same payment or membership, and Stripe has not answered yet."""


class NotNowError(UnwalledError):
    """As the payment or membership stands, this cannot be ordered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff want to have done.

    Attributes:
        nonce: Of the form; the same form sent again is the same order.
        kind: `refund`, or what is to become of a membership.
        person_id: Whose it is.
        payment_id: Of our row, for a refund.
        membership_id: Of our row, for anything else.
        money: How much is to go back, for a refund.
        left: How much whoever ordered was told is left; with anything else left nothing goes back.
    """

    nonce: str
    kind: str
    person_id: int
    payment_id: int | None = None
    membership_id: int | None = None
    money: Money | None = None
    left: Money | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order.

    Attributes:
        state: `done`, `refused`, `overtaken`, `lapsed`, `waiting` (Stripe did not answer) or
            `asking` (another process asks it at this moment).
        code: Stripe's word for why it refused, or empty.
        is_written: What was done shows in our rows already.
    """

    state: str
    code: str = ""
    is_written: bool = False


def order(till: Till, wanted: Wanted, actor: Actor) -> Outcome:
    """Keep an order, ask Stripe, and look at what it came to.

    Args:
        till: Where; its caller holds nothing of the database.
        wanted: What.
        actor: Who ordered it: written into the audit log with the order.

    Raises:
        UnderWayError: An earlier order about the same thing is not answered yet.
        NotNowError: It cannot be ordered as things stand.
    """
    row, known = _keep(till.database, wanted, actor)
    failpoint("order.kept")
    if row is None:
        return known
    return carry_out(till, row)


def carry_out(till: Till, row: Held) -> Outcome:
    """Ask Stripe for an order that we hold, and write down what it said."""
    with till.database.read() as session:
        call = _call(session, till.gateway, row)
    if call is None:
        return _close(till, row, OVERTAKEN)
    try:
        call(row.key)
        failpoint("order.asked")
    except GatewayDownError as error:
        return _wait(till, row, error)
    except GatewayError as error:
        log.warning("an order was refused", order=row.id, kind=row.kind, code=error.code)
        return _close(till, row, REFUSED, error.code)
    outcome = _close(till, row, DONE)
    failpoint("order.done")
    return Outcome(outcome.state, "", _look(till, row))


def _keep(database: Database, wanted: Wanted, actor: Actor) -> tuple[Held | None, Outcome]:
    """Write an order down and take its lease; return what is known of one that stands already."""
    with database.write() as session:
        moment = now(session)
        _lock(session, wanted)
        found = known(session, wanted.nonce)
        if found is not None:
            return None, found
        _refuse_second(session, wanted)
        if not _is_apt(session, wanted):
            raise NotNowError(f"As it stands, this cannot be ordered: {wanted.kind}.")
        row_id = _add(session, wanted, actor, moment)
        row = leases.claim_one(session, StaffOrder, row_id, now=moment, lease_seconds=LEASE_SECONDS)
        audit.record(session, actor, _deed(wanted), moment)
        session.commit()
    return row, Outcome(WAITING)


def _lock(session: Session, wanted: Wanted) -> None:
    """Have whoever else orders something of the same thing wait."""
    of_payment = select(Payment.id).where(Payment.id == wanted.payment_id)
    of_membership = select(Membership.id).where(Membership.id == wanted.membership_id)
    asked = of_payment if wanted.payment_id is not None else of_membership
    session.execute(asked.with_for_update())


def known(session: Session, nonce: str) -> Outcome | None:
    """Return what became of the order of a form; None if there is none."""
    row = session.scalars(select(StaffOrder).where(StaffOrder.nonce == nonce)).one_or_none()
    if row is None:
        return None
    under_way = WAITING if row.lease is None else ASKING
    return Outcome(row.outcome or under_way, row.code or "", is_written=row.outcome == DONE)


def _refuse_second(session: Session, wanted: Wanted) -> None:
    same = (
        StaffOrder.payment_id == wanted.payment_id
        if wanted.payment_id is not None
        else StaffOrder.membership_id == wanted.membership_id
    )
    open_one = select(StaffOrder.id).where(same, StaffOrder.outcome.is_(None)).limit(1)
    if session.scalar(open_one) is not None:
        raise UnderWayError("An earlier order is not answered yet.")


def _is_apt(session: Session, wanted: Wanted) -> bool:
    """Tell whether something can be ordered as it stands, now that it is locked."""
    if wanted.payment_id is not None:
        payment = session.get_one(Payment, wanted.payment_id, populate_existing=True)
        return _can_go_back(refundable(session, payment, None), wanted)
    found = _membership(session, wanted.person_id, wanted.membership_id)
    return found is not None and may_order(wanted.kind, found)


def _can_go_back(found: Refundable, wanted: Wanted) -> bool:
    is_as_seen = wanted.left in {None, found.left}
    return is_as_seen and wanted.money is not None and not found.is_held


def may_order(kind: str, found: MembershipRead) -> bool:
    """Tell whether staff can order something of a membership as it stands."""
    if kind == END:
        return found.ended_at is None
    if kind == UNDO and found.ended_at is not None:
        return False
    return may(_ACTS[kind], found)


def _membership(
    session: Session, person_id: int, membership_id: int | None
) -> MembershipRead | None:
    asked = select(Membership.subscription_id).where(Membership.id == membership_id)
    name = session.scalar(asked)
    return None if name is None else membership_of(session, person_id, name)


def _add(session: Session, wanted: Wanted, actor: Actor, moment: datetime) -> int:
    row = StaffOrder(
        nonce=wanted.nonce,
        key=f"desk:{wanted.kind}:{wanted.nonce}",
        kind=wanted.kind,
        person_id=wanted.person_id,
        who=actor.who,
        payment_id=wanted.payment_id,
        membership_id=wanted.membership_id,
        amount_minor=wanted.money.minor if wanted.money else None,
        currency=wanted.money.currency if wanted.money else None,
        created_at=moment,
        due_at=moment,
    )
    session.add(row)
    session.flush()
    return row.id


def _deed(wanted: Wanted) -> Deed:
    if wanted.payment_id is not None and wanted.money is not None:
        after: dict[str, Any] = {
            "amount_minor": wanted.money.minor,
            "currency": wanted.money.currency,
        }
        return Deed("refund.ordered", f"payment:{wanted.payment_id}", wanted.person_id, {}, after)
    about = f"membership:{wanted.membership_id}"
    return Deed(f"membership.{wanted.kind}", about, wanted.person_id)


def _call(session: Session, gateway: Gateway, row: Held) -> Callable[[str], object] | None:
    """Return what is to be asked of Stripe; None if it cannot be done as things stand by now."""
    if row.kind == REFUND:
        payment_id = session.scalar(select(Payment.payment_id).where(Payment.id == row.payment_id))
        money = Money(row.amount_minor, row.currency)
        return lambda key: gateway.refund(str(payment_id), money, key)
    found = _membership(session, _owner(session, row), row.membership_id)
    if found is None or not may_order(row.kind, found):
        return None
    ask = {
        CANCEL: gateway.end_now if ends_at_once(found) else gateway.cancel,
        END: gateway.end_now,
        UNDO: gateway.undo_cancel,
        PAUSE: gateway.pause,
        RESUME: gateway.resume,
    }[row.kind]
    return lambda key: ask(found.subscription_id, key)


def _owner(session: Session, row: Held) -> int:
    """Return whose the membership is by now: two people may have turned out to be one."""
    asked = select(Membership.person_id).where(Membership.id == row.membership_id)
    return session.scalar(asked) or row.person_id


def _close(till: Till, row: Held, outcome: str, code: str = "") -> Outcome:
    """End an order that we hold, and have what it was about looked at."""
    with till.database.write() as session:
        moment = now(session)
        if leases.mark_done(session, StaffOrder, [row], now=moment):
            values = {"outcome": outcome, "code": code[:100] or None}
            session.execute(update(StaffOrder).where(StaffOrder.id == row.id).values(**values))
            _mark(session, row)
            if outcome != DONE:
                _tell_why(session, row, values, moment)
            session.commit()
    return Outcome(outcome, code)


def _tell_why(session: Session, row: Held, after: Mapping[str, Any], moment: datetime) -> None:
    """Write into the audit log that an order came to nothing, and why."""
    about = f"payment:{row.payment_id}" if row.payment_id else f"membership:{row.membership_id}"
    deed = Deed(f"{row.kind}.{after['outcome']}", about, row.person_id, {}, after)
    audit.record(session, Actor(row.who), deed, moment)


def _wait(till: Till, row: Held, error: GatewayError) -> Outcome:
    """Leave an order for later: whether Stripe heard it is found out under the same key."""
    with till.database.write() as session:
        moment = now(session)
        leases.retry(session, StaffOrder, row, error, now=moment, max_attempts=None)
        _mark(session, row)
        session.commit()
    return Outcome(WAITING)


def lapse(till: Till, row: Held) -> Outcome:
    """End an order whose key Stripe knows no more, and tell staff of it."""
    with till.database.write() as session:
        raise_alarm(session, LAPSED_ALARM, now(session), str(row.id))
        session.commit()
    return _close(till, row, LAPSED)


def _mark(session: Session, row: Held) -> None:
    kind, name = _thing(session, row)
    mark(session, kind, name)


def _thing(session: Session, row: Held) -> tuple[str, str]:
    """Return what an order is about, as the sync knows it."""
    if row.payment_id is not None:
        asked = select(Payment.payment_id).where(Payment.id == row.payment_id)
        return kinds.PAYMENT, session.scalars(asked).one()
    asked = select(Membership.subscription_id).where(Membership.id == row.membership_id)
    return kinds.SUBSCRIPTION, session.scalars(asked).one()


def _look(till: Till, row: Held) -> bool:
    """Look at once at what an order changed; tell whether our rows show it."""
    with till.database.read() as session:
        kind, name = _thing(session, row)
        subscription_id = session.scalar(
            select(Membership.subscription_id)
            .join(Payment, Payment.membership_id == Membership.id)
            .where(Payment.id == row.payment_id)
        )
    sync = Sync(till.database, till.gateway, till.handlers, till.pace)
    is_written = sync_now(sync, kind, name)
    if subscription_id is not None:  # what it takes from the count is told by the subscription
        is_written = till.look(subscription_id) and is_written
    return is_written
