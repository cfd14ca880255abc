"""Members from elsewhere: a file is staged row by row and applied whole, or not at all.

(source, source_ref) is a row's identity. A row that says what the ledger says changes nothing; one
that says something else appends a revision. People are found by their addresses, or made.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.memberships.imports import applying
from app.memberships.imports.applying import Effect
from app.memberships.imports.parsing import MemberFile, Problem, Row
from app.memberships.imports.staging import BATCH, Stage, alone

CACHE_KIB = 65_536
"""What SQLite may keep in memory while a file is applied: pages spilt and read again take time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an import went; `effect` is None if rows cannot be taken.

    `import_id` names it in the ledger, if it wrote anything there.
    """

    rows: int
    problems: int
    effect: Effect | None
    applied: bool
    import_id: int | None = None


def _nothing_more(_session: Session, _effect: Effect) -> None:
    """Leave it at that."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who is told while an import runs; of what was applied, before it is committed."""

    read: Callable[[int], None]
    problem: Callable[[Problem], None]
    staged: Callable[[], None]
    applied: Callable[[Session, Effect], None] = _nothing_more


def import_file(database: Database, file: MemberFile, watcher: Watcher, *, apply: bool) -> Outcome:
    """Stage a file; say what it would do, or do it.

    Raises:
        OperatorError: The header is wrong, or another import is running.
    """
    with alone(database):
        with database.read() as session:
            stage = Stage(database, file.path.name, now(session))
        rows, problems = _stage(stage, file, watcher)
        stage.close()
        if problems:
            return Outcome(rows, problems, None, applied=False)
        watcher.staged()
        with database.read() as session:
            foreseen = applying.foresee(session, stage.import_id, now(session))
        if not apply or not foreseen.new + foreseen.changed:
            return Outcome(rows, 0, foreseen, applied=apply)
        done = _apply(database, stage, foreseen, watcher)
        return Outcome(rows, 0, done, applied=True, import_id=stage.import_id)


def _apply(database: Database, stage: Stage, foreseen: Effect, watcher: Watcher) -> Effect:
    """Apply what is staged, in one transaction."""
    with database.write() as session:
        if database.is_sqlite:
            session.connection().exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")
        done = applying.apply_rows(session, stage.import_id, foreseen, now(session))
        watcher.applied(session, done)
        session.commit()
    return done


def _stage(stage: Stage, file: MemberFile, watcher: Watcher) -> tuple[int, int]:
    """Write down the good rows until one is bad; return how many were seen, and how many bad."""
    rows = problems = 0
    batch: list[Row] = []
    for found in file.lines():
        rows += 1
        bad = found if isinstance(found, Problem) else _repeated(stage, found)
        if bad is not None:
            problems += 1
            watcher.problem(bad)
        elif isinstance(found, Row) and not problems:
            batch.append(found)
        if len(batch) == BATCH:
            stage.keep(batch)
            batch.clear()
        watcher.read(file.position)
    stage.keep(batch)
    return rows, problems


def _repeated(stage: Stage, row: Row) -> Problem | None:
    first = stage.earlier(row)
    if first is None:
        return None
    return Problem(row.line, f"the same membership as in line {first}")
