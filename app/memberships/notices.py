"""Writing to people about their memberships and gifts: once about each thing, whoever notices it.

That somebody was told is a row with a name of its own; only whoever writes the row queues the
mail, in the same transaction: a webhook that comes twice, a sweep, a killed worker write once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.bell import ring
from app.core.languages import DEFAULT
from app.core.orm import insert_for, table_of
from app.mail.outbox import Mail, queue
from app.memberships.money_models import Notice
from app.people.reaching import reach_of

MAIL_LANE = "mail"

TEMPLATES: Mapping[str, str] = {
    "receipt": "receipt",
    "welcome": "welcome_member",
    "renewal-30": "renewal",
    "renewal-7": "renewal",
    "card-failed-0": "card_failed",
    "card-failed-3": "card_failed",
    "card-failed-7": "card_failed",
    "card-expires": "card_expires",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "gift": "gift",
    "gift-code": "gift_code",
    "gift-begun": "gift_begun",
    "gift-used": "gift_used",
    "payment-failed": "payment_failed",
}
"""The mail of each kind of notice."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What somebody is to be told.

    Attributes:
        kind: One of `TEMPLATES`.
        ref: What it is about; one notice of a kind for each.
        person_id: Whom it concerns.
        context: Ids that the mail finds its words by.
        address: Where to, if not to the person's own address.
        language: What in, if not in the person's own.
    """

    kind: str
    ref: str
    person_id: int
    context: Mapping[str, int]
    address: str | None = None
    language: str | None = None


def tell(session: Session, telling: Telling, now: datetime) -> bool:
    """Write to somebody about something, unless that was done; the caller commits.

    Returns:
        Whether it is new. Who has no address, being erased, gets no mail of it.
    """
    if not _note(session, telling, now):
        return False
    found = reach_of(session, telling.person_id)
    address = telling.address or (found.address if found else None)
    if address is not None:
        language = telling.language or (found.language if found else DEFAULT)
        mail = Mail(
            TEMPLATES[telling.kind],
            address,
            language,
            telling.person_id,
            dict(telling.context),
        )
        queue(session, [mail], now)
        ring(session, MAIL_LANE)
    return True


def _note(session: Session, telling: Telling, now: datetime) -> bool:
    connection = session.connection()
    row = insert_for(session)(table_of(Notice)).values(
        kind=telling.kind, ref=telling.ref, person_id=telling.person_id, created_at=now
    )
    put = row.on_conflict_do_nothing(index_elements=["kind", "ref"])
    counting = {"preserve_rowcount": True}
    return bool(connection.execute(put, execution_options=counting).rowcount)
