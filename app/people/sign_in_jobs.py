"""The lane of those who ask to sign in, the words of its mail, and what is forgotten in time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from app.core import leases
from app.core.batches import Batches
from app.core.bell import ring
from app.core.clock import now
from app.core.leases import Held
from app.core.work import Cron, Lane, Runtime
from app.mail.jobs import Speak
from app.people import way_in
from app.people.sign_in_mail import TEMPLATE, answer, note_unanswered, sign_in_words
from app.people.sign_in_models import PersonSession, SignIn
from app.people.signing_in import LANE

BATCH = 100
KEPT_WISHES = timedelta(days=7)
KEPT_SESSIONS = timedelta(days=30)


def speakers() -> Mapping[str, Speak]:
    """Return, by template, what gives mails their words."""
    return {TEMPLATE: sign_in_words, way_in.TEMPLATE: way_in.words}


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


def _answer(runtime: Runtime, rows: Sequence[Held]) -> None:
    with runtime.database.write() as session:
        moment = now(session)
        answers = answer(session, runtime.settings, rows, moment)
        if leases.mark_done(session, SignIn, rows, now=moment) < len(rows):
            return  # the lease ran out, and another worker has them: nothing of this is kept
        note_unanswered(session, answers, moment)
        if answers.mails:
            ring(session, "mail")
        session.commit()


_BATCHES = Batches(SignIn, _answer, BATCH)


def lane() -> Lane:
    """Return the lane of sign-ins."""
    return _BATCHES.lane(LANE)


def drain(runtime: Runtime) -> int:
    """Work on one batch; return how many there were."""
    return _BATCHES.drain(runtime)
