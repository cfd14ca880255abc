"""The statements that lease rows, built once per table: that is most of a hot path's cost.

Parameters are named `lease_...`: SQLAlchemy would write one named like a column into it.
"""

from functools import cache

from sqlalchemy import (
    BindParameter,
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

Model = type[DeclarativeBase]


def _table(model: Model) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class of ours is one table
    return table


def _free(table: Table) -> ColumnElement[bool]:
    """Whether a row is open, due, and held by nobody alive."""
    columns = table.c
    return and_(
        columns.done_at.is_(None),
        columns.parked_at.is_(None),
        columns.due_at <= bindparam("lease_now", type_=UtcDateTime()),
        or_(columns.leased_until.is_(None), columns.leased_until < raw_now()),
    )


def _leasing(table: Table) -> Update:
    columns = table.c
    ours = update(table).values(
        attempts=columns.attempts + 1,
        lost=columns.lost + case((columns.lease.is_(None), 0), else_=1),
        lease=bindparam("lease_name"),
        leased_until=raw_after(bindparam("lease_seconds", type_=Float())),
    )
    return ours.returning(*columns)


@cache
def claiming(model: Model, part: str | None = None) -> Update:
    """Take free rows, oldest first, passing over those that another worker is taking."""
    table = _table(model)
    ours = (
        [_free(table)] if part is None else [table.c[part] == bindparam("lease_part"), _free(table)]
    )
    picked = (
        select(table.c.id)
        .where(*ours)
        .order_by(table.c.due_at)
        .limit(bindparam("lease_limit"))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    return _leasing(table).where(table.c.id.in_(select(picked.c.id)))


@cache
def claiming_one(model: Model) -> Update:
    """Take one row by its id, if it is free."""
    table = _table(model)
    return _leasing(table).where(table.c.id == bindparam("lease_id"), _free(table))


def _ours(table: Table) -> Update:
    ids: BindParameter[int] = bindparam("lease_ids", expanding=True)
    return update(table).where(table.c.id.in_(ids), table.c.lease == bindparam("lease_held"))


@cache
def extending(model: Model) -> Update:
    """Move the end of the lease."""
    return _ours(_table(model)).values(
        leased_until=raw_after(bindparam("lease_seconds", type_=Float()))
    )


@cache
def closing(model: Model) -> Update:
    """Mark rows as done."""
    done = bindparam("lease_now", type_=UtcDateTime())
    return _ours(_table(model)).values(done_at=done, lease=None, leased_until=None, last_error=None)


@cache
def releasing(model: Model) -> Update:
    """Give rows back as if they had not been tried."""
    return _ours(_table(model)).values(
        lease=None, leased_until=None, attempts=_table(model).c.attempts - 1
    )


@cache
def delaying(model: Model) -> Update:
    """Put rows off, with the reason."""
    due = bindparam("lease_due", type_=UtcDateTime())
    error = bindparam("lease_error", type_=Text())
    return _ours(_table(model)).values(due_at=due, last_error=error, lease=None, leased_until=None)


@cache
def parking(model: Model) -> Update:
    """Set rows aside, with the reason."""
    parked = bindparam("lease_now", type_=UtcDateTime())
    error = bindparam("lease_error", type_=Text())
    return _ours(_table(model)).values(
        parked_at=parked, last_error=error, lease=None, leased_until=None
    )
