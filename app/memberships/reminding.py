"""Reminders that come by the calendar: renewals, cards that fail and cards that expire, gifts.

Looked for every minute, in pages: who was told already is left out at once, and nobody is told
twice whoever looks. A reminder that was missed by more than `LATE` is not sent any more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.work import Cron, Runtime
from app.memberships.cards import (
    card_ends_at,
    ends_at,
    ends_before_charge,
    months_ending,
    number_of,
    period_starts,
)
from app.memberships.gifts import giving_out
from app.memberships.membership_letters import LAST
from app.memberships.money_models import Membership, Notice
from app.memberships.notices import Telling, tell

PAGE = 500
TOLD_AT_ONCE = 100  # in one transaction, so that nobody waits long for the database
LATE = timedelta(days=3)
CARD_AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One kind of reminder.

    Attributes:
        kind: Of its notices.
        among: Which memberships may have to be told at a moment.
        telling: What one of them is to be told at that moment, if anything.
    """

    kind: str
    among: Callable[[datetime], ColumnElement[bool]]
    telling: Callable[[Membership, datetime], Telling | None]


def reminding() -> Cron:
    """Return the cron that reminds."""
    return Cron("memberships.reminding", "* * * * *", remind)


def remind(runtime: Runtime) -> None:
    """Tell everybody who is due to be told something now."""
    for reminder in REMINDERS:
        for tellings in _pages(runtime.database, reminder):
            _tell(runtime.database, tellings)
    giving_out.give_out(runtime.database)


def _pages(database: Database, reminder: Reminder) -> Iterator[Sequence[Telling]]:
    """Yield what is to be told, page by page; nothing is held of the database in between."""
    last = 0
    while True:
        with database.read() as session:
            moment = now(session)
            rows = session.scalars(
                select(Membership)
                .where(Membership.id > last, reminder.among(moment))
                .order_by(Membership.id)
                .limit(PAGE)
            ).all()
            tellings = [one for row in rows if (one := reminder.telling(row, moment)) is not None]
            fresh = _untold(session, reminder.kind, tellings)
        if fresh:
            yield fresh
        if len(rows) < PAGE:
            return
        last = rows[-1].id


def _untold(session: Session, kind: str, tellings: Sequence[Telling]) -> Sequence[Telling]:
    refs = [one.ref for one in tellings]
    asked = select(Notice.ref).where(Notice.kind == kind, Notice.ref.in_(refs))
    told = set(session.scalars(asked)) if refs else set()
    return [one for one in tellings if one.ref not in told]


def _tell(database: Database, tellings: Sequence[Telling]) -> None:
    for start in range(0, len(tellings), TOLD_AT_ONCE):
        with database.write() as session:
            moment = now(session)
            for telling in tellings[start : start + TOLD_AT_ONCE]:
                tell(session, telling, moment)
            session.commit()


_GOES_ON = and_(
    Membership.ended_at.is_(None), Membership.ends_at.is_(None), Membership.paused.is_(False)
)
_WILL_CHARGE = and_(
    _GOES_ON, Membership.failing_since.is_(None), Membership.paid_through.is_not(None)
)


def _gave_up(moment: datetime) -> ColumnElement[bool]:
    """Tell of memberships that ended lately, though nobody had asked for that."""
    return and_(
        Membership.ended_at > moment - LATE,
        Membership.ends_at.is_(None),
        Membership.cancel_asked_at.is_(None),
    )


def _renewal(days: int) -> Reminder:
    """Remind of a yearly charge, so many days ahead of it."""
    ahead, kind = timedelta(days=days), f"renewal-{days}"

    def among(moment: datetime) -> ColumnElement[bool]:
        charged_at = Membership.period_ends_at
        is_due = and_(charged_at <= moment + ahead, charged_at > moment + ahead - LATE)
        return and_(_WILL_CHARGE, Membership.interval == "year", is_due)

    def telling(row: Membership, _moment: datetime) -> Telling:
        charged_at = row.period_ends_at
        ref = f"{row.subscription_id}:{charged_at.date().isoformat()}"
        context = {"membership_id": row.id, "day": charged_at.date().toordinal()}
        return Telling(kind, ref, row.person_id, context)

    return Reminder(kind, among, telling)


def _card_failed(days: int) -> Reminder:
    """Remind of a charge that is still open, so many days after it first failed.

    The last reminder comes earlier where Stripe has given up before: it is the last word then.
    """
    after, kind = timedelta(days=days), f"card-failed-{days}"

    def among(moment: datetime) -> ColumnElement[bool]:
        since = Membership.failing_since
        is_due = and_(_GOES_ON, since <= moment - after, since > moment - after - LATE)
        which = or_(is_due, _gave_up(moment)) if days == LAST else is_due
        return and_(which, since.is_not(None), Membership.paid_through.is_not(None))

    def telling(row: Membership, _moment: datetime) -> Telling | None:
        since = row.failing_since
        if since is None:
            return None
        ref = f"{row.subscription_id}:{since.isoformat()}"
        context = {"membership_id": row.id, "days": days, "failing_since": int(since.timestamp())}
        return Telling(kind, ref, row.person_id, context)

    return Reminder(kind, among, telling)


def _card_expires() -> Reminder:
    """Remind of a card that will have ended when it is next charged."""

    def among(moment: datetime) -> ColumnElement[bool]:
        cards = [
            and_(Membership.card_year == year, Membership.card_month == month,
                 Membership.period_ends_at >= ends_at(year, month))
            for year, month in months_ending(moment, moment + CARD_AHEAD)
        ]  # fmt: skip
        return and_(_WILL_CHARGE, or_(false(), *cards))

    return Reminder("card-expires", among, _expiring)


def _expiring(row: Membership, moment: datetime) -> Telling | None:
    """Tell of a card thirty days ahead of its end, or once no charge lies before it any more."""
    ends = card_ends_at(row)
    if ends is None or not ends_before_charge(row):
        return None
    due_at = max(ends - CARD_AHEAD, period_starts(row))
    if not due_at <= moment < due_at + LATE:
        return None
    ref = f"{row.subscription_id}:{row.card_year}-{row.card_month}"
    context = {"membership_id": row.id, "card": number_of(row)}
    return Telling("card-expires", ref, row.person_id, context)


REMINDERS = (
    _renewal(30),
    _renewal(7),
    _card_failed(3),
    _card_failed(LAST),
    _card_expires(),
)
