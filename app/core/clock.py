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


def raw_now() -> ColumnElement[datetime]:
    """Return the database's clock as SQL, for leases."""
    return database_clock()


_READ = select(
    database_clock(), select(ClockOffset.seconds).where(ClockOffset.id == literal_column("1")).scalar_subquery()
)


def now(session: Session) -> datetime:
    """Return the domain's present moment, aware and in UTC."""
    moment, seconds = session.execute(_READ).one()
    return moment + timedelta(seconds=seconds or 0)
