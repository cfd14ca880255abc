"""Wishes that nothing came of: what was typed in them is kept for a month, and no longer.

The address of whoever a present was for is somebody else's, who may never have heard of us. What
was wished for, when, and by which article it came, stays: it names nobody.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.retention import BATCH, Counts, Part
from app.memberships.joining.models import EXPIRED, FAILED, REPLACED, Intent

KEPT = timedelta(days=30)
"""As long as money that is late may yet arrive."""

_TYPED: Final = ("wall_name", "dedication", "recipient_address", "recipient_key")


def forgetting() -> Part:
    """Return the part of retention that forgets who was named in wishes that nobody paid for."""
    return Part("names in unpaid wishes", KEPT, _count, _forget)


def _is_old(before: datetime) -> ColumnElement[bool]:
    table = table_of(Intent)
    names = or_(*(table.c[name].is_not(None) for name in _TYPED))
    return Intent.state.in_((EXPIRED, FAILED, REPLACED)) & (Intent.settled_at < before) & names


def _count(session: Session, before: datetime) -> Counts:
    asked = select(func.count()).select_from(Intent).where(_is_old(before))
    return {"rows": session.scalar(asked) or 0}


def _forget(session: Session, before: datetime, _now: datetime) -> Counts:
    found = select(Intent.id).where(_is_old(before)).order_by(Intent.id).limit(BATCH)
    ids = session.scalars(found.with_for_update(skip_locked=True)).all()
    if ids:
        row = update(table_of(Intent)).where(Intent.id.in_(ids))
        session.execute(row.values(dict.fromkeys(_TYPED)))
    return {"rows": len(ids)}
