"""How many of those we wrote to confirm: if too few do, somebody signs others up."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.tightening import Rule, look
from app.core.work import Cron, Runtime
from app.newsletters.models import Confirmation

DOOR = "sign-ups"
WINDOW = timedelta(hours=1)
GRACE = timedelta(minutes=5)

_SEEN = select(func.count(Confirmation.used_at), func.count()).where(
    Confirmation.mailed_at > bindparam("since"), Confirmation.mailed_at <= bindparam("until")
)


def confirmed_of_mailed(session: Session, moment: datetime) -> tuple[int, int]:
    """Return how many of an hour's confirmations were used, and how many had left.

    The hour ended a little ago: who has just been written to is given time to read.
    """
    until = moment - GRACE
    used, mailed = session.execute(_SEEN, {"since": until - WINDOW, "until": until}).one()
    return used, mailed


def watching() -> Cron:
    """Return the cron that looks at the rate, every minute."""

    def run(runtime: Runtime) -> None:
        rule = Rule(runtime.settings.confirm_rate_floor, runtime.settings.confirm_rate_least)
        with runtime.database.write() as session:
            moment = now(session)
            look(session, DOOR, rule, confirmed_of_mailed(session, moment), moment)
            session.commit()

    return Cron("newsletters.confirm-rate", "* * * * *", run)
