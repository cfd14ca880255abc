"""Invitations to the desk: a link, good once and for a week, by which a sign-in is set up.

The link of a mail is derived from the invitation's name and a key that is not in the database. It
is used up by setting up, not by looking: a mail's scanner spoils nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.settings import Settings
from app.core.tokens import derived_token, equal, token_hash
from app.mail.outbox import Mail, queue
from app.people import staff_entries, staff_recovery, staff_sessions
from app.people.audit import Actor, Deed, record
from app.people.models import EmailAddress, Person
from app.people.service import Newcomer, find_or_create, people_with, replaced
from app.people.staff_credentials_models import (
    StaffCodeApp,
    StaffDevice,
    StaffInvitation,
    StaffPasskey,
)
from app.people.staff_errors import CannotInviteError, NotInvitedError
from app.people.staff_models import Staff
from app.people.staff_queries import locked

LASTS = timedelta(days=7)
TOKEN = "staff-invitation"  # noqa: S105 - what the token is for
TEMPLATE = "staff_invitation"
NAME_BYTES = 24


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom somebody invites.

    Attributes:
        address: As it is kept and written to.
        address_key: As mailboxes compare.
        role: One of `staff_models.ROLES`.
        language: What to write to them in, should they be new.
        name: Their name, should they be new; or empty.
    """

    address: str
    address_key: str
    role: str
    language: str = "en"
    name: str = ""


def invite(
    session: Session, settings: Settings, actor: Actor, whom: Invited, now: datetime
) -> StaffInvitation:
    """Invite somebody to work at the desk, and queue the mail that tells them. Flushed.

    Whoever has left may be invited again; nothing that they signed in with is left.

    Raises:
        CannotInviteError: They work here, or are invited; the address opens nothing any more; or
            there are others by which somebody would sign in as them.
    """
    person = _held(session, whom, now)
    staff = session.scalar(select(Staff).where(Staff.person_id == person.id))
    _refuse(session, whom, person, staff)
    before = _before(staff)
    if staff is None:
        staff = Staff(person_id=person.id, role=whom.role, invited_at=now)
        session.add(staff)
    else:
        staff.role, staff.invited_at = whom.role, now
        staff.joined_at = staff.ended_at = None
    if whom.name and not person.name:
        person.name = whom.name
    session.flush()
    forget_proofs(session, staff.id, now)
    invitation = _send(session, settings, staff, whom.address, now)
    deed = Deed("staff.invited", f"staff:{staff.id}", person.id, before, {"role": whom.role})
    record(session, actor, deed, now)
    return invitation


def _held(session: Session, whom: Invited, now: datetime) -> Person:
    """Return whoever has the address, held: from here on no merge makes them somebody else."""
    newcomer = Newcomer(whom.address_key, whom.address, whom.language, whom.name or None)
    while True:
        person_id = find_or_create(session, [newcomer], now)[whom.address_key]
        person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
        if people_with(session, [whom.address_key]).get(whom.address_key) == person_id:
            return person


def _refuse(session: Session, whom: Invited, person: Person, staff: Staff | None) -> None:
    """Raise if somebody is not to be invited by this address.

    Whoever may merge people could have given them a mailbox of their own before.
    """
    if replaced(session, [whom.address_key]):
        raise CannotInviteError("replaced")
    if staff is not None and staff.ended_at is None:
        raise CannotInviteError("present")
    other = select(EmailAddress.id).where(
        EmailAddress.person_id == person.id,
        EmailAddress.replaced_at.is_(None),
        EmailAddress.key != whom.address_key,
    )
    if session.scalar(other.limit(1)) is not None:
        raise CannotInviteError("several")


def send_again(
    session: Session, settings: Settings, actor: Actor, to: tuple[int, str], now: datetime
) -> StaffInvitation:
    """Send somebody who has not joined yet a new link; the earlier one ends. Flushed.

    Args:
        session: Writing.
        settings: With the key of the link.
        actor: Who sends it.
        to: The id of the staff, and the address.
        now: The domain's present moment.

    Raises:
        NotInvitedError: They have joined, or left.
    """
    staff = locked(session, to[0])
    if staff.joined_at is not None or staff.ended_at is not None:
        raise NotInvitedError("They have joined, or are not invited any more.")
    invitation = _send(session, settings, staff, to[1], now)
    deed = Deed("staff.invited_again", f"staff:{staff.id}", staff.person_id)
    record(session, actor, deed, now)
    return invitation


def reset(
    session: Session, settings: Settings, actor: Actor, to: tuple[int, str], now: datetime
) -> StaffInvitation:
    """Take away all that somebody signs in with, and send a link to set it up anew. Flushed.

    For whoever has lost it all. Wherever they are signed in, they are signed out.

    Raises:
        NotInvitedError: They have left.
    """
    staff = locked(session, to[0])
    if staff.ended_at is not None:
        raise NotInvitedError("They have left.")
    forget_proofs(session, staff.id, now)
    invitation = _send(session, settings, staff, to[1], now)
    record(session, actor, Deed("staff.reset", f"staff:{staff.id}", staff.person_id), now)
    return invitation


def token_of(settings: Settings, invitation: StaffInvitation) -> str:
    """Return what the link of an invitation carries.

    Raises:
        LookupError: None of the keys we have made this invitation.
    """
    for key in settings.secret_keys:
        token = derived_token(key, TOKEN, invitation.name)
        if equal(token_hash(token), invitation.token_hash):
            return token
    raise LookupError("no secret key of ours made this invitation")


def link_of(settings: Settings, invitation: StaffInvitation, prefix: str = "") -> str:
    """Return the address that an invitation opens at; `prefix` is its language's."""
    return f"{settings.site_url}{prefix}/desk/invitation/{token_of(settings, invitation)}/"


def state_of(session: Session, token: str, now: datetime) -> tuple[str, StaffInvitation | None]:
    """Return what a link opens: `open`, `used`, `ended`, `expired`, or `wrong` if none is ours."""
    asked = select(StaffInvitation).where(StaffInvitation.token_hash == token_hash(token))
    row = session.scalar(asked)
    if row is None:
        return "wrong", None
    if row.used_at is not None:
        return "used", row
    if row.ended_at is not None or session.get_one(Staff, row.staff_id).ended_at is not None:
        return "ended", row
    return ("expired" if row.expires_at <= now else "open"), row


def use(session: Session, invitation_id: int, now: datetime) -> None:
    """Use an invitation up, now that what it was for is set up: they have joined. Flushed.

    Of several browsers that followed one link, the first to be done takes it.

    Raises:
        NotInvitedError: It is used, ended or too old by now.
    """
    table = table_of(StaffInvitation)
    taken = (
        update(table)
        .where(
            table.c.id == invitation_id,
            table.c.used_at.is_(None),
            table.c.ended_at.is_(None),
            table.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(table.c.staff_id)
    )
    staff_id = session.scalar(taken)
    if staff_id is None:
        raise NotInvitedError("The invitation is used, ended or too old.")
    staff = locked(session, staff_id)
    if staff.ended_at is not None:
        raise NotInvitedError("Whoever was invited has left.")
    staff.joined_at = staff.joined_at or now
    staff_entries.end_all(session, staff_id, now)
    session.flush()


def end(session: Session, staff_id: int, now: datetime) -> None:
    """End all open invitations of somebody. Flushed."""
    table = table_of(StaffInvitation)
    open_ones = (
        (table.c.staff_id == staff_id) & table.c.used_at.is_(None) & table.c.ended_at.is_(None)
    )
    session.execute(update(table).where(open_ones).values(ended_at=now))


def _send(
    session: Session, settings: Settings, staff: Staff, address: str, now: datetime
) -> StaffInvitation:
    end(session, staff.id, now)
    staff_entries.end_all(session, staff.id, now)
    name = secrets.token_hex(NAME_BYTES)
    row = StaffInvitation(
        staff_id=staff.id,
        name=name,
        token_hash=token_hash(derived_token(settings.secret_key, TOKEN, name)),
        created_at=now,
        expires_at=now + LASTS,
    )
    session.add(row)
    session.flush()
    language = session.get_one(Person, staff.person_id).language
    mail = Mail(TEMPLATE, address, language, staff.person_id, {"invitation_id": row.id})
    queue(session, [mail], now)
    return row


def forget_proofs(session: Session, staff_id: int, now: datetime) -> None:
    """Take away all that somebody proved who they were by, and sign them out. Flushed."""
    for model in (StaffPasskey, StaffCodeApp, StaffDevice):
        session.execute(delete(model).where(model.staff_id == staff_id))
    staff_recovery.drop(session, staff_id)
    staff_sessions.end_all(session, staff_id, now)
    staff_entries.end_all(session, staff_id, now)


def _before(staff: Staff | None) -> dict[str, str]:
    return {"role": staff.role} if staff is not None else {}
