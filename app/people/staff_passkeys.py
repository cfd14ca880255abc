"""Passkeys of staff: made, asked for, named and removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.settings import Settings
from app.core.tokens import keyed_hash
from app.people import passkeys, staff_challenges
from app.people.passkeys import Owner, PasskeyError, Site
from app.people.staff_challenges import ADD, ENTER, PROVE
from app.people.staff_credentials_models import StaffPasskey
from app.people.staff_errors import LastProofError
from app.people.staff_models import Staff
from app.people.staff_queries import has_code_app, has_passkey, locked, staff_with

LONGEST_NAME = 80
MOST = 20
LENGTHS = (16, 20, 32, 32, 48, 64)
"""Of the names that phones, laptops and keys to plug in give to their passkeys, in bytes."""

ONE_IN_FOUR = 64


@dataclass(frozen=True, slots=True)
class Signed:
    """What a browser sent in answer to a challenge.

    Attributes:
        site: Ours.
        answer: As it was sent: JSON.
        purpose: What the challenge was made for.
        staff_id: Whose passkey it must be; None where a browser comes in.
    """

    site: Site
    answer: str
    purpose: str
    staff_id: int | None = None


def handle_of(settings: Settings, staff_id: int) -> bytes:
    """Return the name under which authenticators keep somebody's passkeys: it tells nothing."""
    return bytes.fromhex(keyed_hash(settings.permanent_key, "passkey-owner", str(staff_id)))


def of(session: Session, staff_id: int) -> Sequence[StaffPasskey]:
    """Return somebody's passkeys, oldest first."""
    theirs = select(StaffPasskey).where(StaffPasskey.staff_id == staff_id)
    return session.scalars(theirs.order_by(StaffPasskey.id)).all()


def ask_to_make(session: Session, site: Site, owner: Owner, staff_id: int, now: datetime) -> str:
    """Return what a browser is asked to make a passkey by, as JSON. Flushed, not committed."""
    challenge = staff_challenges.ask(session, ADD, staff_id, now)
    return passkeys.making_options(site, owner, challenge, _ids(session, staff_id))


def ask_to_enter(session: Session, settings: Settings, site: Site, key: str, now: datetime) -> str:
    """Return what a browser is asked to come in by, as JSON. Flushed, not committed.

    With an address the passkeys are named, for devices that keep no list of their own. For whoever
    does not work here one is made up, always the same, so that nothing can be told from it.

    Args:
        session: Writing.
        settings: For the key of what is made up.
        site: Ours.
        key: Of the address that was typed, or empty.
        now: The domain's present moment.
    """
    challenge = staff_challenges.ask(session, ENTER, None, now)
    if not key:
        return passkeys.asking_options(site, challenge)
    found = staff_with(session, key)
    named = (_ids(session, found.id) if found else []) or _made_up(settings, key)
    return passkeys.asking_options(site, challenge, named)


def _made_up(settings: Settings, key: str) -> list[str]:
    """Return names of passkeys that nobody has: one or two, as long as those of common devices."""
    drawn = bytes.fromhex(keyed_hash(settings.permanent_key, "no-passkey", key))
    how_many = 1 + (drawn[0] < ONE_IN_FOUR)
    return [_of_nobody(settings, f"{key} {one}", drawn[1 + one]) for one in range(how_many)]


def _of_nobody(settings: Settings, name: str, drawn: int) -> str:
    signs = "".join(keyed_hash(settings.permanent_key, f"no-passkey-{half}", name) for half in "ab")
    return passkeys.id_of(bytes.fromhex(signs)[: LENGTHS[drawn % len(LENGTHS)]])


def ask_to_prove(session: Session, site: Site, staff_id: int, now: datetime) -> str:
    """Return what somebody's browser is asked to prove anew by, as JSON. Flushed."""
    challenge = staff_challenges.ask(session, PROVE, staff_id, now)
    return passkeys.asking_options(site, challenge, _ids(session, staff_id))


def add(session: Session, signed: Signed, staff_id: int, name: str, now: datetime) -> StaffPasskey:
    """Keep a passkey that somebody's browser has just made. Flushed, not committed.

    Raises:
        PasskeyError: It is none, it answers nothing that we asked, or there are enough.
    """
    told = passkeys.told_by(signed.answer)
    if not staff_challenges.take(session, ADD, staff_id, told.challenge, now):
        raise PasskeyError("That answers nothing that was asked here.")
    made = passkeys.read_made(signed.site, signed.answer, told.challenge)
    locked(session, staff_id)
    if _kept(session, made.credential_id) is not None or len(_ids(session, staff_id)) >= MOST:
        raise PasskeyError("This passkey is kept already, or there are enough of them.")
    row = StaffPasskey(
        staff_id=staff_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=name,
        is_synced=made.is_synced,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def check(session: Session, settings: Settings, signed: Signed, now: datetime) -> StaffPasskey:
    """Return the passkey that signed what we asked. Flushed; its challenge is used up.

    Raises:
        PasskeyError: None of ours did, or of somebody else, or of somebody who has left.
    """
    told = passkeys.told_by(signed.answer)
    if not staff_challenges.take(session, signed.purpose, signed.staff_id, told.challenge, now):
        raise PasskeyError("That answers nothing that was asked here.")
    row = _kept(session, told.credential_id)
    if row is None or (signed.staff_id is not None and row.staff_id != signed.staff_id):
        raise PasskeyError("We do not know this passkey.")
    if told.handle and told.handle != handle_of(settings, row.staff_id):
        raise PasskeyError("The passkey says that it is somebody else's.")
    count = passkeys.check(
        signed.site, signed.answer, told.challenge, row.public_key, row.sign_count
    )
    if session.get_one(Staff, row.staff_id).ended_at is not None:
        raise PasskeyError("Whoever this passkey belongs to has left.")
    row.sign_count, row.used_at = count, now
    session.flush()
    return row


def rename(session: Session, staff_id: int, passkey_id: int, name: str) -> bool:
    """Call one of somebody's own passkeys something else; tell whether it is theirs. Flushed."""
    theirs = (StaffPasskey.id == passkey_id) & (StaffPasskey.staff_id == staff_id)
    table = table_of(StaffPasskey)
    named = update(table).where(theirs).values(name=name).returning(table.c.id)
    return session.execute(named).one_or_none() is not None


def remove(session: Session, staff_id: int, passkey_id: int) -> bool:
    """Take away one of somebody's own passkeys; tell whether it is theirs. Flushed.

    Raises:
        LastProofError: They would have nothing left to sign in with.
    """
    locked(session, staff_id)
    theirs = (StaffPasskey.id == passkey_id) & (StaffPasskey.staff_id == staff_id)
    if session.scalar(select(StaffPasskey.id).where(theirs)) is None:
        return False
    if not (has_passkey(session, staff_id, but=passkey_id) or has_code_app(session, staff_id)):
        raise LastProofError
    session.execute(delete(StaffPasskey).where(theirs))
    return True


def _ids(session: Session, staff_id: int) -> list[str]:
    return [one.credential_id for one in of(session, staff_id)]


def _kept(session: Session, credential_id: str) -> StaffPasskey | None:
    asked = select(StaffPasskey).where(StaffPasskey.credential_id == credential_id)
    return session.scalar(asked.with_for_update())
