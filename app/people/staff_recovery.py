"""Codes on paper: ten, shown once, each good once, for when telephone and passkey are lost."""

import secrets
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.settings import Settings
from app.core.tokens import keyed_hash
from app.people.staff_credentials_models import StaffRecoveryCode

HOW_MANY = 10
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""None that is taken for another: no I and 1, no O and 0."""

LENGTH = 16  # of five random bits each
GROUP = 4


def make_anew(
    session: Session, settings: Settings, staff_id: int, now: datetime
) -> tuple[str, ...]:
    """Return ten new codes, which are not to be had again; the earlier ones are worth nothing.

    Flushed, not committed.
    """
    drop(session, staff_id)
    codes = [_new_code() for _ in range(HOW_MANY)]
    session.add_all(
        StaffRecoveryCode(
            staff_id=staff_id, code_hash=_hashed(settings, staff_id, code), created_at=now
        )
        for code in codes
    )
    session.flush()
    return tuple(_in_groups(code) for code in codes)


def left(session: Session, staff_id: int) -> int:
    """Return how many of somebody's codes are still good."""
    asked = select(func.count()).where(
        StaffRecoveryCode.staff_id == staff_id, StaffRecoveryCode.used_at.is_(None)
    )
    return session.scalar(asked) or 0


def take(session: Session, settings: Settings, staff_id: int, typed: str, now: datetime) -> bool:
    """Use a code up; tell whether it was one. Of several who bring the same, one takes it."""
    table = table_of(StaffRecoveryCode)
    taken = (
        update(table)
        .where(
            table.c.staff_id == staff_id,
            table.c.code_hash == _hashed(settings, staff_id, as_made(typed)),
            table.c.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(table.c.id)
    )
    return session.execute(taken).one_or_none() is not None


def drop(session: Session, staff_id: int) -> None:
    """Take all codes of somebody away. Flushed."""
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.staff_id == staff_id))


def as_made(typed: str) -> str:
    """Return a code as it was made, typed in small letters or with other signs between."""
    return "".join(sign for sign in typed.upper() if sign in SIGNS)


def _new_code() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def _in_groups(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _hashed(settings: Settings, staff_id: int, code: str) -> str:
    return keyed_hash(settings.permanent_key, f"recovery-code:{staff_id}", code)
