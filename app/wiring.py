"""Which lane, job and cron there is, and which feature's function it calls."""

from app.core.work import Work

WORK = Work(
    lanes=(),
    jobs=(),
    crons=(),
)
