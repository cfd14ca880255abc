"""Supporters who are written to: rows of every kind, told about and sent through a real relay."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail.jobs import drain
from app.mail.models import OutgoingMail
from app.memberships.gifts.models import GiftMembership
from app.memberships.letters import speakers
from app.memberships.money_models import Notice
from app.memberships.notices import Telling, tell
from app.memberships.reminding import remind
from app.people.models import Person
from tests.mail.making import advance, at_port
from tests.mail.relays import Taken, doing_as_told
from tests.memberships.account.making import ANN, make_intent
from tests.memberships.making import make_person

BOB = "bob@post.example"


def make_gift(session: Session, buyer_id: int, moment: datetime, **values: Any) -> GiftMembership:  # noqa: ANN401 - columns
    """Add a membership of twelve months that somebody gave to whoever has the code."""
    name = str(uuid.uuid4())
    intent = make_intent(session, buyer_id, kind="gift_membership", interval=None)
    usual: dict[str, Any] = {
        "public_id": name,
        "code_hash": name,
        "kind": "gift",
        "intent_id": intent.id,
        "months": 12,
        "paid_at": moment,
    }
    row = GiftMembership(buyer_id=buyer_id, **{**usual, **values})
    session.add(row)
    session.flush()
    return row


@dataclass
class Post:
    """A newsroom that writes to Ann, with the relay that takes its mails."""

    database: Database
    settings: Settings
    mails: list[Taken]
    person_id: int

    @property
    def now(self) -> datetime:
        """The domain's present moment."""
        with self.database.read() as session:
            return now(session)

    def add(self, make: Any, **values: Any) -> int:  # noqa: ANN401 - whatever makes a row of hers
        """Add a row of Ann's; return its id."""
        with self.database.write() as session:
            made = make(session, self.person_id, **values)
            session.commit()
            return int(made.id)

    def change(self, model: type[Any], row_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
        """Set columns of a row."""
        with self.database.write() as session:
            session.execute(update(model).where(model.id == row_id).values(**values))
            session.commit()

    def speaks(self, language: str) -> None:
        """Have Ann read another language from now on."""
        self.change(Person, self.person_id, language=language)

    def tell(self, kind: str, context: Mapping[str, int], **values: Any) -> None:  # noqa: ANN401 - of a telling
        """Have her told about something new."""
        telling = Telling(kind, uuid.uuid4().hex, self.person_id, context, **values)
        with self.database.write() as session:
            assert tell(session, telling, now(session))
            session.commit()

    def send(self) -> list[Taken]:
        """Send what is due; return it."""
        before = len(self.mails)
        while drain(Runtime(self.database, self.settings), "confirm", speakers()):
            pass
        return self.mails[before:]

    def letter(self, kind: str, context: Mapping[str, int], **values: Any) -> Taken:  # noqa: ANN401 - of a telling
        """Tell her about something, and return the one mail that comes of it."""
        self.tell(kind, context, **values)
        (mail,) = self.send()
        return mail

    def is_silent(self, kind: str, context: Mapping[str, int]) -> bool:
        """Tell whether a mail about something would say nothing, and be closed for that."""
        self.tell(kind, context)
        mails = self.send()
        with self.database.read() as session:
            newest = select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(1)
            row = session.scalars(newest).one()
        return not mails and row.done_at is not None and row.last_error == "no longer needed"

    def remind(self) -> list[str]:
        """Let the cron of reminders run; return the kinds of what it told now."""
        known = len(self.notices())
        remind(Runtime(self.database, self.settings))
        return [kind for kind, _ref in self.notices()[known:]]

    def notices(self) -> list[tuple[str, str]]:
        """Return kind and matter of all that was told, oldest first."""
        with self.database.read() as session:
            rows = session.execute(select(Notice.kind, Notice.ref).order_by(Notice.id))
            return [(row.kind, row.ref) for row in rows]

    def advance(self, **time: float) -> None:
        """Let time pass."""
        advance(self.database, **time)


@contextmanager
def writing_to_ann(database: Database, settings: Settings) -> Iterator[Post]:
    """Open a newsroom that knows Ann."""
    with database.write() as session:
        person_id = make_person(session, ANN)
        session.commit()
    with doing_as_told() as relay:
        yield Post(database, at_port(settings, relay.port), relay.mails, person_id)


def words(mail: Taken) -> str:
    """Return the plain text of a mail on one line."""
    return " ".join(mail.part("plain").split())
