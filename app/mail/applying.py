"""What follows from what is told of our mail, in whatever order it is told.

A mailbox that is gone, or one that refused again and again, is written to no more; a complaint
shuts it as well. What that means for lists is for others to say: they hand in functions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.core.leases import Held
from app.core.orm import table_of
from app.core.settings import Settings
from app.mail import statuses
from app.mail.addresses import address_key
from app.mail.event_models import MailEvent
from app.mail.events import INBOUND
from app.mail.models import OutgoingMail
from app.mail.suppression import BOUNCE, COMPLAINT, address_hash, suppress

MOST_SOFT = 5
SOFT_SPAN = timedelta(days=7)
SOFT_WINDOW = timedelta(days=30)
BELIEVED_FOR = timedelta(days=30)
"""How long after a mail left a report is believed that nobody signs: whoever the mail was forwarded
to, headers and all, holds its seal as well."""

_MAILS = select(
    OutgoingMail.message_id,
    OutgoingMail.address,
    OutgoingMail.person_id,
    OutgoingMail.created_at,
    OutgoingMail.sent_at,
).where(OutgoingMail.message_id.in_(bindparam("ids", expanding=True)))
_FOUND = (
    update(table_of(MailEvent))
    .where(MailEvent.id == bindparam("of_id"))
    .values(address_hash=bindparam("hashed"))
)
_HEARD_OF = select(MailEvent.kind, MailEvent.about, MailEvent.happened_at).where(
    MailEvent.address_hash == bindparam("hashed"),
    MailEvent.kind.in_((statuses.SOFT, statuses.DELIVERED)),
    MailEvent.happened_at > bindparam("since"),
)


@dataclass(frozen=True, slots=True)
class Struck:
    """Whose mail it was.

    Attributes:
        key: The mailbox, as mailboxes compare.
        person_id: Whom it was sent to, who may have another mailbox by now.
    """

    key: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Hearers:
    """What features do; flushed, not committed.

    Attributes:
        bounced: A mailbox is gone.
        complained: Somebody called our mail spam.
        left: Somebody asked by mail to end a subscription: what its notice is about.
    """

    bounced: Callable[[Session, Struck, datetime], None]
    complained: Callable[[Session, Struck, datetime], None]
    left: Callable[[Session, str, datetime], None]


@dataclass(frozen=True, slots=True)
class Applying:
    """One transaction in which things follow; flushed, not committed."""

    session: Session
    settings: Settings
    hearers: Hearers
    now: datetime

    def apply(self, rows: Sequence[Held]) -> None:
        """Do what follows from rows of `mail_event`.

        Of a mail that we do not know, or whose address was erased, nothing follows.
        """
        ids = sorted({row.about for row in rows})
        mails = {one.message_id: one for one in self.session.execute(_MAILS, {"ids": ids})}
        for row in sorted(rows, key=lambda row: row.id):
            if row.kind == statuses.UNSUBSCRIBE:
                self.hearers.left(self.session, row.about, self.now)
                continue
            mail = mails.get(row.about)
            if mail is not None and mail.address and not _comes_too_late(row, mail):
                self._strike(row, Struck(address_key(mail.address), mail.person_id))

    def _strike(self, row: Held, struck: Struck) -> None:
        hashed = address_hash(self.settings, struck.key)
        self.session.execute(_FOUND, {"of_id": row.id, "hashed": hashed})
        if row.kind == statuses.COMPLAINT:
            self._shut(struck, COMPLAINT)
            self.hearers.complained(self.session, struck, self.now)
        elif row.kind == statuses.HARD or (row.kind == statuses.SOFT and self._refuses(hashed)):
            self._shut(struck, BOUNCE)
            self.hearers.bounced(self.session, struck, self.now)

    def _shut(self, struck: Struck, reason: str) -> None:
        suppress(self.session, self.settings, struck.key, reason, self.now)

    def _refuses(self, hashed: str) -> bool:
        """Tell whether enough mails came back, over enough days, and none arrived since."""
        asked = {"hashed": hashed, "since": self.now - SOFT_WINDOW}
        heard = self.session.execute(_HEARD_OF, asked).all()
        arrived = [one.happened_at for one in heard if one.kind == statuses.DELIVERED]
        last = max(arrived, default=asked["since"])
        back = [one for one in heard if one.kind == statuses.SOFT and one.happened_at > last]
        if len({one.about for one in back}) < MOST_SOFT:
            return False
        moments: list[datetime] = [one.happened_at for one in back]
        return max(moments) - min(moments) >= SOFT_SPAN


def _comes_too_late(row: Held, mail: Any) -> bool:  # noqa: ANN401 - a row
    left: datetime = mail.sent_at or mail.created_at
    unsigned: bool = row.provider == INBOUND
    return unsigned and row.received_at > left + BELIEVED_FOR
