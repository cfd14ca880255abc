"""Members, and money for the accountant, as CSV: page by page from one snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.database import Database, one_snapshot
from app.core.money import currency_of
from app.core.spreadsheets import csv_text
from app.memberships import ledger
from app.memberships.models import Entitlement
from app.memberships.money_models import Payment, Refund
from app.newsletters.exporting import address_id, pages, within
from app.newsletters.moving.columns import cell
from app.people.models import EmailAddress, Person

MEMBER_COLUMNS = (
    "email",
    "name",
    "source",
    "source_ref",
    "starts_at",
    "ends_at",
    "language",
)
"""The first six are those of the import of members: what was written can be brought in again."""

MONEY_COLUMNS = (
    "what",
    "at",
    "currency",
    "paid",
    "refunded",
    "receipt",
    "kind",
    "dispute",
    "payment",
    "person",
)
SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True)
class Period:
    """What of the money is wanted: from `since` until before `until`, of one currency or all."""

    since: datetime
    until: datetime
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """What came and what went back in one currency; amounts in minor units.

    Attributes:
        currency: Its code.
        payments: How many payments came.
        paid: What they come to.
        refunds: How many refunds arrived.
        refunded: What they come to.
    """

    currency: str
    payments: int
    paid: int
    refunds: int
    refunded: int


def count_members(session: Session, now: datetime) -> int:
    """Return how many lines the file of members has now: one for each source of each member."""
    standing = ledger.in_force().where(ledger.contains(Entitlement, now)).subquery()
    return session.scalar(select(func.count()).select_from(standing)) or 0


def export_members(database: Database, now: datetime) -> Iterator[str]:
    """Yield who is a member now and by what, a header first, a page at a time."""
    columns: tuple[Any, ...] = (
        EmailAddress.address,
        Person.name,
        Entitlement.source,
        Entitlement.source_ref,
        Entitlement.starts_at,
        Entitlement.ends_at,
        Person.language,
    )
    statement: Select[Any] = (
        ledger.in_force()
        .where(ledger.contains(Entitlement, now), within(Entitlement.id))
        .join(Person, Person.id == Entitlement.person_id)
        .outerjoin(EmailAddress, EmailAddress.id == address_id())
        .with_only_columns(*columns)
        .order_by(Entitlement.id)
    )
    with database.read() as session:
        one_snapshot(session)
        yield csv_text([MEMBER_COLUMNS])
        for page in pages(session, Entitlement.id, statement):
            yield csv_text([cell(value) for value in row] for row in page)


def sums(session: Session, period: Period) -> list[Sums]:
    """Return what came and went back in a period, by currency in their order."""
    came = _tally(session, Payment.currency, Payment.amount_minor, _paid(period))
    went = _tally(session, Refund.currency, Refund.amount_minor, _refunded(period))
    return [
        Sums(code, *came.get(code, (0, 0)), *went.get(code, (0, 0)))
        for code in sorted({*came, *went})
    ]


def export_money(database: Database, period: Period) -> Iterator[str]:
    """Yield payments and refunds as CSV, currency by currency, a page at a time.

    Amounts are decimals with a point, in columns of their own: one column is never summed over
    payments and refunds by mistake. Nobody is named: the receipt says whose it is.
    """
    with database.read() as session:
        one_snapshot(session)
        yield csv_text([MONEY_COLUMNS])
        for found in sums(session, period):
            one = Period(period.since, period.until, found.currency)
            for page in pages(session, Payment.id, _payments(one)):
                yield csv_text(map(_payment_cells, page))
            for page in pages(session, Refund.id, _refunds(one)):
                yield csv_text(map(_refund_cells, page))


def _tally(
    session: Session,
    currency: InstrumentedAttribute[str],
    amount: InstrumentedAttribute[int],
    conditions: Sequence[ColumnElement[bool]],
) -> dict[str, tuple[int, int]]:
    rows = session.execute(
        select(currency, func.count(), func.sum(amount)).where(*conditions).group_by(currency)
    )
    return {code: (int(count), int(total)) for code, count, total in rows}


def _paid(period: Period) -> list[ColumnElement[bool]]:
    found = [Payment.paid_at >= period.since, Payment.paid_at < period.until]
    return [*found, Payment.currency == period.currency] if period.currency else found


def _refunded(period: Period) -> list[ColumnElement[bool]]:
    found = [
        Refund.created_at >= period.since,
        Refund.created_at < period.until,
        Refund.status == SUCCEEDED,
    ]
    return [*found, Refund.currency == period.currency] if period.currency else found


def _payments(period: Period) -> Select[Any]:
    wanted: tuple[Any, ...] = (Payment, Person.public_id)
    return (
        select(*wanted)
        .join(Person, Person.id == Payment.person_id)
        .where(within(Payment.id), *_paid(period))
        .order_by(Payment.id)
    )


def _refunds(period: Period) -> Select[Any]:
    wanted: tuple[Any, ...] = (
        Refund,
        Payment.receipt_number,
        Payment.payment_id,
        Person.public_id,
    )
    return (
        select(*wanted)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Person, Person.id == Payment.person_id)
        .where(within(Refund.id), *_refunded(period))
        .order_by(Refund.id)
    )


def _payment_cells(row: Any) -> list[str]:  # noqa: ANN401 - a row of the statement above
    one: Payment = row[0]
    return [
        "payment",
        cell(one.paid_at),
        one.currency,
        _decimal(one.amount_minor, one.currency),
        "",
        one.receipt_number,
        "membership" if one.membership_id else "single",
        one.disputed or "",
        one.payment_id,
        row[1],
    ]


def _refund_cells(row: Any) -> list[str]:  # noqa: ANN401 - a row of the statement above
    one: Refund = row[0]
    amount = _decimal(one.amount_minor, one.currency)
    about = [row[1], "refund", "", row[2], row[3]]
    return ["refund", cell(one.created_at), one.currency, "", amount, *about]


def _decimal(minor: int, currency: str) -> str:
    return str(Decimal(minor).scaleb(-currency_of(currency).digits))
