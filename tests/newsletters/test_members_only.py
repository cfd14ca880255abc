"""Lists for members alone: the same answer to everybody, and the rest by mail."""

import pytest

from app.core.clock import now
from app.memberships import service
from app.memberships.service import Grant
from app.newsletters.models import Newsletter
from app.newsletters.queries import forget_lists
from app.people.models import EmailAddress
from tests.newsletters.making import ANN, Newsroom, subjects
from tests.newsletters.preferences.setting import subscribed

BOB = "bob@post.example"
BOTH = {"email": ANN, "list": ["daily", "weekly"]}


@pytest.fixture
def weekly(newsroom: Newsroom) -> Newsroom:
    """A newsroom whose `weekly` is for members."""
    with newsroom.database.write() as session:
        session.query(Newsletter).filter_by(slug="weekly").one().members_only = True
        session.commit()
    forget_lists(newsroom.database)
    return newsroom


def join(newsroom: Newsroom, address: str = ANN) -> None:
    """Make an address that is known a member's."""
    with newsroom.database.write() as session:
        person = session.query(EmailAddress).filter_by(key=address).one().person_id
        moment = now(session)
        service.grant(session, Grant(person, "bank", "1", moment), reason="x", now=moment)
        session.commit()


def test_whoever_is_no_member_is_told_by_mail_how_to_become_one(weekly: Newsroom) -> None:
    weekly.asks(slug="weekly")
    (mail,) = weekly.mails
    assert str(mail.message["Subject"]).startswith("A newsletter for members of")
    text = mail.part("plain")
    assert ["Weekly" in text, "http://localhost/join/" in text] == [True, True]
    assert "confirm" not in text
    assert weekly.states() == {}


def test_a_member_gets_the_usual_confirmation(weekly: Newsroom) -> None:
    subscribed(weekly)
    join(weekly)
    weekly.advance(days=2)
    weekly.asks(slug="weekly")
    weekly.confirms()
    assert weekly.states() == {"daily": "confirmed", "weekly": "confirmed"}


def test_the_page_says_the_same_to_members_and_others(weekly: Newsroom) -> None:
    subscribed(weekly)
    join(weekly)
    answers = [weekly.sign_up(address, "weekly") for address in (ANN, BOB)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].data == answers[1].data
    assert {*answers[0].headers.keys()} == {*answers[1].headers.keys()}


def test_beside_other_lists_one_mail_says_both(weekly: Newsroom) -> None:
    weekly.client.post("/newsletters/subscribe", data=BOTH)
    weekly.work()
    (mail,) = weekly.mails
    assert "For members, so not among them: Weekly." in mail.part("plain")
    assert "For members, so not among them:" in mail.part("html")
    weekly.confirms()
    assert weekly.states() == {"daily": "confirmed"}


def test_beside_what_they_have_already_the_mail_names_that_alone(weekly: Newsroom) -> None:
    subscribed(weekly)
    weekly.advance(days=2)
    weekly.client.post("/newsletters/subscribe", data=BOTH)
    weekly.work()
    text = weekly.mails[-1].part("plain")
    assert ["Daily" in text, "Weekly" in text] == [True, False]


def test_one_address_gets_no_more_such_mails_than_confirmations(weekly: Newsroom) -> None:
    for _ in range(5):
        weekly.asks(slug="weekly")
    assert len(weekly.mails) == 1


def test_the_mail_comes_in_the_language_of_the_page(weekly: Newsroom) -> None:
    weekly.asks(slug="weekly", prefix="/uk")
    assert subjects(weekly.mails)[0].startswith("Розсилка для учасників")
    assert "http://localhost/uk/join/" in weekly.mails[0].part("plain")


def test_a_welcome_comes_in_the_lists_name_and_answers_go_to_its_address(
    newsroom: Newsroom,
) -> None:
    newsroom.change(Newsletter, sender_name={"en": "Ada, at Weekly"}, reply_to="ada@post.example")
    subscribed(newsroom, ANN, "weekly")
    message = newsroom.mails[-1].message
    assert str(message["From"]) == '"Ada, at Weekly" <post@test.example>'
    assert str(message["Reply-To"]) == "ada@post.example"
    assert "Ada" not in str(newsroom.mails[0].message["From"])


def test_a_senders_name_in_ukrainian_arrives_whole(newsroom: Newsroom) -> None:
    newsroom.change(Newsletter, sender_name={"en": "Ada", "uk": "Ївга з «Тижневика»"})
    newsroom.client.post("/uk/newsletters/subscribe", data={"email": ANN, "list": ["weekly"]})
    newsroom.work()
    newsroom.confirms()
    newsroom.work()
    sender = newsroom.mails[-1].message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Ївга з «Тижневика»", "post@test.example")
