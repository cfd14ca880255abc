"""Memberships that others paid for: claimed by an address and a button, without a why."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.core.clock import now
from app.core.database import Database
from app.memberships.gifts import given_views
from app.memberships.service import Grant, grant
from tests.memberships.gifts.making import stretches
from tests.memberships.gifts.receiving import Recipient, heading, receiving
from tests.people.making import BOB, make_person

HOUR = timedelta(hours=1)


@pytest.fixture
def recipient(database: Database, tmp_path: Path) -> Iterator[Recipient]:
    with receiving(database, tmp_path) as made:
        yield made


def test_one_that_was_given_is_claimed_by_an_address_and_a_button(recipient: Recipient) -> None:
    recipient.buy("given")
    assert "Open at the moment: <strong>1</strong>" in recipient.door.get("/join/given/").text

    page = recipient.comes("/join/given/")
    assert recipient.gifts()[0].redeemed_by_id is None, "signing in claims nothing"

    assert heading(recipient.presses(page)) == "You are a member"
    with recipient.door.database.read() as session:
        assert [one[0] for one in stretches(session, recipient.person())] == ["given"]


def test_with_none_open_the_page_says_so_and_asks_for_nothing(recipient: Recipient) -> None:
    recipient.buy()
    page = recipient.door.get("/join/given/")

    assert "None is open at the moment." in page.text
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert "None is open" in recipient.door.post("/join/given/", email=BOB).text
    assert recipient.door.work() == 0


def test_the_last_one_may_be_gone_by_the_time_of_the_button(recipient: Recipient) -> None:
    recipient.buy("given")
    other = Recipient(recipient.door.another_browser())
    late = other.comes("/join/given/", "eve@post.example")
    recipient.presses(recipient.comes("/join/given/"))

    assert "None is open at the moment." in other.presses(late).text


def test_pressing_twice_claims_one(recipient: Recipient) -> None:
    for _one in range(2):
        recipient.buy("given")
    page = recipient.comes("/join/given/")
    recipient.presses(page)

    assert heading(recipient.presses(page)) == "You are a member"
    assert [one.redeemed_by_id is None for one in recipient.gifts()] == [False, True]


def test_a_member_is_told_that_they_are_one(recipient: Recipient) -> None:
    recipient.buy("given")
    page = recipient.comes("/join/given/")
    with recipient.door.database.write() as session:
        moment = now(session)
        paid = Grant(recipient.person(), "membership", "sub_1", moment - HOUR)
        grant(session, paid, reason="test", now=moment)
        session.commit()

    assert heading(recipient.presses(page)) == "You are a member already"
    assert recipient.gifts()[0].redeemed_by_id is None


def test_one_network_takes_no_more_than_its_share_of_a_day(recipient: Recipient) -> None:
    for _one in range(given_views.MOST_PER_NETWORK + 1):
        recipient.buy("given")
    for one in range(given_views.MOST_PER_NETWORK):
        taker = Recipient(recipient.door.another_browser())
        taker.presses(taker.comes("/join/given/", f"reader{one}@post.example"))

    page = recipient.comes("/join/given/")
    stopped = recipient.presses(page)
    assert stopped.status_code == 429
    assert "tomorrow" in stopped.text

    recipient.door.advance(days=1, seconds=1)
    assert heading(recipient.presses(recipient.door.get("/join/given/"))) == "You are a member"


def test_an_address_gets_the_same_answer_whoever_has_it(recipient: Recipient) -> None:
    recipient.buy("given")
    make_person(recipient.door.database, BOB)
    answers = [
        recipient.door.post("/join/given/", email=address) for address in (BOB, "new@post.example")
    ]

    assert [(one.status_code, one.location) for one in answers] == [
        (303, "/account/sign-in/sent/")
    ] * 2
