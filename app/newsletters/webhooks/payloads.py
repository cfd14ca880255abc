"""What other systems are told of an event: made when it is sent, from what stands then.

An erased person has no address any more. What still waits of them is dropped, except that they
unsubscribed: that goes out without the address, so that others can let go of them too. Of whoever
was forgotten, because they never confirmed, nothing is told any more.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from app.core.leases import Held
from app.core.orm import table_of
from app.newsletters.api.queries import mailboxes
from app.newsletters.models import Consent, Newsletter
from app.newsletters.webhooks.spreading import EVENTS
from app.people.models import Person
from app.people.survivors import stands_for

TEST = "test"

_wrote = aliased(Person, name="wrote")
_EVENTS = (
    select(
        Consent.id,
        Consent.what,
        Consent.happened_at,
        Consent.form,
        Person.id.label("person_id"),
        Newsletter.slug,
        Person.public_id,
        Person.erased_at,
    )
    .join(Newsletter, Newsletter.id == Consent.newsletter_id)
    .join(_wrote, _wrote.id == Consent.person_id)
    .join(Person, Person.id == stands_for(_wrote))
    .where(table_of(Consent).c.id.in_(bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as it is sent; its id is the same at every try, and at every endpoint."""

    id: str
    body: bytes


def messages(session: Session, rows: Sequence[Held], now: datetime) -> Mapping[int, Message]:
    """Return the message of each delivery, by the row's id; none for what is to be dropped."""
    ids = [row.consent_id for row in rows if row.consent_id is not None]
    events = {one.id: one for one in session.execute(_EVENTS, {"ids": ids})} if ids else {}
    found = mailboxes(session, sorted({one.person_id for one in events.values()}))
    made: dict[int, Message] = {}
    for row in rows:
        if row.consent_id is None:
            made[row.id] = _message(f"test_{row.id}", TEST, now, {})
            continue
        one = events.get(row.consent_id)
        if one is None or (one.erased_at is not None and one.what != "unsubscribed"):
            continue
        mailbox = found.get(one.person_id)
        said = {
            "newsletter": one.slug,
            "person": one.public_id,
            "email": mailbox.address if mailbox is not None else None,
            "form": one.form,
        }
        made[row.id] = _message(f"evt_{one.id}", EVENTS[one.what], one.happened_at, said)
    return made


def _message(message_id: str, kind: str, moment: datetime, said: Mapping[str, object]) -> Message:
    body = {
        "id": message_id,
        "type": kind,
        "timestamp": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": said,
    }
    return Message(message_id, json.dumps(body, ensure_ascii=False).encode())
