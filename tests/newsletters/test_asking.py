"""What follows from a sign-up: subscriptions, consent, one confirmation, its mail."""

import pytest
from sqlalchemy import insert, select, update

from app.core.orm import table_of
from app.mail.suppression import BOUNCE, COMPLAINT, ERASED, suppress
from app.newsletters.models import Confirmation, SignupRequest, Subscription
from app.people.models import EmailAddress, Person
from tests.newsletters.making import ANN, Newsroom, link_in, moment, subjects


def test_a_sign_up_waits_for_its_confirmation(newsroom: Newsroom) -> None:
    newsroom.asks(**{"from": "/2026/11/bread/"})

    assert newsroom.states() == {"daily": "pending"}
    (consent,) = newsroom.consents()
    assert (consent.what, consent.form, consent.from_path) == (
        "asked",
        "article",
        "/2026/11/bread/",
    )
    assert (consent.language, bool(consent.wording)) == ("en", True)
    assert subjects(newsroom.mails_to(ANN)) == ["Please confirm: The Test Post"]


def test_the_mail_lists_what_was_asked_in_the_readers_language(newsroom: Newsroom) -> None:
    newsroom.asks(prefix="/uk")

    (mail,) = newsroom.mails
    assert "Daily українською" in mail.part("plain")
    assert link_in(mail).startswith("/uk/newsletters/confirm/")
    assert mail.message["Subject"] == "Підтвердіть, будь ласка: The Test Post"


def test_several_lists_at_once_get_one_mail(newsroom: Newsroom) -> None:
    newsroom.client.post("/newsletters/subscribe", data={"email": ANN, "list": ["daily", "weekly"]})
    newsroom.work()

    assert newsroom.states() == {"daily": "pending", "weekly": "pending"}
    (mail,) = newsroom.mails
    assert "Daily" in mail.part("plain")
    assert "Weekly" in mail.part("html")


def test_a_second_list_joins_the_open_confirmation(newsroom: Newsroom) -> None:
    newsroom.asks(slug="daily")
    newsroom.asks(slug="weekly")

    assert newsroom.states() == {"daily": "pending", "weekly": "pending"}
    assert len(newsroom.mails) == 1
    assert newsroom.count(Confirmation) == 1
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}


def test_the_same_list_asked_twice_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.asks()

    assert len(newsroom.mails) == 1
    assert len(newsroom.consents()) == 1
    assert newsroom.count(Subscription) == newsroom.count(Person) == 1


def test_a_thousand_posts_at_one_victim_are_one_mail(newsroom: Newsroom) -> None:
    rows = [
        {
            "token_hash": f"{number:064d}",
            "kind": "signup",
            "address": ANN,
            "address_key": ANN,
            "lists": [newsroom.lists["daily"], newsroom.lists["weekly"]],
            "language": "en",
            "form": "list",
            "network_hash": f"{number:064d}",
            "created_at": moment(newsroom.database),
            "due_at": moment(newsroom.database),
        }
        for number in range(1000)
    ]
    with newsroom.database.write() as session:
        session.execute(insert(table_of(SignupRequest)), rows)
        session.commit()

    newsroom.work()

    assert len(newsroom.mails) == 1
    assert len(newsroom.consents()) == 2
    assert all(row.done_at for row in newsroom.requests())


def test_spellings_of_one_mailbox_are_one_person(newsroom: Newsroom) -> None:
    newsroom.asks("Ann@Post.Example")
    newsroom.asks("ANN@post.example", "weekly")

    assert newsroom.count(Person) == newsroom.count(EmailAddress) == 1
    assert len(newsroom.mails) == 1


def test_who_has_it_already_is_told_so(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.advance(days=2)
    newsroom.asks()

    assert subjects(newsroom.mails)[1:] == ["Your newsletters from The Test Post"]
    assert newsroom.states() == {"daily": "confirmed"}
    assert len(newsroom.consents()) == 2
    assert "Daily" in newsroom.mails[-1].part("plain")


def test_who_has_it_already_is_told_once_a_day(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.asks()
    assert len(newsroom.mails) == 1


def test_another_list_after_confirming_is_written_about_when_the_day_is_over(
    newsroom: Newsroom,
) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.asks(slug="weekly")
    assert len(newsroom.mails) == 1

    newsroom.advance(days=1, minutes=1)
    newsroom.work()
    assert subjects(newsroom.mails) == ["Please confirm: The Test Post"] * 2
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}


@pytest.mark.parametrize("reason", [COMPLAINT, BOUNCE])
def test_a_suppressed_address_gets_nothing_and_leaves_nothing(
    newsroom: Newsroom, reason: str
) -> None:
    with newsroom.database.write() as session:
        suppress(session, newsroom.settings, ANN, reason, moment(newsroom.database))
        session.commit()

    newsroom.asks()

    assert newsroom.mails == []
    assert newsroom.count(Person) == newsroom.count(Subscription) == 0


def test_who_was_erased_may_come_back(newsroom: Newsroom) -> None:
    with newsroom.database.write() as session:
        suppress(session, newsroom.settings, ANN, ERASED, moment(newsroom.database))
        session.commit()
    newsroom.asks()
    assert len(newsroom.mails) == 1


def test_who_unsubscribed_may_come_back_by_confirming(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.change(Subscription, state="unsubscribed", ended_at=moment(newsroom.database))
    newsroom.advance(days=2)

    newsroom.asks()
    assert newsroom.states() == {"daily": "pending"}
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed"}
    assert [one.what for one in newsroom.consents()] == ["asked", "confirmed"] * 2


@pytest.mark.parametrize("state", ["bounced", "complained"])
def test_what_staff_must_open_stays_shut(newsroom: Newsroom, state: str) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.change(Subscription, state=state)
    newsroom.advance(days=2)

    newsroom.asks()
    assert newsroom.states() == {"daily": state}
    assert len(newsroom.mails) == 1


def test_a_list_that_closed_meanwhile_is_left_out(newsroom: Newsroom) -> None:
    newsroom.sign_up()
    with newsroom.database.write() as session:
        session.execute(update(SignupRequest).values(lists=[newsroom.lists["closed"]]))
        session.commit()
    newsroom.work()
    assert newsroom.states() == {}
    assert newsroom.mails == []


def test_an_expired_confirmation_makes_way_for_a_new_link(newsroom: Newsroom) -> None:
    newsroom.asks()
    old = link_in(newsroom.mails[0])
    newsroom.advance(days=8)
    newsroom.asks()

    assert len(newsroom.mails) == 2
    assert link_in(newsroom.mails[1]) != old
    with newsroom.database.read() as session:
        ended = session.scalars(select(Confirmation.ended_at).order_by(Confirmation.id)).all()
    assert [one is not None for one in ended] == [True, False]


def test_a_new_request_after_a_day_makes_a_new_link(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=1, minutes=1)
    newsroom.asks()

    assert link_in(newsroom.mails[0]) != link_in(newsroom.mails[1])
    assert newsroom.client.get(link_in(newsroom.mails[0])).status_code == 410
    assert newsroom.client.get(link_in(newsroom.mails[1])).status_code == 200


def test_no_text_of_a_visitor_is_in_the_mail(newsroom: Newsroom) -> None:
    newsroom.asks(name="Buy pills", **{"from": "/buy-cheap-pills/"})
    (mail,) = newsroom.mails
    assert b"pills" not in mail.content.lower()


def test_a_row_that_cannot_be_worked_on_stops_no_other(newsroom: Newsroom) -> None:
    newsroom.sign_up("bob@post.example")
    newsroom.sign_up(ANN)
    with newsroom.database.write() as session:
        first = session.scalars(select(SignupRequest).order_by(SignupRequest.id)).first()
        assert first is not None
        first.lists = [{"not": "an id"}]
        session.commit()
    newsroom.work()

    bob, ann = newsroom.requests()
    assert (bob.done_at, bob.attempts, bob.lease) == (None, 1, None)
    assert ann.done_at is not None
    assert [mail.recipient for mail in newsroom.mails] == [ANN]
