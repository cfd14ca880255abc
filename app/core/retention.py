"""Forgetting: what may be kept for so long and no longer, in small batches, and said aloud.

Features declare a `Part` each; `app/wiring.py` gathers them. Each run leaves a row that says
what was forgotten, and a line in the log.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Delete, String, Update, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from app.core.clock import now
from app.core.database import Database
from app.core.orm import Base
from app.core.work import Cron, Runtime

BATCH = 500

log = structlog.get_logger(__name__)


class RetentionRun(Base):
    """One part was run through: what became of what was older than `before`."""

    __tablename__ = "retention_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(40))
    before: Mapped[datetime]
    finished_at: Mapped[datetime]
    forgotten: Mapped[dict[str, Any]]


Counts = Mapping[str, int]
"""How many of what, by name."""


@dataclass(frozen=True)
class Part:
    """Something that is not kept for ever.

    Attributes:
        name: Unique; shown to operators.
        kept: For how long.
        count: Says what `forget` would do, writing nothing; gets the moment before which things
            are old.
        forget: Does it to one batch, flushed and not committed; gets that moment and the present
            one. No counts, or all of them 0, says that nothing is left.
    """

    name: str
    kept: timedelta
    count: Callable[[Session, datetime], Counts]
    forget: Callable[[Session, datetime, datetime], Counts]


@dataclass(frozen=True, slots=True)
class Leftover:
    """Rows of a feature that are no reason to keep a person, and go when nothing else holds them.

    Rows of a table that no leftover names hold their person.

    Attributes:
        table: Whose rows.
        forget: Takes them out; `people` is an expanding parameter of persons' ids.
        unless: Rows that hold the person nevertheless.
    """

    table: str
    forget: Delete | Update
    unless: ColumnElement[bool] | None = None


def old_rows(
    name: str,
    kept: timedelta,
    moment: InstrumentedAttribute[datetime],
    *also: ColumnElement[bool],
) -> Part:
    """Return a part that deletes rows of a table once a moment of theirs is long past.

    Args:
        name: What they are.
        kept: How long after that moment they are deleted.
        moment: The column.
        also: What must hold besides.
    """
    table = moment.class_.__table__
    (key,) = table.primary_key.columns

    def count(session: Session, before: datetime) -> Counts:
        asked = select(func.count()).select_from(table).where(moment < before, *also)
        return {"rows": session.scalar(asked) or 0}

    def forget(session: Session, before: datetime, _now: datetime) -> Counts:
        old = select(key).where(moment < before, *also).order_by(key).limit(BATCH)
        ids = session.scalars(old).all()
        if ids:
            session.execute(delete(table).where(key.in_(ids)))
        return {"rows": len(ids)}

    return Part(name, kept, count, forget)


def own_forgetting() -> Part:
    """Return the part that forgets what was noted of forgetting."""
    return old_rows("runs of retention", timedelta(days=400), RetentionRun.finished_at)


def would_forget(database: Database, parts: Iterable[Part]) -> dict[str, Counts]:
    """Return what a run would forget now, by part; nothing is written."""
    with database.read() as session:
        moment = now(session)
        return {part.name: part.count(session, moment - part.kept) for part in parts}


def run(database: Database, parts: Iterable[Part]) -> dict[str, Counts]:
    """Forget everything that is old enough; return how many of what, by part."""
    return {part.name: _run(database, part) for part in parts}


def _run(database: Database, part: Part) -> Counts:
    """Run one part through: each batch is a transaction of its own, so that nobody waits long."""
    total: Counter[str] = Counter()
    with database.read() as session:
        moment = now(session)
    before = moment - part.kept
    while True:
        with database.write() as session:
            counts = part.forget(session, before, moment)
            session.commit()
        total.update(counts)
        if not any(counts.values()):
            break
    with database.write() as session:
        row = RetentionRun(
            part=part.name, before=before, finished_at=now(session), forgotten=dict(total)
        )
        session.add(row)
        session.commit()
    log.info("forgotten", part=part.name, before=before.isoformat(), **total)
    return total


def forgetting(parts: Iterable[Part]) -> Cron:
    """Return the cron that runs every part, every night."""
    kept = tuple(parts)

    def nightly(runtime: Runtime) -> None:
        run(runtime.database, kept)

    return Cron("core.retention", "20 3 * * *", nightly)


def last_runs(session: Session, limit: int) -> list[RetentionRun]:
    """Return what was forgotten of late, newest first."""
    return list(session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc()).limit(limit)))
