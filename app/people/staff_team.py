"""The team as administrators change it: roles, leaving, and the last who lets others in."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.people import staff_entries, staff_invitations, staff_sessions
from app.people.audit import Actor, Deed, record
from app.people.staff_errors import LastAdminError, NotInvitedError
from app.people.staff_models import ADMIN, Staff
from app.people.staff_queries import admins, locked


def change_role(session: Session, actor: Actor, staff_id: int, role: str, now: datetime) -> bool:
    """Give somebody another role; they are signed out everywhere. Tell whether it is another.

    Flushed, not committed.

    Raises:
        LastAdminError: Nobody else could let anybody in any more.
        NotInvitedError: They have left.
    """
    staff = _present(session, staff_id, leaves=role != ADMIN)
    before = staff.role
    if before == role:
        return False
    staff.role = role
    staff_sessions.end_all(session, staff_id, now)
    staff_entries.end_all(session, staff_id, now)
    deed = Deed(
        "staff.role", f"staff:{staff_id}", staff.person_id, {"role": before}, {"role": role}
    )
    record(session, actor, deed, now)
    return True


def end(session: Session, actor: Actor, staff_id: int, now: datetime) -> None:
    """Let somebody go: nothing of theirs opens the desk from now on. Flushed, not committed.

    Raises:
        LastAdminError: Nobody else could let anybody in any more.
        NotInvitedError: They have left already.
    """
    staff = _present(session, staff_id, leaves=True)
    staff.ended_at = now
    staff_sessions.end_all(session, staff_id, now)
    staff_entries.end_all(session, staff_id, now)
    staff_invitations.end(session, staff_id, now)
    deed = Deed("staff.ended", f"staff:{staff_id}", staff.person_id, {"role": staff.role}, {})
    record(session, actor, deed, now)


def sign_out(session: Session, actor: Actor, staff_id: int, now: datetime) -> None:
    """End every session of somebody. Flushed, not committed."""
    staff = locked(session, staff_id)
    staff_sessions.end_all(session, staff_id, now)
    staff_entries.end_all(session, staff_id, now)
    deed = Deed("staff.signed_out", f"staff:{staff_id}", staff.person_id)
    record(session, actor, deed, now)


def is_last_admin(session: Session, staff_id: int) -> bool:
    """Tell whether somebody is the only administrator who has joined; all of them are locked."""
    return [one.id for one in admins(session)] == [staff_id]


def _present(session: Session, staff_id: int, *, leaves: bool) -> Staff:
    """Return somebody who has not left, locked; with all administrators, should they leave them."""
    if leaves and is_last_admin(session, staff_id):
        raise LastAdminError("Nobody else could let anybody in any more.")
    staff = locked(session, staff_id)
    if staff.ended_at is not None:
        raise NotInvitedError("They have left already.")
    return staff
