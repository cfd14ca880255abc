"""Mails in an outbox, and relays' settings, for tests of mail."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import ClockOffset, now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail import outbox
from app.mail.jobs import Speak, drain
from app.mail.message import Words
from app.mail.models import OutgoingMail
from app.mail.outbox import CONFIRM, Mail
from app.people.service import Newcomer, find_or_create

LINK = "http://localhost/newsletters/confirm/" + "ab" * 32
CONFIRMING = Words(
    "Please confirm: The Test Post",
    {"lists": ("Daily", "Weekly"), "barred": ()},
    {"link": LINK, "code": "123456"},
)


def row(**values: Any) -> Any:  # noqa: ANN401 - stands for a claimed row
    """Return what a claimed row of the outbox looks like."""
    usual = {
        "id": 1,
        "message_id": "0123456789abcdef0123456789abcdef",
        "address": "reader@example.org",
        "language": "en",
        "template": "confirm",
        "created_at": datetime.fromisoformat("2026-11-23T19:04:00+00:00"),
    }
    return SimpleNamespace(**{**usual, **values})


def at_port(settings: Settings, port: int) -> Settings:
    """Return settings whose relay listens on this port."""
    return replace(settings, smtp_port=port)


def queue(database: Database, *addresses: str, **values: Any) -> list[int]:  # noqa: ANN401 - fields of a mail
    """Queue a confirmation's mail for each address; return the rows' ids."""
    with database.write() as session:
        moment = now(session)
        people = find_or_create(session, [Newcomer(one, one) for one in addresses], moment)
        outbox.queue(
            session,
            [Mail("confirm", one, "en", people[one], {"number": 1}, **values) for one in addresses],
            moment,
        )
        session.commit()
        return list(session.scalars(select(OutgoingMail.id).order_by(OutgoingMail.id)))


def speak(_session: Session, _settings: Settings, rows: Sequence[Any]) -> Mapping[int, Words]:
    """Give every mail its words."""
    return {one.id: CONFIRMING for one in rows}


SPEAKERS: dict[str, Speak] = {"confirm": speak}


def send(database: Database, settings: Settings, speakers: Mapping[str, Speak] = SPEAKERS) -> int:
    """Drain one batch of the stream of confirmations."""
    return drain(Runtime(database, settings), CONFIRM, speakers)


def rows_of(database: Database) -> list[OutgoingMail]:
    """Return the whole outbox, oldest first."""
    with database.read() as session:
        return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def advance(database: Database, **time: float) -> None:
    """Move the domain's clock ahead, as the rehearsal does."""
    with database.write() as session:
        offset = session.get(ClockOffset, 1) or ClockOffset(id=1, seconds=0)
        offset.seconds += int(timedelta(**time).total_seconds())
        session.add(offset)
        session.commit()
