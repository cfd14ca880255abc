"""What of staff's sign-ins is over, and not kept for ever."""

from datetime import timedelta

from app.core.retention import Part, old_rows
from app.people import staff_devices, staff_morning
from app.people.staff_credentials_models import (
    StaffChallenge,
    StaffDevice,
    StaffEntry,
    StaffInvitation,
)
from app.people.staff_models import StaffSession

DAY = timedelta(days=1)
KEPT_SESSIONS = timedelta(days=400)
"""Long enough to say when somebody was last here."""


def parts() -> tuple[Part, ...]:
    """Return the parts of retention that forget what was sent, asked and used to come in by."""
    return (
        old_rows("staff challenges", DAY, StaffChallenge.expires_at),
        old_rows("staff ways in", 30 * DAY, StaffEntry.expires_at),
        old_rows("staff sessions", KEPT_SESSIONS, StaffSession.expires_at),
        old_rows("staff browsers", staff_devices.LASTS, StaffDevice.seen_at),
        old_rows("staff invitations", KEPT_SESSIONS, StaffInvitation.expires_at),
        staff_morning.forgetting(),
    )
