"""A person's mail goes to another address: asked, confirmed there, told to the old one.

Whether somebody else has the new address is decided in a lane, and said in that mailbox alone:
nothing is taken from them, and who asked learns nothing. For two weeks the old mailbox can take
the change back; until then its address is kept, and opens nothing.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.core.leases import Held
from app.core.orm import UtcDateTime, table_of
from app.core.settings import Settings
from app.core.tokens import derived_code, derived_token, equal, token_hash
from app.mail.addresses import Address
from app.mail.equivalence import mailbox_hashes
from app.mail.outbox import Mail, queue
from app.newsletters import mailbox_caps
from app.newsletters.deciding import WEEK, Standing
from app.newsletters.preferences.links import Opened
from app.newsletters.preferences.models import AddressChange
from app.people.models import EmailAddress
from app.people.service import people_with
from app.people.survivors import survivor_of

PURPOSE, UNDO = "new-address", "old-address"
HOLDS_FOR = timedelta(days=1)
MAY_OBJECT = timedelta(days=14)
DAY = timedelta(days=1)
MOST_A_DAY = 5
"""Changes that one person may ask for in a day."""
MOST_WRONG_CODES = 5
CAP = "corrected"
NOBODY = "0" * 32

_NOW: Any = bindparam("now", type_=UtcDateTime())
_SINCE: Any = bindparam("since", type_=UtcDateTime())
_INSERT = insert(table_of(AddressChange))
_ASKED = select(func.count()).where(
    AddressChange.person_id == bindparam("person"), AddressChange.created_at > _SINCE
)
_END_OPEN = (
    update(table_of(AddressChange))
    .where(
        AddressChange.person_id == bindparam("person"),
        AddressChange.used_at.is_(None),
        AddressChange.ended_at.is_(None),
    )
    .values(ended_at=_NOW)
)
_END_ONE = (
    update(table_of(AddressChange))
    .where(AddressChange.id == bindparam("of_id"))
    .values(ended_at=_NOW)
)
_NEWEST = (
    select(AddressChange.id, AddressChange.address, AddressChange.created_at)
    .where(
        AddressChange.person_id == bindparam("person"),
        AddressChange.used_at.is_(None),
        AddressChange.expires_at > _NOW,
    )
    .order_by(AddressChange.id.desc())
    .limit(1)
)
_TRY = (
    update(table_of(AddressChange))
    .where(AddressChange.id == bindparam("of_id"), AddressChange.code_tries < MOST_WRONG_CODES)
    .values(code_tries=AddressChange.code_tries + 1)
    .returning(AddressChange.name, AddressChange.token_hash)
)
_THEIRS = select(EmailAddress.address).where(
    EmailAddress.person_id == bindparam("person"), EmailAddress.key == bindparam("key")
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The change that a person asked for last."""

    id: int
    address: str
    created_at: datetime


def may_ask(session: Session, person_id: int, now: datetime) -> bool:
    """Tell whether a person has not asked for too many changes today."""
    values = {"person": person_id, "since": now - DAY}
    asked: int = session.connection().execute(_ASKED, values).scalar_one()
    return asked < MOST_A_DAY


def ask(
    session: Session,
    settings: Settings,
    who: Opened,
    address: Address,
    language: str,
    now: datetime,
) -> None:
    """Keep the wish for a new address, in place of an earlier one.

    Flushed, not committed; the caller rings the lane.
    """
    name = secrets.token_hex(16)
    connection = session.connection()
    connection.execute(_END_OPEN, {"person": who.person_id, "now": now})
    values = {
        "name": name,
        "token_hash": token_hash(derived_token(settings.secret_key, PURPOSE, name)),
        "undo_hash": token_hash(derived_token(settings.secret_key, UNDO, name)),
        "person_id": who.person_id,
        "address": address.text,
        "address_key": address.key,
        "old_key": who.key,
        "language": language,
        "created_at": now,
        "due_at": now,
        "expires_at": now + HOLDS_FOR,
    }
    connection.execute(_INSERT, values)


def answer(session: Session, settings: Settings, rows: Sequence[Held], now: datetime) -> int:
    """Write to the new address of each wish: to confirm, or that it has settings of its own.

    A mailbox is written to no more often than because of corrected sign-ups, and those count.

    Args:
        session: Writing; flushed, not committed.
        settings: For the key of the mailboxes.
        rows: Claimed rows of `address_change`.
        now: The domain's present moment.

    Returns:
        How many mails were queued.
    """
    keys = [row.address_key for row in rows]
    owners = people_with(session, keys)
    mailboxes = mailbox_hashes(settings, keys)
    mailed = mailbox_caps.written_to(session, set(mailboxes.values()), now - WEEK)
    mails, written_to = [], []
    for row in rows:
        asker = survivor_of(session, row.person_id)
        owner = owners.get(row.address_key, asker)
        if row.ended_at is not None or row.used_at is not None:
            continue
        mailbox = mailboxes[row.address_key]
        if not Standing(mailed=mailed[mailbox]).may_be_mailed(CAP, now):
            _end(session, row, now)
            continue
        mailed[mailbox].append(now)
        written_to.append(mailbox)
        if owner != asker:
            _end(session, row, now)
        template = "new_address" if owner == asker else "address_taken"
        address = row.address if owner == asker else _known_as(session, owner, row)
        mails.append(Mail(template, address, row.language, owner, {"change_id": row.id}))
    mailbox_caps.note(session, written_to, now)
    return queue(session, mails, now)


def _end(session: Session, row: Held, now: datetime) -> None:
    """Let nothing confirm a wish: neither link nor code is told to anybody."""
    session.connection().execute(_END_ONE, {"of_id": row.id, "now": now})


def _known_as(session: Session, owner: int, row: Held) -> str:
    """Return the address as its owner is written to, not as somebody typed it."""
    values = {"person": owner, "key": row.address_key}
    found: str | None = session.connection().execute(_THEIRS, values).scalar_one_or_none()
    return found or row.address


def newest(session: Session, person_id: int, now: datetime) -> Asked | None:
    """Return the change that a person asked for last, whatever became of its mail."""
    values = {"person": person_id, "now": now}
    found = session.connection().execute(_NEWEST, values).one_or_none()
    return Asked(*found) if found is not None else None


def hash_for_code(
    session: Session, settings: Settings, asked: Asked | None, code: str
) -> str | None:
    """Return the hash of the token that a typed code stands for, or None if it is wrong.

    After five tries no code is right any more; the link's button still is.
    """
    values = {"of_id": asked.id if asked is not None else 0}
    tried = session.connection().execute(_TRY, values).one_or_none()
    name, stored = (tried.name, tried.token_hash) if tried is not None else (NOBODY, NOBODY)
    right = False
    for key in settings.secret_keys:
        is_key = equal(token_hash(derived_token(key, PURPOSE, name)), stored)
        right |= is_key & equal(derived_code(key, PURPOSE, name), code)
    return stored if right else None
