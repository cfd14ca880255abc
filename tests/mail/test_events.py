"""The inbox of what is told of our mail: everything once, in one commit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.mail.event_models import KINDS, MailEvent
from app.mail.events import Notice, keep
from tests.mail.making import at_port, queue, rows_of, send
from tests.mail.relays import doing_as_told

HARD = Notice("hard", "a" * 32, "5.1.1")


def kept(database: Database) -> list[MailEvent]:
    with database.read() as session:
        return list(session.scalars(select(MailEvent).order_by(MailEvent.id)))


def test_a_notice_that_comes_again_is_kept_once(session: Session) -> None:
    assert keep(session, "inbound", [HARD, HARD], now(session)) == 1
    assert keep(session, "inbound", [HARD], now(session)) == 0
    assert keep(session, "smtp", [HARD], now(session)) == 1


def test_one_mail_can_be_told_of_in_every_way(session: Session) -> None:
    notices = [Notice(kind, HARD.about) for kind in KINDS]
    assert keep(session, "inbound", notices, now(session)) == len(KINDS)


def test_a_teller_with_names_of_its_own_is_taken_at_them(session: Session) -> None:
    notices = [Notice("soft", HARD.about, event_id=name * 300) for name in "ab"]
    assert keep(session, "ses", notices, now(session)) == 2


def test_nothing_has_happened_in_the_future(database: Database) -> None:
    with database.write() as session:
        moment = now(session)
        late = Notice("soft", "b" * 32, happened_at=moment + timedelta(days=9))
        keep(session, "ses", [late], moment)
        session.commit()
    assert kept(database)[0].happened_at == moment


def test_of_twenty_at_once_one_is_kept(database: Database) -> None:
    def once(_number: int) -> int:
        with database.write() as session:
            new = keep(session, "inbound", [HARD], now(session))
            session.commit()
            return new

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(20))) == 1
    assert len(kept(database)) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("550 5.1.1 no such user", [("hard", "5.1.1")]),
        ("550-5.1.1 no such user\r\n550 5.1.1 sorry", [("hard", "5.1.1")]),
        ("552 5.2.2 mailbox full", [("soft", "5.2.2")]),
        ("554 5.7.1 relay access denied", []),
        ("550 go away", []),
        ("550 5.4.1 no route", []),
    ],
)
def test_a_relays_refusal_counts_where_it_is_about_the_mailbox(
    database: Database, settings: Settings, answer: str, told: list[tuple[str, str]]
) -> None:
    queue(database, "ann@post.example")
    with doing_as_told() as script:
        script.refused["ann@post.example"] = answer
        send(database, at_port(settings, script.port))
    assert [(one.kind, one.status) for one in kept(database)] == told
    assert [one.about for one in kept(database)] == [rows_of(database)[0].message_id] * len(told)


@pytest.mark.parametrize("command", ["MAIL", "DATA", "END"])
def test_a_refusal_of_the_mail_says_nothing_of_the_mailbox(
    database: Database, settings: Settings, command: str
) -> None:
    queue(database, "ann@post.example")
    with doing_as_told(**{command: ["550 5.1.1 no such user"]}) as script:
        send(database, at_port(settings, script.port))
    assert kept(database) == []
