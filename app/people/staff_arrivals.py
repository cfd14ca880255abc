"""Coming in: somebody has proved who they are, and a browser of theirs gets a session."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.tokens import new_token, token_hash
from app.people import staff_devices, staff_sessions
from app.people.audit import Actor, Deed, record
from app.people.staff_letters import News, tell
from app.people.staff_models import Staff, StaffSession

PASSKEY, APP, RECOVERY, SET_UP, REHEARSAL = "passkey", "app", "recovery", "set up", "rehearsal"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who has proved who they are.

    Attributes:
        staff_id: Who.
        by: How: `PASSKEY`, `APP`, `RECOVERY`, `SET_UP` or `REHEARSAL`.
        network: Where from, as a keyed hash.
        agent: What their browser says of itself.
        device: The secret by which the browser is known, or empty.
        session_id: The session that the browser had, which ends; 0 for none.
    """

    staff_id: int
    by: str
    network: str
    agent: str
    device: str
    session_id: int = 0


def arrive(session: Session, arrival: Arrival, now: datetime) -> tuple[str, str]:
    """Let somebody in; return the secrets of the session and of the browser, for its cookies.

    A new browser and a used recovery code are told of by mail. Flushed, not committed; the caller
    rings the lane of mail.
    """
    if arrival.session_id:
        staff_sessions.end(session, arrival.session_id, now)
    words = staff_devices.in_words(arrival.agent)
    token = staff_sessions.start(session, arrival.staff_id, words, now)
    device, is_new = staff_devices.greet(session, arrival.staff_id, arrival.device, now)
    if is_new and arrival.by != SET_UP:
        tell(session, arrival.staff_id, News.NEW_DEVICE, now)
    if arrival.by == RECOVERY:
        tell(session, arrival.staff_id, News.CODE_USED, now)
    staff = session.get_one(Staff, arrival.staff_id)
    deed = Deed("staff.signed_in", f"staff:{staff.id}", staff.person_id, {}, {"by": arrival.by})
    record(session, Actor.staff(staff.id, arrival.network), deed, now)
    return token, device


def prove_anew(session: Session, arrival: Arrival, now: datetime) -> str:
    """Note that somebody has proved anew who they are; return the session's new secret. Flushed.

    What the cookie held before opens nothing any more.
    """
    token, table = new_token(), table_of(StaffSession)
    theirs = (table.c.id == arrival.session_id) & (table.c.staff_id == arrival.staff_id)
    proved = update(table).where(theirs, table.c.ended_at.is_(None))
    session.execute(proved.values(token_hash=token_hash(token), signed_in_at=now, seen_at=now))
    if arrival.by == RECOVERY:
        tell(session, arrival.staff_id, News.CODE_USED, now)
    staff = session.get_one(Staff, arrival.staff_id)
    deed = Deed("staff.proved", f"staff:{staff.id}", staff.person_id, {}, {"by": arrival.by})
    record(session, Actor.staff(staff.id, arrival.network), deed, now)
    return token
