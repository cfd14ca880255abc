"""Leaving a list by a mail (RFC 2369): the address in the header is the proof."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from app.core.clock import now
from app.core.work import Runtime
from app.mail import event_jobs
from app.mail.events import keep
from app.mail.reports import Seals, read_report
from app.mail.seals import delivery_in
from app.newsletters.leaving import left_in
from app.newsletters.models import Newsletter
from app.people import erasing
from app.people.models import Person
from app.wiring import HEARERS, registers
from tests.mail.returning import mail
from tests.newsletters.making import ANN, Newsroom


@pytest.fixture
def way_out(newsroom: Newsroom) -> str:
    """The address in the welcome mail of `weekly` that ends it; `daily` is confirmed as well."""
    newsroom.settings = replace(newsroom.settings, mail_bounces="bounces@test.example")
    newsroom.client.post("/newsletters/subscribe", data={"email": ANN, "list": ["daily", "weekly"]})
    newsroom.work()
    newsroom.confirms()
    newsroom.work()
    header = str(newsroom.mails[-1].message["List-Unsubscribe"])
    web, by_mail = re.fullmatch(r"<(http://[^>]+)>,\s+<(mailto:[^>]+)>", header).groups()  # type: ignore[union-attr] # a header of another shape fails the test
    assert web in newsroom.mails[-1].part("plain")
    assert urlsplit(by_mail).query == "subject=unsubscribe"
    return urlsplit(by_mail).path


def write(newsroom: Newsroom, raw: bytes) -> None:
    """Have a mail come in, and the lane work."""
    ours = newsroom.settings
    seals = Seals(lambda text: delivery_in(ours, text), lambda text: left_in(ours, text))
    notice = read_report(raw, [], seals)
    with newsroom.database.write() as session:
        keep(session, "inbound", [notice] if notice else [], now(session))
        session.commit()
    event_jobs.lane(HEARERS).drain(Runtime(newsroom.database, ours))


def test_a_mail_to_the_address_in_the_header_ends_the_one_list(
    newsroom: Newsroom, way_out: str
) -> None:
    assert len(way_out.partition("@")[0]) <= 64
    for _ in range(2):
        write(newsroom, mail("From: anybody@elsewhere.example", f"To: {way_out}"))
    assert newsroom.states() == {"daily": "confirmed", "weekly": "unsubscribed"}
    assert [(one.what, one.form) for one in newsroom.consents()][-1] == ("unsubscribed", "mailto")
    assert [one.what for one in newsroom.consents()].count("unsubscribed") == 1


def test_so_does_one_with_its_seal_in_the_subject(newsroom: Newsroom, way_out: str) -> None:
    seal = way_out.partition("+")[2].partition("@")[0]
    write(newsroom, mail("To: bounces@test.example", f"Subject: unsubscribe {seal}"))
    assert newsroom.states()["weekly"] == "unsubscribed"


def test_a_seal_that_is_not_ours_ends_nothing(newsroom: Newsroom, way_out: str) -> None:
    write(newsroom, mail(f"To: bounces+{'a' * 48}@test.example"))
    head, _, domain = way_out.partition("@")
    write(newsroom, mail(f"To: {head[:-1]}{'b' if head[-2] != 'b' else 'c'}a@{domain}"))
    assert newsroom.states()["weekly"] == "confirmed"


def test_it_works_after_years_and_when_the_list_is_called_otherwise(
    newsroom: Newsroom, way_out: str
) -> None:
    newsroom.settings = replace(newsroom.settings, secret_key="another key altogether, long enough")
    newsroom.advance(days=3650)
    with newsroom.database.write() as session:
        session.get_one(Newsletter, newsroom.lists["weekly"]).slug = "sunday"
        session.commit()
    write(newsroom, mail(f"To: {way_out}"))
    assert newsroom.states() == {"daily": "confirmed", "sunday": "unsubscribed"}


def test_whoever_was_erased_stays_so(newsroom: Newsroom, way_out: str) -> None:
    with newsroom.database.write() as session:
        person = session.query(Person).one()
        erasing.erase(session, registers(newsroom.settings), person.id, now(session))
        session.commit()
    before = len(newsroom.consents())
    write(newsroom, mail(f"To: {way_out}"))
    assert len(newsroom.consents()) == before


def test_leaving_again_after_having_come_back_is_heard(newsroom: Newsroom, way_out: str) -> None:
    write(newsroom, mail(f"To: {way_out}"))
    newsroom.advance(days=8)
    newsroom.asks(ANN, "weekly")
    newsroom.confirms()
    write(newsroom, mail(f"To: {way_out}", "Message-ID: <second@elsewhere.example>"))
    assert newsroom.states()["weekly"] == "unsubscribed"


def test_confirmation_mail_carries_no_way_out(newsroom: Newsroom, way_out: str) -> None:
    first = newsroom.mails[0].message
    assert first["Auto-Submitted"] == "auto-generated"
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Feedback-ID"):
        assert first[name] is None
        assert newsroom.mails[-1].message[name] is not None
