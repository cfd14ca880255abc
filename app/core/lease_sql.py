"""The statements that lease rows, built once per table: on a hot path that is most of their cost."""

from functools import cache

from sqlalchemy import (
    ColumnElement,
    Float,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    case,
    or_,
    select,
    update,
)
from sqlalchemy.orm import DeclarativeBase

from app.core.clock import raw_after, raw_now
from app.core.orm import UtcDateTime


def table_of(model: type[DeclarativeBase]) -> Table:
    """Return the one table of a mapped class."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class of ours is one table
    return table


def _free(table: Table) -> ColumnElement[bool]:
    """Whether a row is open, due, and held by nobody alive."""
    columns = table.c
    return and_(
        columns.done_at.is_(None),
        columns.parked_at.is_(None),
        columns.due_at <= bindparam("now", type_=UtcDateTime()),
        or_(columns.leased_until.is_(None), columns.leased_until < raw_now()),
    )


def _leasing(table: Table) -> Update:
    columns = table.c
    ours = update(table).values(
        attempts=columns.attempts + 1,
        lost=columns.lost + case((columns.lease.is_(None), 0), else_=1),
        lease=bindparam("lease"),
        leased_until=raw_after(bindparam("seconds", type_=Float())),
    )
    return ours.returning(*columns)


@cache
def claiming(table: Table) -> Update:
    """Take free rows, oldest first, passing over those that another worker is taking."""
    picked = (
        select(table.c.id)
        .where(_free(table))
        .order_by(table.c.due_at)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    return _leasing(table).where(table.c.id.in_(select(picked.c.id)))


@cache
def claiming_one(table: Table) -> Update:
    """Take one row by its id, if it is free."""
    return _leasing(table).where(table.c.id == bindparam("id"), _free(table))


def _ours(table: Table) -> Update:
    ids = bindparam("ids", expanding=True)
    return update(table).where(table.c.id.in_(ids), table.c.lease == bindparam("held"))


@cache
def extending(table: Table) -> Update:
    """Move the end of the lease."""
    return _ours(table).values(leased_until=raw_after(bindparam("seconds", type_=Float())))


@cache
def closing(table: Table) -> Update:
    """Mark rows as done."""
    done = bindparam("now", type_=UtcDateTime())
    return _ours(table).values(done_at=done, lease=None, leased_until=None, last_error=None)


@cache
def releasing(table: Table) -> Update:
    """Give rows back as if they had not been tried."""
    return _ours(table).values(lease=None, leased_until=None, attempts=table.c.attempts - 1)


@cache
def delaying(table: Table) -> Update:
    """Put rows off, with the reason."""
    due = bindparam("due", type_=UtcDateTime())
    error = bindparam("error", type_=Text())
    return _ours(table).values(due_at=due, last_error=error, lease=None, leased_until=None)


@cache
def parking(table: Table) -> Update:
    """Set rows aside, with the reason."""
    parked = bindparam("now", type_=UtcDateTime())
    error = bindparam("error", type_=Text())
    return _ours(table).values(parked_at=parked, last_error=error, lease=None, leased_until=None)
