"""Alarms while too many complain, or too much comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core.alarms import Alarm
from app.core.clock import now
from app.mail.event_models import MailEvent
from app.mail.events import Notice, keep
from app.mail.models import OutgoingMail
from app.mail.watching import KEPT, forget, watch


def sent(session: Session, count: int, **ago: float) -> None:
    moment = now(session) - timedelta(**ago)
    row = {
        "stream": "lists",
        "address": "ann@post.example",
        "language": "en",
        "template": "welcome",
        "context": {},
        "created_at": moment,
        "due_at": moment,
        "sent_at": moment,
    }
    rows = [{**row, "message_id": f"{number:032x}"} for number in range(count)]
    session.execute(insert(OutgoingMail), rows)


def told(session: Session, kind: str, count: int, provider: str = "inbound") -> None:
    notices = [Notice(kind, f"{number:032x}") for number in range(count)]
    keep(session, provider, notices, now(session))


def standing(session: Session) -> set[str]:
    return set(session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))))


@pytest.mark.parametrize(
    ("kind", "most", "alarm"),
    [
        ("complaint", 5, "mail.complaints"),
        ("hard", 100, "mail.bounces"),
        ("soft", 100, "mail.bounces"),
        ("blocked", 50, "mail.blocked"),
    ],
)
def test_more_than_the_bound_raises_an_alarm_until_it_is_over(
    session: Session, kind: str, most: int, alarm: str
) -> None:
    sent(session, 5000)
    told(session, kind, most)
    watch(session, now(session))
    assert standing(session) == set()

    told(session, kind, most + 1)
    watch(session, now(session))
    assert standing(session) == {alarm}

    watch(session, now(session) + timedelta(days=8))
    assert standing(session) == set()


def test_one_angry_reader_of_a_small_list_is_no_alarm(session: Session) -> None:
    sent(session, 20)
    told(session, "complaint", 2)
    watch(session, now(session))
    assert standing(session) == set()


def test_a_mail_told_of_twice_counts_once(session: Session) -> None:
    sent(session, 5000)
    for provider in ("inbound", "ses"):
        told(session, "complaint", 5, provider)
    watch(session, now(session))
    assert standing(session) == set()


def test_mails_of_long_ago_do_not_thin_the_share(session: Session) -> None:
    sent(session, 5000, days=9)
    told(session, "complaint", 4)
    watch(session, now(session))
    assert standing(session) == {"mail.complaints"}


def test_what_is_done_with_is_forgotten_after_a_season(session: Session) -> None:
    told(session, "hard", 2)
    first = session.scalars(select(MailEvent)).first()
    assert first is not None
    first.done_at = now(session)
    session.flush()
    forget(session, now(session) + KEPT - timedelta(days=1))
    assert len(session.scalars(select(MailEvent)).all()) == 2
    forget(session, now(session) + KEPT + timedelta(days=1))
    assert len(session.scalars(select(MailEvent)).all()) == 1


def test_what_nothing_follows_from_is_forgotten_after_days(session: Session) -> None:
    told(session, "other", 1)
    told(session, "hard", 1)
    for row in session.scalars(select(MailEvent)):
        row.done_at = now(session)
    session.flush()
    forget(session, now(session) + timedelta(days=3))
    assert session.scalars(select(MailEvent.kind)).all() == ["hard"]
