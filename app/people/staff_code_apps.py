"""Apps on telephones that make codes: one for each member of staff, sealed, no code taken twice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.sealing import seal, unseal
from app.core.settings import Settings
from app.people import totp
from app.people.staff_credentials_models import StaffCodeApp
from app.people.staff_errors import LastProofError
from app.people.staff_queries import has_passkey, locked

SEAL = "staff-code-app"


@dataclass(frozen=True, slots=True)
class Moments:
    """The domain's present moment, and the world's own, which telephones go by."""

    now: datetime
    world: datetime


def begin(session: Session, settings: Settings, staff_id: int, now: datetime) -> str:
    """Return a new secret for somebody's app; it holds once a code of it is typed. Flushed.

    What they have goes on to work until then.
    """
    locked(session, staff_id)
    secret = totp.new_secret()
    _drop(session, staff_id, confirmed=False)
    row = StaffCodeApp(
        staff_id=staff_id, sealed_secret=seal(settings, SEAL, secret), created_at=now, last_step=0
    )
    session.add(row)
    session.flush()
    return secret


def pending(session: Session, settings: Settings, staff_id: int) -> str:
    """Return the secret that is being set up, or an empty text.

    Raises:
        SealBrokenError: The permanent key is another than it was.
    """
    row = _row(session, staff_id, confirmed=False)
    return unseal(settings, SEAL, row.sealed_secret) if row else ""


def confirm(
    session: Session,
    settings: Settings,
    staff_id: int,
    code: str,
    moments: Moments,
) -> bool:
    """Let the app that is being set up hold, in place of an earlier one. Flushed.

    Args:
        session: Writing.
        settings: With the key of the seal.
        staff_id: Whose.
        code: As typed, digits only.
        moments: Of the domain and of the world.

    Returns:
        Whether the code was right.
    """
    locked(session, staff_id)
    row = _row(session, staff_id, confirmed=False)
    step = _step(settings, row, code, moments.world)
    if row is None or step is None:
        return False
    _drop(session, staff_id, confirmed=True)
    row.confirmed_at, row.last_step = moments.now, step
    session.flush()
    return True


def take(session: Session, settings: Settings, staff_id: int, code: str, world: datetime) -> bool:
    """Use a code of somebody's app up; tell whether it was right and new.

    Of several that are brought at once, one is taken.

    Raises:
        SealBrokenError: The permanent key is another than it was.
    """
    row = _row(session, staff_id, confirmed=True)
    step = _step(settings, row, code, world)
    if row is None or step is None:
        return False
    table = table_of(StaffCodeApp)
    taken = update(table).where(table.c.id == row.id, table.c.last_step < step)
    found = session.execute(taken.values(last_step=step).returning(table.c.id))
    return found.one_or_none() is not None


def remove(session: Session, staff_id: int) -> bool:
    """Take away somebody's app; tell whether they had one. Flushed.

    Raises:
        LastProofError: They would have nothing left to sign in with.
    """
    locked(session, staff_id)
    if _row(session, staff_id, confirmed=True) is None:
        return False
    if not has_passkey(session, staff_id):
        raise LastProofError
    _drop(session, staff_id, confirmed=True)
    return True


def _step(settings: Settings, row: StaffCodeApp | None, code: str, world: datetime) -> int | None:
    if row is None:
        return None
    return totp.step_of(unseal(settings, SEAL, row.sealed_secret), code, world)


def _row(session: Session, staff_id: int, *, confirmed: bool) -> StaffCodeApp | None:
    asked = select(StaffCodeApp).where(StaffCodeApp.staff_id == staff_id, _is(confirmed=confirmed))
    return session.scalar(asked)


def _drop(session: Session, staff_id: int, *, confirmed: bool) -> None:
    session.execute(
        delete(StaffCodeApp).where(StaffCodeApp.staff_id == staff_id, _is(confirmed=confirmed))
    )


def _is(*, confirmed: bool) -> ColumnElement[bool]:
    column = StaffCodeApp.confirmed_at
    return column.is_not(None) if confirmed else column.is_(None)
