"""What came to somebody while they were being merged away, given on to the one who stays.

Whoever had found them just before, and wrote just after, did not know: a sign-up, a payment that
was being looked at. It is rare, and never waits long.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.orm import table_of
from app.core.settings import Settings
from app.core.work import Cron, Runtime
from app.people.merge_models import Merge
from app.people.merging import hold
from app.people.registers import Pair, Registers

WITHIN = timedelta(hours=1)


def gathering(registers: Callable[[Settings], Registers]) -> Cron:
    """Return the cron that gives on what came late, for an hour after each merge."""

    def run(runtime: Runtime) -> None:
        with runtime.database.read() as session:
            fresh = _fresh(session, now(session))
        for merge_id in fresh:
            with runtime.database.write() as session:
                gather(session, registers(runtime.settings), merge_id, now(session))
                session.commit()

    return Cron("people.gathering", "*/5 * * * *", run)


def _fresh(session: Session, moment: datetime) -> list[int]:
    standing = (Merge.merged_at > moment - WITHIN, Merge.undone_at.is_(None))
    return list(session.scalars(select(Merge.id).where(*standing).order_by(Merge.id)))


def gather(session: Session, registers: Registers, merge_id: int, moment: datetime) -> None:
    """Merge once more: what is there now is moved, and noted with what was moved before.

    Flushed, not committed. Of a merge that was undone, or emptied by erasing, nothing is done.
    """
    row = session.get_one(Merge, merge_id)
    hold(session, Pair(row.from_id, row.into_id, moment))
    session.refresh(row)
    if row.undone_at is not None or not row.moved:
        return
    pair = Pair(row.from_id, _into(session, row), moment)
    if pair.into_id != row.into_id:
        return  # they have become yet another, in an order that undoing keeps to
    more = {one.name: one.merge(session, pair) for one in registers.mergers}
    moved = together(row.moved, more)
    session.execute(update(table_of(Merge)).where(Merge.id == merge_id).values(moved=moved))
    session.flush()


def _into(session: Session, row: Merge) -> int:
    asked = select(Merge.into_id).where(Merge.from_id == row.into_id, Merge.undone_at.is_(None))
    return session.scalar(asked) or row.into_id


def together(before: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was moved in two goes; where only one can be told, the first."""
    whole = dict(before)
    for name, value in more.items():
        held = whole.get(name)
        if isinstance(held, list):
            whole[name] = held + [one for one in value if one not in held]
        elif isinstance(held, Mapping):
            whole[name] = together(held, value)
        elif isinstance(held, bool):
            whole[name] = held or value
        else:
            whole.setdefault(name, value)
    return whole
