"""The lane of what is told of our mail."""

from collections.abc import Sequence

from app.core import leases
from app.core.batches import Batches
from app.core.clock import now
from app.core.leases import Held
from app.core.work import Lane, Runtime
from app.mail.applying import Applying, Hearers
from app.mail.event_models import MailEvent
from app.mail.events import LANE

BATCH = 200


def lane(hearers: Hearers) -> Lane:
    """Return the lane; `hearers` is what features do about a notice."""

    def work(runtime: Runtime, rows: Sequence[Held]) -> None:
        with runtime.database.write() as session:
            moment = now(session)
            Applying(session, runtime.settings, hearers, moment).apply(rows)
            if leases.mark_done(session, MailEvent, rows, now=moment) == len(rows):
                session.commit()  # else another worker has them: nothing of this is kept

    return Batches(MailEvent, work, BATCH).lane(LANE)
