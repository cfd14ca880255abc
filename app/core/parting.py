"""Moments parted by bounds in the database, which then counts each part by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, SQLColumnExpression, case, func, literal
from sqlalchemy.orm import Session

from app.core.orm import UtcDateTime


def part_of(
    session: Session, moment: SQLColumnExpression[Any], bounds: Sequence[datetime]
) -> ColumnElement[int]:
    """Return which part a moment lies in: how many of the bounds are not after it.

    Args:
        session: Of the database that is asked.
        moment: A column, or an expression.
        bounds: In order.
    """
    if not bounds:
        return literal(0)
    if session.get_bind().dialect.name == "sqlite":
        return _halved(moment, bounds, 0)
    return func.width_bucket(moment, literal(list(bounds), ARRAY(UtcDateTime())), type_=Integer())


def _halved(
    moment: SQLColumnExpression[Any], bounds: Sequence[datetime], before: int
) -> ColumnElement[int]:
    """Return the same as a tree of questions, for a database without arrays."""
    if not bounds:
        return literal(before)
    middle = len(bounds) // 2
    earlier = _halved(moment, bounds[:middle], before)
    later = _halved(moment, bounds[middle + 1 :], before + middle + 1)
    return case((moment < bounds[middle], earlier), else_=later)
