"""The lane of those who ask to sign in, the words of its mail, and what is forgotten in time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from app.core import leases
from app.core.bell import ring
from app.core.clock import now
from app.core.leases import Held
from app.core.work import Cron, Lane, Runtime
from app.mail.jobs import Speak
from app.people.sign_in_mail import TEMPLATE, answer, note_unanswered, sign_in_words
from app.people.sign_in_models import PersonSession, SignIn
from app.people.signing_in import LANE

BATCH = 100
KEPT_WISHES = timedelta(days=7)
KEPT_SESSIONS = timedelta(days=30)

log = structlog.get_logger(__name__)


def lane() -> Lane:
    """Return the lane of sign-ins."""
    return Lane(LANE, drain, BATCH)


def speakers() -> Mapping[str, Speak]:
    """Return, by template, what gives mails their words."""
    return {TEMPLATE: sign_in_words}


def forgetting() -> Cron:
    """Return the cron that forgets, every night, who asked and who has long been signed out."""

    def run(runtime: Runtime) -> None:
        with runtime.database.write() as session:
            forget(session, now(session))
            session.commit()

    return Cron("people.sign-ins", "40 3 * * *", run)


def forget(session: Session, moment: datetime) -> None:
    """Delete wishes and ended sessions that are older than they need be; the caller commits."""
    session.execute(delete(SignIn).where(SignIn.created_at < moment - KEPT_WISHES))
    over = moment - KEPT_SESSIONS
    session.execute(
        delete(PersonSession).where(
            or_(PersonSession.ended_at < over, PersonSession.expires_at < over)
        )
    )


def drain(runtime: Runtime) -> int:
    """Work on one batch; return how many there were."""
    with runtime.database.write() as session:
        rows = leases.claim(session, SignIn, now=now(session), limit=BATCH)
        session.commit()
    if rows:
        _work(runtime, rows)
    return len(rows)


def _work(runtime: Runtime, rows: Sequence[Held]) -> None:
    """Work on rows together; if that fails, on each alone, so that one bad row stops no other."""
    try:
        _answer(runtime, rows)
    except Exception as error:
        if len(rows) > 1:
            log.warning("a batch of sign-ins failed", rows=len(rows), error=leases.shown(error))
            for row in rows:
                _work(runtime, [row])
            return
        log.exception("a sign-in failed", id=rows[0].id, attempt=rows[0].attempts)
        with runtime.database.write() as session:
            leases.retry(session, SignIn, rows[0], error, now=now(session))
            session.commit()


def _answer(runtime: Runtime, rows: Sequence[Held]) -> None:
    with runtime.database.write() as session:
        moment = now(session)
        answers = answer(session, rows, moment)
        if leases.mark_done(session, SignIn, rows, now=moment) < len(rows):
            return  # the lease ran out, and another worker has them: nothing of this is kept
        note_unanswered(session, answers, moment)
        if answers.mails:
            ring(session, "mail")
        session.commit()
