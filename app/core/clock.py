"""Time: the database's clock decides; a rehearsal can move the domain's clock ahead of it.

Leases use the raw clock. Everything of the domain uses `now`, which adds the offset kept in one
row: always zero in production, moved by the rehearsal's control page elsewhere.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from app.core.orm import Base, UtcDateTime


class ClockOffset(Base):
    """How far the domain's clock is ahead of the database's: one row, or none for zero."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int]


class database_clock(FunctionElement[datetime]):  # noqa: N801 - a SQL function's name
    """The database's own clock in SQL, to the microsecond (SQLite: to the millisecond)."""

    type = UtcDateTime()
    inherit_cache = True
    name = "database_clock"


@compiles(database_clock, "sqlite")
def _sqlite_clock(*_args: object, **_kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@compiles(database_clock, "postgresql")
def _postgresql_clock(*_args: object, **_kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    return "clock_timestamp()"


class clock_after(FunctionElement[datetime]):  # noqa: N801 - a SQL function's name
    """The database's own clock in SQL, so many seconds from now."""

    type = UtcDateTime()
    inherit_cache = True
    name = "clock_after"


@compiles(clock_after, "sqlite")
def _sqlite_after(element: Any, compiler: Any, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    seconds = compiler.process(element.clauses, **kw)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', ({seconds}) || ' seconds')"


@compiles(clock_after, "postgresql")
def _postgresql_after(element: Any, compiler: Any, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    seconds = compiler.process(element.clauses, **kw)
    return f"clock_timestamp() + make_interval(secs => {seconds})"


class domain_clock(FunctionElement[datetime]):  # noqa: N801 - a SQL function's name
    """`now` as SQL, for a statement that has no time to ask first; with seconds, so long after."""

    type = UtcDateTime()
    inherit_cache = True
    name = "domain_clock"


_OFFSET = "coalesce((SELECT seconds FROM clock_offset WHERE id = 1), 0)"


@compiles(domain_clock, "sqlite")
def _sqlite_domain_clock(element: Any, compiler: Any, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    after = compiler.process(element.clauses, **kw) or "0"
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', ({_OFFSET} + {after}) || ' seconds')"


@compiles(domain_clock, "postgresql")
def _postgresql_domain_clock(element: Any, compiler: Any, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    after = compiler.process(element.clauses, **kw) or "0"
    return f"(clock_timestamp() + make_interval(secs => {_OFFSET} + {after}))"


def raw_now() -> ColumnElement[datetime]:
    """Return the database's clock as SQL, for leases."""
    return database_clock()


def raw_after(seconds: ColumnElement[float]) -> ColumnElement[datetime]:
    """Return the database's clock in `seconds` as SQL, for leases."""
    return clock_after(seconds)


_READ = select(
    database_clock(),
    select(ClockOffset.seconds).where(ClockOffset.id == literal_column("1")).scalar_subquery(),
)


def now(session: Session) -> datetime:
    """Return the domain's present moment, aware and in UTC."""
    moment: datetime
    moment, seconds = session.connection().execute(_READ).one()
    return moment + timedelta(seconds=seconds or 0)
