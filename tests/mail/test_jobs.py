"""The lane of mail: everything leaves once the relay takes it, and nothing is lost before."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail import jobs
from app.mail.jobs import drain
from app.mail.message import Words
from app.mail.models import OutgoingMail
from app.mail.outbox import LISTS, patience
from app.mail.suppression import COMPLAINT, suppress
from tests.mail.making import CONFIRMING, SPEAKERS, advance, at_port, queue, rows_of, send
from tests.mail.relays import doing_as_told, taking_all
from tests.ports import free_port

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

ANN, BOB, EVE = "ann@post.example", "bob@post.example", "eve@post.example"


def test_a_mail_leaves_and_is_marked(database: Database, settings: Settings) -> None:
    queue(database, ANN, BOB)
    with taking_all() as mailbox:
        assert send(database, at_port(settings, mailbox.port)) == 2

    assert {mail.recipient for mail in mailbox.mails} == {ANN, BOB}
    for row in rows_of(database):
        assert (row.smtp_code, row.sent_at is not None, row.lease) == (250, True, None)
        assert row.done_at is not None


def test_nothing_due_sends_nothing(database: Database, settings: Settings) -> None:
    assert send(database, settings) == 0


def test_nothing_leaves_twice(database: Database, settings: Settings) -> None:
    queue(database, ANN)
    with taking_all() as mailbox:
        ours = at_port(settings, mailbox.port)
        assert [send(database, ours), send(database, ours)] == [1, 0]
    assert len(mailbox.mails) == 1


def test_a_mail_may_be_for_later(database: Database, settings: Settings) -> None:
    with database.read() as session:
        tomorrow = now(session) + timedelta(days=1)
    queue(database, ANN, not_before=tomorrow)
    with taking_all() as mailbox:
        ours = at_port(settings, mailbox.port)
        assert send(database, ours) == 0
        advance(database, days=1, minutes=1)
        assert send(database, ours) == 1


def test_a_refusal_is_recorded_and_ends_it(database: Database, settings: Settings) -> None:
    queue(database, ANN, BOB)
    with doing_as_told() as script:
        script.refused[ANN] = "550 5.1.1 <ann@post.example> unknown"
        send(database, at_port(settings, script.port))

    ann, bob = rows_of(database)
    assert (ann.smtp_code, ann.sent_at) == (550, None)
    assert ann.done_at is not None
    assert (bob.smtp_code, bob.sent_at is not None) == (250, True)
    assert ANN not in (ann.last_error or "")


def test_a_mail_put_off_by_the_relay_goes_later_with_the_same_id(
    database: Database, settings: Settings
) -> None:
    queue(database, ANN)
    with doing_as_told(END=["451 4.7.1 greylisted", "250 OK"]) as script:
        ours = at_port(settings, script.port)
        send(database, ours)
        (row,) = rows_of(database)
        assert (row.smtp_code, row.attempts, row.done_at) == (451, 1, None)
        assert row.due_at > row.created_at + timedelta(seconds=3)
        advance(database, minutes=1)
        assert send(database, ours) == 1

    first, second = script.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.content == second.content


def test_a_mail_put_off_for_three_days_is_parked(database: Database, settings: Settings) -> None:
    queue(database, ANN)
    with doing_as_told(RCPT=["450 4.2.1 later"]) as script:
        ours = at_port(settings, script.port)
        for _ in range(60):
            send(database, ours)
            advance(database, hours=1, minutes=20)
        (row,) = rows_of(database)
    assert row.parked_at is not None
    assert timedelta(days=3) < row.parked_at - row.created_at < timedelta(days=3, hours=3)
    assert (row.smtp_code, row.done_at) == (450, None)


def test_a_dead_relay_costs_no_attempts_and_waits_longer_each_time(
    database: Database, settings: Settings
) -> None:
    queue(database, ANN, BOB)
    ours = at_port(settings, free_port())
    waits = []
    for _ in range(4):
        assert send(database, ours) == 0
        ann, bob = rows_of(database)
        with database.read() as session:
            waits.append(round((ann.due_at - now(session)).total_seconds()))
        assert (ann.attempts, bob.attempts, ann.lease, bob.lease) == (0, 0, None, None)
        advance(database, seconds=waits[-1] + 30)
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_once_the_relay_is_back_everything_goes(database: Database, settings: Settings) -> None:
    queue(database, ANN, BOB, EVE)
    send(database, at_port(settings, free_port()))
    advance(database, minutes=1)
    with taking_all() as mailbox:
        assert send(database, at_port(settings, mailbox.port)) == 3
    assert {mail.recipient for mail in mailbox.mails} == {ANN, BOB, EVE}


def test_a_relay_dead_for_three_days_parks_what_waited(
    database: Database, settings: Settings
) -> None:
    queue(database, ANN)
    advance(database, days=3, minutes=1)
    send(database, at_port(settings, free_port()))
    (row,) = rows_of(database)
    assert row.parked_at is not None


@pytest.mark.parametrize("answer", ["421 4.7.0 slow down", "454 4.7.0 temporary"])
def test_a_relay_that_is_full_slows_the_whole_lane(
    database: Database, settings: Settings, answer: str
) -> None:
    queue(database, ANN, BOB, EVE)
    with doing_as_told(RCPT=["250 OK", answer]) as script:
        assert send(database, at_port(settings, script.port)) == 0
        assert send(database, at_port(settings, script.port)) == 0

    sent = [row for row in rows_of(database) if row.sent_at]
    waiting = [row for row in rows_of(database) if not row.sent_at]
    assert (len(sent), len(waiting)) == (1, 2)
    assert {(row.attempts, row.lease) for row in waiting} == {(0, None)}
    assert script.connections == 1


def test_a_connection_lost_after_data_sends_again_and_stops_no_other(
    database: Database, settings: Settings
) -> None:
    queue(database, ANN, BOB)
    with doing_as_told(END=["hang up", "250 OK"]) as script:
        ours = at_port(settings, script.port)
        assert send(database, ours) == 0
        in_hand, other = sorted(rows_of(database), key=lambda row: -row.attempts)
        assert (in_hand.attempts, other.attempts) == (1, 0)
        advance(database, minutes=1)
        assert send(database, ours) == 2

    ids = [mail.message["Message-ID"] for mail in script.mails]
    assert (len(ids), len(set(ids))) == (3, 2)


def test_a_process_that_died_leaves_its_mails_to_the_next(
    database: Database, settings: Settings
) -> None:
    queue(database, ANN)

    def die(_session: Session, _settings: Settings, _rows: Sequence[Any]) -> dict[int, Words]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(database, settings, {"confirm": die})
    with taking_all() as mailbox:
        ours = at_port(settings, mailbox.port)
        assert send(database, ours) == 0
        with database.write() as session:
            session.execute(update(OutgoingMail).values(leased_until=LONG_AGO))
            session.commit()
        assert send(database, ours) == 1
    assert len(mailbox.mails) == 1


def test_a_mail_that_cannot_be_made_stops_no_other(database: Database, settings: Settings) -> None:
    broken, whole = queue(database, ANN, BOB)

    def speak(_session: Session, _settings: Settings, rows: Sequence[Any]) -> dict[int, Words]:
        return {row.id: CONFIRMING if row.id == whole else Words("Hi", {}) for row in rows}

    with taking_all() as mailbox:
        send(database, at_port(settings, mailbox.port), {"confirm": speak})
    assert [mail.recipient for mail in mailbox.mails] == [BOB]
    ann, _ = rows_of(database)
    assert (ann.id, ann.attempts, ann.done_at) == (broken, 1, None)
    assert "Undefined" in (ann.last_error or "")


def test_a_kind_of_mail_without_words_is_tried_again(
    database: Database, settings: Settings
) -> None:
    queue(database, ANN)
    send(database, settings, {})
    (row,) = rows_of(database)
    assert (row.attempts, row.done_at) == (1, None)
    assert "KeyError" in (row.last_error or "")


def test_a_mail_no_longer_needed_is_closed_unsent(database: Database, settings: Settings) -> None:
    queue(database, ANN)
    with doing_as_told() as script:
        send(database, at_port(settings, script.port), {"confirm": lambda *_args: {}})
    (row,) = rows_of(database)
    assert (row.done_at is not None, row.sent_at, script.connections) == (True, None, 0)


def test_nothing_goes_to_a_suppressed_address(database: Database, settings: Settings) -> None:
    queue(database, ANN, BOB)
    with database.write() as session:
        suppress(session, settings, ANN, COMPLAINT, now(session))
        session.commit()
    with taking_all() as mailbox:
        send(database, at_port(settings, mailbox.port))

    assert [mail.recipient for mail in mailbox.mails] == [BOB]
    ann, _ = rows_of(database)
    assert (ann.sent_at, ann.last_error) == (None, "suppressed")
    assert ann.done_at is not None


def test_a_confirmation_never_waits_behind_a_list(database: Database, settings: Settings) -> None:
    many = [f"reader{number}@post.example" for number in range(30)]
    queue(database, *many, stream=LISTS)
    queue(database, ANN)
    with taking_all() as mailbox:
        ours = at_port(settings, mailbox.port)
        assert send(database, ours) == 1
        assert mailbox.mails[0].recipient == ANN
        assert drain(Runtime(database, ours), LISTS, SPEAKERS) == 30


def test_a_batch_ends_in_time_and_the_rest_is_given_back(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(database, ANN, BOB)
    monkeypatch.setattr(jobs, "SENDING_SECONDS", -1)
    with taking_all() as mailbox:
        ours = at_port(settings, mailbox.port)
        send(database, ours)
        assert {(row.attempts, row.lease) for row in rows_of(database)} == {(0, None)}
        monkeypatch.undo()
        assert send(database, ours) == 2
    assert len(mailbox.mails) == 2


def test_there_is_a_lane_for_each_stream() -> None:
    assert [lane.name for lane in jobs.lanes(SPEAKERS)] == ["mail", "mail-lists"]


def test_patience_grows_with_age_and_has_an_end() -> None:
    ages = [timedelta(0), timedelta(minutes=3), timedelta(hours=1), timedelta(days=2)]
    waits = [patience(age) for age in ages]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=15), timedelta(minutes=15))
