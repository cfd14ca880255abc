"""What goes on by itself around the count."""

from app.core.clock import now
from app.core.database import Database
from app.core.work import Cron, Runtime
from app.memberships import counting


def move_counter(database: Database) -> bool:
    """Move the counter past a span's beginning or end that has come; tell whether one had."""
    with database.read() as session:
        if not counting.is_due(session, now(session)):
            return False
    with database.write() as session:
        moved = counting.sweep(session, now(session))
        session.commit()
    return moved


def moving() -> Cron:
    """Return the cron that keeps reading the count at one row."""

    def run(runtime: Runtime) -> None:
        move_counter(runtime.database)

    return Cron("memberships.counter", "*/15 * * * * *", run)
