"""What memberships and gifts are worth, currency by currency: nothing is added across them.

Amounts are minor units. They are added up in twelfths of those, for what a year brings is a
twelfth of it a month; what is told is rounded down.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.core.parting import part_of
from app.memberships.joining.models import GIFT, Intent
from app.memberships.money_models import Membership, Payment

TWELFTHS = 12
A_MONTH = {"month": TWELFTHS, "year": 1}
"""Twelfths of a month's value in what is paid at an interval."""

GOES_ON = and_(
    Membership.ended_at.is_(None),
    Membership.ends_at.is_(None),
    Membership.paused.is_(False),
    Membership.failing_since.is_(None),
    Membership.paid_through.is_not(None),
)
"""Paid, and will charge again unless somebody does something."""


@dataclass(frozen=True, slots=True)
class Value:
    """What came, or comes each month, in one currency.

    Attributes:
        currency: ISO 4217.
        number: How many memberships or gifts.
        total_minor: All of them.
        average_minor: One of them, on average.
        median_minor: The one in the middle.
    """

    currency: str
    number: int
    total_minor: int
    average_minor: int
    median_minor: int


def recurring(session: Session) -> tuple[Value, ...]:
    """Return what the memberships that go on bring a month, the most by number first."""
    columns = (Membership.currency, Membership.interval, Membership.amount_minor)
    rows = session.execute(select(*columns, func.count()).where(GOES_ON).group_by(*columns))
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for currency, interval, minor, number in rows:
        found[currency].append((minor * A_MONTH.get(interval, TWELFTHS), number))
    return _values(found)


IS_GIFT = Intent.kind == GIFT
_KEPT = Payment.amount_minor - Payment.refunded_minor


def counted_payments(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what the payments meet that are counted over `since <= t < until`."""
    held = Payment.disputed.is_distinct_from("lost")
    return Payment.paid_at >= since, Payment.paid_at < until, held


def counted_gifts(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what the payments of single gifts meet that are counted, beside `IS_GIFT`."""
    return (*counted_payments(since, until), Payment.membership_id.is_(None), _KEPT > 0)


def gifts(session: Session, since: datetime, until: datetime) -> tuple[Value, ...]:
    """Return what came by single gifts over `since <= t < until`, less what went back since."""
    rows = session.execute(
        select(Payment.currency, _KEPT, func.count())
        .join(Intent, Intent.id == Payment.intent_id)
        .where(IS_GIFT, *counted_gifts(since, until))
        .group_by(Payment.currency, _KEPT)
    )
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for currency, minor, number in rows:
        found[currency].append((minor * TWELFTHS, number))
    return _values(found)


def received(session: Session, bounds: Sequence[datetime]) -> dict[str, tuple[int, ...]]:
    """Return what came between each bound and the next, by currency, less what went back since."""
    columns = (Payment.currency, part_of(session, Payment.paid_at, bounds[1:-1]))
    rows = session.execute(
        select(*columns, func.sum(_KEPT))
        .where(*counted_payments(bounds[0], bounds[-1]))
        .group_by(*columns)
    )
    found: dict[str, list[int]] = {}
    for currency, place, minor in rows:
        found.setdefault(currency, [0] * (len(bounds) - 1))[place] = int(minor)
    return {currency: tuple(found[currency]) for currency in sorted(found)}


def _values(found: dict[str, list[tuple[int, int]]]) -> tuple[Value, ...]:
    made = [_value(currency, sorted(amounts)) for currency, amounts in found.items()]
    return tuple(sorted(made, key=lambda one: (-one.number, one.currency)))


def _value(currency: str, amounts: list[tuple[int, int]]) -> Value:
    number = sum(times for _amount, times in amounts)
    total = sum(amount * times for amount, times in amounts)
    middle = _at(amounts, (number - 1) // 2) + _at(amounts, number // 2)
    return Value(
        currency,
        number,
        total // TWELFTHS,
        total // (number * TWELFTHS),
        middle // (2 * TWELFTHS),
    )


def _at(amounts: list[tuple[int, int]], place: int) -> int:
    """Return the amount at a place of all, in order."""
    for amount, times in amounts:
        if place < times:
            return amount
        place -= times
    raise IndexError(place)
