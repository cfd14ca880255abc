"""Whether our mail is still welcome: the shares of complaints and bounces, hour by hour.

Large mailbox providers refuse a sender whose complaints pass 0.3 %, and want them under 0.1 %
(https://support.google.com/a/answer/81126). An alarm stands while the share is too high.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from app.core.alarms import clear_alarm, raise_alarm
from app.core.clock import now
from app.core.work import Cron, Runtime
from app.mail.event_models import MailEvent
from app.mail.models import OutgoingMail
from app.mail.statuses import BLOCKED, COMPLAINT, HARD, OTHER, SOFT

WINDOW = timedelta(days=7)
KEPT = timedelta(days=90)
OTHER_KEPT = timedelta(days=2)  # no proof is taken that is older than that


@dataclass(frozen=True, slots=True)
class Bound:
    """A share of the mails of a week that staff must hear of.

    Attributes:
        alarm: Its kind.
        kinds: Of the notices that count.
        per_thousand: More mails of a thousand than this are too many.
        least: So many are needed at least; one angry reader of a small list is no trend.
    """

    alarm: str
    kinds: tuple[str, ...]
    per_thousand: int
    least: int


BOUNDS = (
    Bound("mail.complaints", (COMPLAINT,), 1, 3),
    Bound("mail.bounces", (HARD, SOFT), 20, 20),
    Bound("mail.blocked", (BLOCKED,), 10, 20),
)

_SENT = select(func.count()).where(OutgoingMail.sent_at > bindparam("since"))
_TOLD = (  # one mail told of twice counts once
    select(MailEvent.kind, func.count(MailEvent.about.distinct()).label("mails"))
    .where(MailEvent.received_at > bindparam("since"))
    .group_by(MailEvent.kind)
)


def watch(session: Session, now: datetime) -> None:
    """Raise or clear the alarms of mail; flushed, not committed."""
    since = now - WINDOW
    sent = session.scalar(_SENT, {"since": since}) or 0
    told = {row.kind: row.mails for row in session.execute(_TOLD, {"since": since})}
    for bound in BOUNDS:
        count = sum(told.get(kind, 0) for kind in bound.kinds)
        if count >= bound.least and count * 1000 > sent * bound.per_thousand:
            raise_alarm(session, bound.alarm, now)
        else:
            clear_alarm(session, bound.alarm, now)


def forget(session: Session, now: datetime) -> None:
    """Delete what was done with long ago; flushed, not committed."""
    old = (MailEvent.received_at < now - KEPT) | (
        (MailEvent.kind == OTHER) & (MailEvent.received_at < now - OTHER_KEPT)
    )
    session.execute(delete(MailEvent).where(old, MailEvent.done_at.is_not(None)))


def watching() -> Cron:
    """Return the cron that watches, every hour."""

    def run(runtime: Runtime) -> None:
        with runtime.database.write() as session:
            moment = now(session)
            watch(session, moment)
            forget(session, moment)
            session.commit()

    return Cron("mail.watching", "25 * * * *", run)
