"""What is known of somebody as staff: told to them, and taken out when they are erased."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.people import staff_invitations
from app.people.staff_credentials_models import StaffCodeApp, StaffDevice, StaffPasskey
from app.people.staff_models import Staff, StaffSession

_PERSON: Any = bindparam("person")
_OWN = select(Staff.id).where(Staff.person_id == _PERSON).scalar_subquery()
_PARTS = {
    "staff": select(Staff.role, Staff.invited_at, Staff.joined_at, Staff.ended_at).where(
        Staff.person_id == _PERSON
    ),
    "staff_passkeys": select(StaffPasskey.name, StaffPasskey.created_at, StaffPasskey.used_at)
    .where(StaffPasskey.staff_id == _OWN)
    .order_by(StaffPasskey.id),
    "staff_code_apps": select(StaffCodeApp.created_at, StaffCodeApp.confirmed_at).where(
        StaffCodeApp.staff_id == _OWN
    ),
    "staff_browsers": select(StaffDevice.created_at, StaffDevice.seen_at)
    .where(StaffDevice.staff_id == _OWN)
    .order_by(StaffDevice.id),
    "staff_sessions": select(
        StaffSession.device, StaffSession.created_at, StaffSession.seen_at, StaffSession.ended_at
    )
    .where(StaffSession.staff_id == _OWN)
    .order_by(StaffSession.id),
}


def export(session: Session, person_id: int) -> Mapping[str, object]:
    """Return what is known of a person as staff; nothing of whoever never worked here."""
    found = {
        name: session.execute(asked, {"person": person_id}).mappings().all()
        for name, asked in _PARTS.items()
    }
    return found if found["staff"] else {}


def erase(session: Session, person_id: int, now: datetime) -> None:
    """End somebody's work at the desk, with all that they signed in with. Flushed.

    Their row stays, without a name: what they did is written down under its number.
    """
    staff = session.scalar(select(Staff).where(Staff.person_id == person_id).with_for_update())
    if staff is None:
        return
    staff.ended_at = staff.ended_at or now
    staff_invitations.forget_proofs(session, staff.id, now)
    staff_invitations.end(session, staff.id, now)
    session.flush()
