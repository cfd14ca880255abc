"""Jobs of tests, put into the table and looked up in it."""

from collections.abc import Callable

from sqlalchemy import text

from app.core.database import Database
from app.core.job_rows import JobRow
from app.core.jobs import enqueue
from app.core.work import Work
from tests.core.probes import note_job, probe_lane

WORK = Work(lanes=(probe_lane("here", 30),), jobs=(note_job("here"),))


def put(database: Database, **options: object) -> int:
    with database.write() as session:
        row_id = enqueue(session, "note", {"about": "a job"}, **options)  # type: ignore[arg-type] # handed on
        session.commit()
    return row_id


def row_of(database: Database, row_id: int) -> JobRow:
    with database.read() as session:
        return session.get_one(JobRow, row_id)


def is_done(database: Database, row_id: int) -> Callable[[], bool]:
    return lambda: row_of(database, row_id).done_at is not None


def workflows(database: Database) -> int:
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    with database.read() as session:
        counting = text(f"SELECT count(*) FROM {table} WHERE workflow_uuid LIKE 'job-%'")  # noqa: S608 - names of ours
        return int(session.scalar(counting) or 0)
