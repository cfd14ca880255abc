"""Mail that is to leave: written in bulk beside what caused it, closed in bulk once it has left.

A row holds the name of a template and ids, never a token or a text.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Text, bindparam, insert, update
from sqlalchemy.orm import Session

from app.core.leases import Held
from app.core.orm import UtcDateTime, table_of
from app.mail.models import OutgoingMail

CONFIRM = "confirm"
LISTS = "lists"

_INSERT = insert(table_of(OutgoingMail))
_OURS = update(table_of(OutgoingMail)).where(
    OutgoingMail.id.in_(bindparam("ids", expanding=True)), OutgoingMail.lease == bindparam("held")
)
_CLOSE = _OURS.values(
    done_at=bindparam("now", type_=UtcDateTime()),
    sent_at=bindparam("sent", type_=UtcDateTime()),
    smtp_code=bindparam("code", type_=Integer()),
    last_error=bindparam("error", type_=Text()),
    lease=None,
    leased_until=None,
)
_NOTE = _OURS.values(smtp_code=bindparam("code", type_=Integer()))
_PUT_OFF = _OURS.values(
    due_at=bindparam("due", type_=UtcDateTime()),
    last_error=bindparam("error", type_=Text()),
    attempts=OutgoingMail.attempts - 1,
    lease=None,
    leased_until=None,
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one mailbox, to be rendered when it is sent.

    Attributes:
        template: Name of the files in `templates/mail`.
        address: Whom to.
        language: What in.
        person_id: Whose mailbox it is, if anybody is known yet; caps count by it.
        context: Ids that the template's function finds its words by.
        stream: Streams never wait for each other: `confirm`, or `lists` for what lists send.
        not_before: When it may leave, if not at once.
    """

    template: str
    address: str
    language: str
    person_id: int | None
    context: Mapping[str, int] = field(default_factory=dict)
    stream: str = CONFIRM
    not_before: datetime | None = None


def queue(session: Session, mails: Iterable[Mail], now: datetime) -> int:
    """Write mails into the outbox and return how many; the caller commits and rings."""
    rows = [_row(mail, now) for mail in mails]
    if rows:
        session.connection().execute(_INSERT, rows)
    return len(rows)


def _row(mail: Mail, now: datetime) -> dict[str, Any]:
    return {
        "message_id": secrets.token_hex(16),
        "stream": mail.stream,
        "person_id": mail.person_id,
        "address": mail.address,
        "language": mail.language,
        "template": mail.template,
        "context": dict(mail.context),
        "created_at": now,
        "due_at": mail.not_before or now,
    }


def close(
    session: Session,
    rows: Collection[Held],
    now: datetime,
    *,
    code: int | None,
    error: str | None = None,
) -> None:
    """End rows that we hold.

    Args:
        session: Flushed, not committed.
        rows: Claimed together, under one lease.
        now: The domain's present moment.
        code: The relay's last word; 250 if it took the mail, None if it was never asked.
        error: Why nothing left, if so.
    """
    if rows:
        sent = now if error is None and code is not None else None
        values = {"now": now, "sent": sent, "code": code, "error": error}
        session.execute(_CLOSE, {**_held(rows), **values})


def put_off(session: Session, rows: Collection[Held], until: datetime, error: str) -> None:
    """Give rows back that were not tried, for later."""
    if rows:
        session.execute(_PUT_OFF, {**_held(rows), "due": until, "error": error})


def note_code(session: Session, row: Held, code: int) -> None:
    """Keep the relay's last word on a mail that is to be tried again."""
    session.execute(_NOTE, {**_held([row]), "code": code})


def patience(age: timedelta) -> timedelta:
    """Return how long to leave a failing relay alone: the older its mail, the longer."""
    return min(max(age / 3, timedelta(seconds=15)), timedelta(minutes=15))


def _held(rows: Collection[Held]) -> dict[str, Any]:
    return {"ids": [row.id for row in rows], "held": next(iter(rows)).lease}
