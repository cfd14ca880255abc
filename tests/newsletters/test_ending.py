"""Bounces and complaints, from what is told of a mail to what becomes of subscriptions."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.core.work import Runtime
from app.mail import event_jobs
from app.mail.event_models import MailEvent
from app.mail.events import Notice, keep
from app.mail.models import OutgoingMail, Suppression
from app.newsletters.ending import may_ask_again
from app.newsletters.models import Subscription
from app.people import erasing
from app.people.models import EmailAddress, Person
from app.wiring import HEARERS, registers
from tests.newsletters.making import ANN, Newsroom

BOB = "bob@post.example"


@pytest.fixture
def mail_id(newsroom: Newsroom) -> str:
    """The id of the first mail to Ann, who gets `daily` and `weekly`."""
    newsroom.client.post("/newsletters/subscribe", data={"email": ANN, "list": ["daily", "weekly"]})
    newsroom.work()
    newsroom.confirms()
    newsroom.work()
    return sent(newsroom)[0].message_id


def sent(newsroom: Newsroom) -> Sequence[OutgoingMail]:
    with newsroom.database.read() as session:
        return session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def hear(newsroom: Newsroom, *notices: Notice, provider: str = "inbound") -> None:
    """Take notices in, and have the lane work."""
    with newsroom.database.write() as session:
        keep(session, provider, notices, now(session))
        session.commit()
    lane = event_jobs.lane(HEARERS)
    while lane.drain(Runtime(newsroom.database, newsroom.settings)):
        pass


def reasons(newsroom: Newsroom) -> list[str]:
    with newsroom.database.read() as session:
        return list(session.scalars(select(Suppression.reason)))


def ends(newsroom: Newsroom) -> list[tuple[str, str]]:
    """Return what the record of consent says of ends."""
    rows = [(one.what, one.form) for one in newsroom.consents()]
    return [one for one in rows if one[0] not in {"asked", "confirmed"}]


def test_a_hard_bounce_ends_what_goes_to_the_mailbox_and_shuts_it(
    newsroom: Newsroom, mail_id: str
) -> None:
    hear(newsroom, Notice("hard", mail_id, "5.1.1"))
    assert newsroom.states() == {"daily": "bounced", "weekly": "bounced"}
    assert ends(newsroom) == [("bounced", "bounce")] * 2
    assert reasons(newsroom) == ["bounce"]


def test_a_complaint_ends_all_lists_and_shuts_the_mailbox(newsroom: Newsroom, mail_id: str) -> None:
    hear(newsroom, Notice("complaint", mail_id))
    assert newsroom.states() == {"daily": "complained", "weekly": "complained"}
    assert ends(newsroom) == [("complained", "complaint")] * 2
    assert reasons(newsroom) == ["complaint"]


def test_nothing_more_is_sent_to_a_mailbox_that_was_shut(newsroom: Newsroom, mail_id: str) -> None:
    hear(newsroom, Notice("hard", mail_id))
    before = len(newsroom.mails)
    newsroom.asks(ANN, "daily")
    newsroom.client.post("/newsletters/subscribe", data={"email": ANN, "list": ["weekly"]})
    newsroom.work()
    assert len(newsroom.mails) == before


def test_others_are_left_alone(newsroom: Newsroom, mail_id: str) -> None:
    newsroom.asks(BOB, "daily")
    newsroom.confirms()
    hear(newsroom, Notice("complaint", mail_id))
    assert newsroom.states(BOB) == {"daily": "confirmed"}


@pytest.mark.parametrize("kind", ["blocked", "delivered"])
def test_what_is_not_about_the_mailbox_ends_nothing(
    newsroom: Newsroom, mail_id: str, kind: str
) -> None:
    for number in range(12):
        hear(newsroom, Notice(kind, mail_id, "5.7.1", event_id=str(number)), provider="ses")
        newsroom.advance(days=2)
    assert set(newsroom.states().values()) == {"confirmed"}
    assert reasons(newsroom) == []


def more_mails(newsroom: Newsroom, count: int) -> list[str]:
    """Write mails to Ann into the outbox; return their ids."""
    with newsroom.database.write() as session:
        first = session.scalars(select(OutgoingMail)).first()
        assert first is not None
        for number in range(count):
            session.add(
                OutgoingMail(
                    message_id=f"{number:032x}",
                    stream="lists",
                    person_id=first.person_id,
                    address=ANN,
                    language="en",
                    template="welcome",
                    context={},
                    created_at=now(session),
                    due_at=now(session),
                    done_at=now(session),
                )
            )
        session.commit()
    return [f"{number:032x}" for number in range(count)]


def soft(newsroom: Newsroom, mails: Sequence[str], days: float) -> None:
    for one in mails:
        hear(newsroom, Notice("soft", one, "5.2.2"))
        newsroom.advance(days=days)


def test_the_fifth_soft_bounce_in_more_than_a_week_ends_like_a_hard_one(
    newsroom: Newsroom, mail_id: str
) -> None:
    mails = more_mails(newsroom, 5)
    soft(newsroom, mails[:4], days=2)
    assert set(newsroom.states().values()) == {"confirmed"}
    soft(newsroom, mails[4:], days=2)
    assert set(newsroom.states().values()) == {"bounced"}
    assert reasons(newsroom) == ["bounce"]


@pytest.mark.parametrize(("count", "days"), [(6, 0.5), (6, 12)], ids=["in a rush", "rarely"])
def test_a_full_mailbox_is_given_its_time(
    newsroom: Newsroom, mail_id: str, count: int, days: float
) -> None:
    soft(newsroom, more_mails(newsroom, count), days)
    assert set(newsroom.states().values()) == {"confirmed"}


def test_one_mail_told_of_by_many_counts_once(newsroom: Newsroom, mail_id: str) -> None:
    for provider in ("smtp", "inbound", "ses", "postmark", "mailgun"):
        hear(newsroom, Notice("soft", mail_id, "5.2.2"), provider=provider)
        newsroom.advance(days=3)
    assert set(newsroom.states().values()) == {"confirmed"}


def test_a_mail_that_arrived_forgives_those_before_it(newsroom: Newsroom, mail_id: str) -> None:
    mails = more_mails(newsroom, 6)
    soft(newsroom, mails[:4], days=2)
    hear(newsroom, Notice("delivered", mail_id))
    newsroom.advance(hours=1)
    soft(newsroom, mails[4:], days=2)
    assert set(newsroom.states().values()) == {"confirmed"}


def test_a_bounce_from_before_an_arrival_does_not_count_though_it_comes_after(
    newsroom: Newsroom, mail_id: str
) -> None:
    mails = more_mails(newsroom, 5)
    with newsroom.database.read() as session:
        begun = now(session)
    newsroom.advance(days=20)
    hear(newsroom, Notice("delivered", mail_id), provider="ses")
    for number, one in enumerate(mails):
        earlier = begun + timedelta(days=2 * number)
        hear(newsroom, Notice("soft", one, happened_at=earlier), provider="ses")
    assert set(newsroom.states().values()) == {"confirmed"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_any_order_and_told_twice_the_same_comes_out(
    newsroom: Newsroom, mail_id: str, order: tuple[int, ...]
) -> None:
    told = [Notice(kind, mail_id) for kind in ("complaint", "hard", "delivered")]
    for place in (*order, *order):
        hear(newsroom, told[place])
    assert set(newsroom.states().values()) == {"complained"}
    assert reasons(newsroom) == ["complaint"]
    assert ends(newsroom).count(("complained", "complaint")) == 2
    assert len(ends(newsroom)) in {2, 4}


def test_whoever_left_by_themselves_has_left(newsroom: Newsroom, mail_id: str) -> None:
    newsroom.change(Subscription, state="unsubscribed")
    hear(newsroom, Notice("hard", mail_id), Notice("complaint", mail_id))
    assert set(newsroom.states().values()) == {"unsubscribed"}
    assert reasons(newsroom) == ["complaint"]
    assert ends(newsroom) == []


def test_what_waits_for_its_confirmation_ends_as_well(newsroom: Newsroom) -> None:
    newsroom.asks(ANN, "daily")
    hear(newsroom, Notice("hard", sent(newsroom)[0].message_id))
    assert newsroom.states() == {"daily": "bounced"}


def test_a_late_bounce_of_somebody_erased_changes_nothing(newsroom: Newsroom, mail_id: str) -> None:
    with newsroom.database.write() as session:
        person = session.scalars(select(Person.id)).one()
        erasing.erase(session, registers(newsroom.settings), person, now(session))
        session.commit()
    hear(newsroom, Notice("hard", mail_id), Notice("complaint", mail_id))
    assert reasons(newsroom) == ["erased"]
    with newsroom.database.read() as session:
        assert set(session.scalars(select(Subscription.state))) == {"unsubscribed"}
        assert None not in set(session.scalars(select(MailEvent.done_at)))


def test_a_notice_of_a_mail_that_we_never_sent_changes_nothing(
    newsroom: Newsroom, mail_id: str
) -> None:
    hear(newsroom, Notice("complaint", "f" * 32))
    assert set(newsroom.states().values()) == {"confirmed"}
    assert reasons(newsroom) == []


def test_whoever_changed_the_address_keeps_what_they_get_there(
    newsroom: Newsroom, mail_id: str
) -> None:
    newsroom.change(EmailAddress, address="new@post.example", key="new@post.example")
    hear(newsroom, Notice("hard", mail_id))
    assert set(newsroom.states("new@post.example").values()) == {"confirmed"}
    assert reasons(newsroom) == ["bounce"]
    hear(newsroom, Notice("complaint", mail_id))
    assert set(newsroom.states("new@post.example").values()) == {"complained"}


def test_what_is_kept_of_a_notice_is_no_address(newsroom: Newsroom, mail_id: str) -> None:
    hear(newsroom, Notice("hard", mail_id))
    with newsroom.database.read() as session:
        row = session.scalars(select(MailEvent)).one()
    assert "ann" not in str(vars(row))
    assert len(row.address_hash or "") == 64


def test_staff_let_an_address_be_asked_for_anew(newsroom: Newsroom, mail_id: str) -> None:
    hear(newsroom, Notice("complaint", mail_id))
    with newsroom.database.write() as session:
        assert may_ask_again(session, newsroom.settings, ANN, now(session))
        assert not may_ask_again(session, newsroom.settings, ANN, now(session))
        session.commit()
    assert ends(newsroom)[-1] == ("unsubscribed", "staff")
    newsroom.advance(days=8)
    newsroom.asks(ANN, "daily")
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed", "weekly": "unsubscribed"}


@pytest.mark.parametrize("kind", ["hard", "complaint"])
def test_of_an_old_mail_only_what_is_signed_is_believed(
    newsroom: Newsroom, mail_id: str, kind: str
) -> None:
    newsroom.advance(days=31)
    hear(newsroom, Notice(kind, mail_id))
    assert set(newsroom.states().values()) == {"confirmed"}
    assert reasons(newsroom) == []
    hear(newsroom, Notice(kind, mail_id), provider="ses")
    assert "confirmed" not in newsroom.states().values()
