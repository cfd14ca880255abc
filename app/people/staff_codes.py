"""A typed code as a proof: of the app on the telephone, or one from paper; never guessed at will.

Wrong ones are counted by person and by network. Whoever tries too often waits, and staff are told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core.alarms import raise_alarm
from app.core.caps import note_use, uses
from app.core.settings import Settings
from app.people import staff_code_apps, staff_recovery, totp
from app.people.staff_queries import locked

APP, RECOVERY, WRONG, TOO_MANY = "app", "recovery", "wrong", "too many"
USE = "staff-code"
OF_PERSON = ((timedelta(hours=1), 10), (timedelta(days=1), 30))
OF_NETWORK = ((timedelta(hours=1), 30),)
ALARM = "staff-codes-guessed"
"""An alarm's kind; its `ref` is the id of the staff whose codes are guessed, or `network`."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A code that somebody typed.

    Attributes:
        staff_id: Who they must be.
        typed: As it was sent.
        network: Where from, as a keyed hash.
        world: The world's own time, by which telephones make their codes.
    """

    staff_id: int
    typed: str
    network: str
    world: datetime


def prove(session: Session, settings: Settings, trial: Trial, now: datetime) -> str:
    """Try a code. Flushed; the caller commits whatever comes of it, for wrong ones are counted.

    Returns:
        `APP` or `RECOVERY` for what it was, used up now; `WRONG`; or `TOO_MANY`, and then the
        code was not looked at.
    """
    locked(session, trial.staff_id)  # so that no two are tried at once
    if _has_had_enough(session, trial, now):
        return TOO_MANY
    digits = "".join(sign for sign in trial.typed if sign in "0123456789")
    if staff_recovery.as_made(trial.typed) and staff_recovery.take(
        session, settings, trial.staff_id, trial.typed, now
    ):
        return RECOVERY
    is_code = len(digits) == totp.DIGITS
    if is_code and staff_code_apps.take(session, settings, trial.staff_id, digits, trial.world):
        return APP
    note_wrong(session, trial, now)
    return WRONG


def note_wrong(session: Session, trial: Trial, now: datetime) -> None:
    """Count a wrong code; tell staff of the one that is too many. Flushed."""
    note_use(session, _of_person(trial), trial.network, now)
    note_use(session, USE, trial.network, now)
    if _is_full(session, _of_person(trial), OF_PERSON, now):
        raise_alarm(session, ALARM, now, str(trial.staff_id))
    elif _is_full(session, USE, OF_NETWORK, now, trial.network):
        raise_alarm(session, ALARM, now, "network")


def _has_had_enough(session: Session, trial: Trial, now: datetime) -> bool:
    return _is_full(session, _of_person(trial), OF_PERSON, now) or _is_full(
        session, USE, OF_NETWORK, now, trial.network
    )


def _is_full(
    session: Session,
    use: str,
    most: tuple[tuple[timedelta, int], ...],
    now: datetime,
    network: str | None = None,
) -> bool:
    return any(uses(session, use, now - time, network) >= many for time, many in most)


def _of_person(trial: Trial) -> str:
    return f"{USE}:{trial.staff_id}"
