"""What needs somebody: read from alarms, and from the rows that speak for themselves.

Each need has its sentence and what to do about it. Nothing here is written: a need is gone once its
cause is, or once somebody has cleared its alarm.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import tightening
from app.core.alarms import Alarm, open_alarms
from app.core.money import Money
from app.core.tightening import Tightening
from app.desk.house import watching
from app.desk.house.needs import Need
from app.mail import dns_watching
from app.memberships.joining import declines
from app.memberships.joining.paying import CARD_TESTING, REFUSED
from app.memberships.money_models import Dispute, Payment
from app.memberships.orders.models import StaffOrder
from app.memberships.orders.ordering import LAPSED_ALARM
from app.memberships.payment_rows import DISPUTED, WARNED
from app.memberships.seen_memberships import TWO_MEMBERSHIPS
from app.newsletters import rates
from app.payments import drift
from app.people import audit_verifying, staff_codes

TIGHTENED = {tightening.alarm_of(door): door for door in (rates.DOOR, declines.DOOR)}
FIRST = (
    "no-worker",
    audit_verifying.ALARM,
    DISPUTED,
    WARNED,
    LAPSED_ALARM,
    staff_codes.ALARM,
    CARD_TESTING,
    tightening.alarm_of(declines.DOOR),
    REFUSED,
    drift.ALARM,
    "stripe-late",
    "work-late",
    "parked",
    "failing",
    TWO_MEMBERSHIPS,
)
"""Kinds that come first, in this order; the rest follows by age."""


def attention(session: Session, now: datetime) -> tuple[Need, ...]:
    """Return what needs somebody, the most urgent first; nothing when all is well.

    Args:
        session: Reading.
        now: The domain's present moment.
    """
    found = (
        *_alarms(session),
        *watching.engine_needs(session, now),
        *watching.parked_needs(session),
        *watching.failing_needs(session),
        *watching.late_events(session, now),
        *watching.failing_systems(session),
        *watching.falling_confirm_rate(session, now),
    )
    return tuple(sorted(found, key=_urgency))


def _urgency(need: Need) -> tuple[int, bool, datetime, datetime]:
    place = FIRST.index(need.kind) if need.kind in FIRST else len(FIRST)
    return place, need.due_at is None, need.due_at or need.since, need.since


def _alarms(session: Session) -> Iterator[Need]:
    """Yield every open alarm, with what its rows say besides."""
    by_kind: dict[str, list[Need]] = defaultdict(list)
    for alarm in open_alarms(session):
        by_kind[alarm.kind].append(_standing(alarm))
    for kind, needs in by_kind.items():
        more = _MORE.get(kind)
        yield from more(session, needs) if more else needs


def _standing(alarm: Alarm) -> Need:
    return Need(
        alarm.kind,
        alarm.ref,
        since=alarm.first_at,
        last_at=alarm.last_at if alarm.times > 1 else None,
        times=alarm.times,
        can_clear=True,
    )


def _disputes(session: Session, needs: Sequence[Need]) -> Iterator[Need]:
    """Yield disputes with their deadline; Stripe closes them, so nobody clears them here."""
    asked = select(Dispute, Payment.person_id).join(Payment, Payment.id == Dispute.payment_id)
    found = session.execute(asked.where(Dispute.dispute_id.in_([one.ref for one in needs])))
    rows = {dispute.dispute_id: (dispute, person) for dispute, person in found}
    for need in needs:
        if need.ref not in rows:
            yield need
            continue
        row, person_id = rows[need.ref]
        yield replace(
            need,
            can_clear=False,
            due_at=row.answer_by,
            person_id=person_id,
            money=Money(row.amount_minor, row.currency),
            stripe=f"disputes/{need.ref}",
        )


def _warnings(session: Session, needs: Sequence[Need]) -> Iterator[Need]:
    refs = [one.ref for one in needs]
    rows = {
        one.payment_id: one
        for one in session.scalars(select(Payment).where(Payment.payment_id.in_(refs)))
    }
    for need in needs:
        row = rows.get(need.ref)
        if row is None:
            yield need
            continue
        left = row.amount_minor - row.refunded_minor
        yield replace(
            need,
            person_id=row.person_id,
            money=Money(left, row.currency),
            stripe=f"payments/{need.ref}",
        )


def _twice(_session: Session, needs: Sequence[Need]) -> Iterator[Need]:
    for need in needs:
        yield replace(need, person_id=int(need.ref) if need.ref.isdecimal() else None)


def _mended_alone(_session: Session, needs: Sequence[Need]) -> Iterator[Need]:
    """Yield what nobody clears: it is gone once the next look finds it mended."""
    for need in needs:
        yield replace(need, can_clear=False)


def _orders(session: Session, needs: Sequence[Need]) -> Iterator[Need]:
    """Yield what staff ordered and Stripe never answered, with whom it was about."""
    ids = [int(one.ref) for one in needs if one.ref.isdecimal()]
    found = session.scalars(select(StaffOrder).where(StaffOrder.id.in_(ids)))
    rows = {str(one.id): one for one in found}
    for need in needs:
        row = rows.get(need.ref)
        if row is None:
            yield need
            continue
        is_money = row.amount_minor is not None and row.currency is not None
        money = Money(row.amount_minor or 0, row.currency or "") if is_money else None
        yield replace(need, person_id=row.person_id, money=money)


def _drift(session: Session, needs: Sequence[Need]) -> Iterator[Need]:
    found = drift.latest(session)
    for need in needs:
        yield replace(need, can_clear=False, count=found.drift if found else 0)


def _dns(session: Session, needs: Sequence[Need]) -> Iterator[Need]:
    wrong = [one for one in dns_watching.findings(session) if not one.is_well]
    for need in needs:
        yield replace(need, can_clear=False, count=len(wrong), name=need.ref)


def _tightened(session: Session, needs: Sequence[Need]) -> Iterator[Need]:
    for need in needs:
        row = session.get(Tightening, TIGHTENED[need.kind])
        good, tried = (row.good, row.tried) if row is not None else (0, 0)
        yield replace(need, can_clear=False, count=good, of=tried)


More = Callable[[Session, Sequence[Need]], Iterator[Need]]
_MORE: Mapping[str, More] = {
    DISPUTED: _disputes,
    WARNED: _warnings,
    TWO_MEMBERSHIPS: _twice,
    audit_verifying.ALARM: _mended_alone,
    LAPSED_ALARM: _orders,
    drift.ALARM: _drift,
    dns_watching.ALARM: _dns,
    **dict.fromkeys(TIGHTENED, _tightened),
}
