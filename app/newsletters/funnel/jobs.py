"""Counting the funnel by the clock."""

from functools import partial

from app.core.clock import now
from app.core.work import Cron, Runtime
from app.newsletters.funnel.counting import OPEN_DAYS, counted, keep, last_days

LATEST_DAYS = 2


def counting() -> tuple[Cron, Cron]:
    """Return the crons: today and yesterday often, and every night all days that are open."""
    return (
        Cron("newsletters.funnel", "*/10 * * * *", partial(count, days=LATEST_DAYS)),
        Cron("newsletters.funnel-nightly", "35 2 * * *", partial(count, days=OPEN_DAYS)),
    )


def count(runtime: Runtime, days: int) -> None:
    """Count so many days anew: the reading, which is long, keeps no writer waiting."""
    with runtime.database.read() as session:
        window = last_days(now(session), runtime.settings.time_zone, days)
        found = counted(session, window)
    with runtime.database.write() as session:
        keep(session, window, found)
        session.commit()
