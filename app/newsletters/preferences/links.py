"""The link to all settings of a person: asked for by anybody, mailed to the person alone.

What was asked is one row, whoever it names; all that depends on the person happens in a lane. The
link opens for an hour: whoever gets an old mail, or a forwarded one, opens nothing with it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, String, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.core.clock import now as moment_of
from app.core.languages import prefix, translations
from app.core.leases import Held
from app.core.orm import UtcDateTime, table_of
from app.core.settings import Settings
from app.core.tokens import derived_token, equal, token_hash
from app.mail.message import Words, site_name
from app.mail.outbox import Mail, queue
from app.newsletters.preferences.models import SettingsLink
from app.people.models import EmailAddress, Person

PURPOSE = "settings"
TEMPLATE = "settings"
LASTS = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_A_DAY = 6
"""Mails with such a link to one person; how often a network may ask is capped lower."""

_NOW: Any = bindparam("now", type_=UtcDateTime())
_INSERT = insert(table_of(SettingsLink))
_IS_NEWEST = (EmailAddress.verified_at.is_(None), EmailAddress.created_at.desc())
_ADDRESSES = (
    select(EmailAddress.person_id, EmailAddress.key, EmailAddress.address)
    .join(Person, Person.id == EmailAddress.person_id)
    .where(EmailAddress.replaced_at.is_(None), Person.erased_at.is_(None))
)
_BY_KEY = _ADDRESSES.where(EmailAddress.key == bindparam("key"))
_BY_PERSON = _ADDRESSES.where(EmailAddress.person_id == bindparam("person")).order_by(*_IS_NEWEST)
_ANSWERED = select(func.count()).where(
    SettingsLink.person_id == bindparam("person"),
    SettingsLink.created_at > bindparam("since", type_=UtcDateTime()),
    SettingsLink.address_key.is_not(None),  # both are known of what was answered, also just now
)
_NOTE = (
    update(table_of(SettingsLink))
    .where(SettingsLink.id == bindparam("of_id"))
    .values(
        person_id=bindparam("person"),
        address_key=bindparam("key", type_=String()),
        ended_at=bindparam("ended", type_=UtcDateTime()),
    )
)
_OPEN = (
    select(
        SettingsLink.id,
        SettingsLink.person_id,
        SettingsLink.address_key,
        EmailAddress.address,
        Person.language,
        Person.public_id,
    )
    .join(Person, Person.id == SettingsLink.person_id)
    .join(
        EmailAddress,
        (EmailAddress.key == SettingsLink.address_key) & (EmailAddress.person_id == Person.id),
    )
    .where(
        SettingsLink.token_hash == bindparam("hash"),
        SettingsLink.done_at.is_not(None),
        SettingsLink.ended_at.is_(None),
        SettingsLink.expires_at > _NOW,
        Person.erased_at.is_(None),
        EmailAddress.replaced_at.is_(None),
    )
)
_MAILED = select(SettingsLink.id, SettingsLink.name, SettingsLink.token_hash).where(
    SettingsLink.id.in_(bindparam("ids", expanding=True)),
    SettingsLink.ended_at.is_(None),
    SettingsLink.expires_at > _NOW,
)
_END_ALL = (
    update(table_of(SettingsLink))
    .where(SettingsLink.person_id == bindparam("person"), SettingsLink.ended_at.is_(None))
    .values(ended_at=_NOW)
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens: the settings of a person, by one of their mailboxes."""

    link_id: int
    person_id: int
    key: str
    address: str
    language: str
    public_id: str


def ask(
    session: Session,
    settings: Settings,
    who: str | int,
    language: str,
    now: datetime,
) -> None:
    """Keep a wish for the link; the same is done whoever it names.

    Args:
        session: Flushed, not committed; the caller rings the lane.
        settings: For the key of the link.
        who: The key of an address as it was typed, or the id of whose mail carried the button.
        language: Of the page, and of the mail.
        now: The domain's present moment.
    """
    name = secrets.token_hex(16)
    values = {
        "name": name,
        "token_hash": token_hash(derived_token(settings.secret_key, PURPOSE, name)),
        "address_key": who if isinstance(who, str) else None,
        "person_id": who if isinstance(who, int) else None,
        "language": language,
        "created_at": now,
        "due_at": now,
        "expires_at": now + LASTS,
    }
    session.connection().execute(_INSERT, values)


def answer(session: Session, rows: Sequence[Held], now: datetime) -> int:
    """Queue a mail for each wish whose person is known; return how many.

    Args:
        session: Writing; flushed, not committed.
        rows: Claimed rows of `settings_link`.
        now: The domain's present moment.
    """
    mails = []
    for row in rows:
        found = _whom(session, row)
        if found is None or row.expires_at <= now or _had_enough(session, found, now):
            note = {"of_id": row.id, "person": None, "key": None, "ended": now}
        else:
            note = {"of_id": row.id, "person": found.person_id, "key": found.key, "ended": None}
            context = {"link_id": row.id}
            mails.append(Mail(TEMPLATE, found.address, row.language, found.person_id, context))
        session.connection().execute(_NOTE, note)
    return queue(session, mails, now)


def _whom(session: Session, row: Held) -> Row[int, str, str] | None:
    """Return who is meant, and the address they are written to: as it is known, not as typed."""
    connection = session.connection()
    if row.person_id is not None:
        return connection.execute(_BY_PERSON, {"person": row.person_id}).first()
    return connection.execute(_BY_KEY, {"key": row.address_key}).first()


def _had_enough(session: Session, found: Row[int, str, str], now: datetime) -> bool:
    values = {"person": found.person_id, "since": now - DAY}
    answered: int = session.connection().execute(_ANSWERED, values).scalar_one()
    return answered >= MOST_A_DAY


def opened(session: Session, hashed: str, now: datetime) -> Opened | None:
    """Return what a link opens at a moment, given by its token's hash; None if nothing."""
    row = session.connection().execute(_OPEN, {"hash": hashed, "now": now}).one_or_none()
    if row is None:
        return None
    return Opened(
        link_id=row.id,
        person_id=row.person_id,
        key=row.address_key,
        address=row.address,
        language=row.language,
        public_id=row.public_id,
    )


def end_all(session: Session, person_id: int, now: datetime) -> None:
    """Let no link to a person's settings open anything any more; the caller commits."""
    session.connection().execute(_END_ALL, {"person": person_id, "now": now})


def words(session: Session, settings: Settings, rows: Sequence[Held]) -> Mapping[int, Words]:
    """Return the words of the mails whose link still opens."""
    ids = [row.context["link_id"] for row in rows]
    values = {"ids": ids, "now": moment_of(session)}
    found = {one.id: one for one in session.execute(_MAILED, values)}
    return {
        row.id: _words(settings, row, found[row.context["link_id"]])
        for row in rows
        if row.context["link_id"] in found
    }


def _words(settings: Settings, row: Held, link: Any) -> Words:  # noqa: ANN401 - a row
    token = derived_again(settings, PURPOSE, link.name, link.token_hash)
    subject = translations(row.language).gettext("Your settings at %(name)s")
    address = f"{settings.site_url}{prefix(row.language)}/newsletters/preferences/{token}"
    return Words(subject % {"name": site_name(settings, row.language)}, {}, {"link": address})


def derived_again(settings: Settings, purpose: str, name: str, stored: str) -> str:
    """Return the token of a row, made with the key that was in force then.

    Raises:
        LookupError: None of the keys we have made it.
    """
    for key in settings.secret_keys:
        token = derived_token(key, purpose, name)
        if equal(token_hash(token), stored):
            return token
    raise LookupError("no secret key of ours made this link")
