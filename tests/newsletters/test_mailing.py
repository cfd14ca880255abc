"""Who of a list is to be mailed at a moment."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.mail.suppression import COMPLAINT, ERASED, suppress
from app.newsletters import mailing
from app.newsletters.models import Newsletter, Subscription
from app.people.models import EmailAddress, Person
from tests.newsletters.making import ANN, Newsroom, moment

BOB = "bob@post.example"


def nobody(_session: Session, _people: Collection[int], _now: datetime) -> set[int]:
    return set()


def mailed(newsroom: Newsroom, slug: str = "daily", **later: float) -> list[str]:
    """Return the addresses that an issue would go to."""
    at = moment(newsroom.database) + timedelta(**later)
    with newsroom.database.read() as session:
        found = mailing.recipients(session, newsroom.settings, newsroom.lists[slug], at, nobody)
        return [one.address for one in found]


@pytest.fixture
def subscribed(newsroom: Newsroom) -> Newsroom:
    """Ann and Bob have confirmed `daily`; Cy has not."""
    for address in (ANN, BOB):
        newsroom.asks(address)
        newsroom.confirms()
    newsroom.asks("cy@post.example")
    return newsroom


def test_whoever_confirmed_is_mailed_and_nobody_else(subscribed: Newsroom) -> None:
    assert mailed(subscribed) == [ANN, BOB]
    assert mailed(subscribed, "weekly") == []


def test_a_pause_ends_by_itself(subscribed: Newsroom) -> None:
    until = moment(subscribed.database) + timedelta(weeks=2)
    subscribed.change(Subscription, paused_until=until)
    assert mailed(subscribed, days=13) == []
    assert mailed(subscribed, days=15) == [ANN, BOB]


@pytest.mark.parametrize(("reason", "left"), [(COMPLAINT, [ANN]), (ERASED, [ANN, BOB])])
def test_what_is_suppressed_is_left_out(subscribed: Newsroom, reason: str, left: list[str]) -> None:
    with subscribed.database.write() as session:
        suppress(session, subscribed.settings, BOB, reason, moment(subscribed.database))
        session.commit()
    assert mailed(subscribed) == left


def test_whoever_was_erased_is_left_out(subscribed: Newsroom) -> None:
    subscribed.change(Person, erased_at=moment(subscribed.database))
    assert mailed(subscribed) == []


def test_a_list_for_members_goes_to_members_alone(subscribed: Newsroom) -> None:
    subscribed.change(Newsletter, members_only=True)
    assert mailed(subscribed) == []


def test_of_two_addresses_the_one_proved_last_is_written_to(subscribed: Newsroom) -> None:
    at = moment(subscribed.database)
    with subscribed.database.write() as session:
        ann = session.query(EmailAddress).filter_by(key=ANN).one()
        for number, verified in ((1, at), (2, None)):
            address = f"ann{number}@post.example"
            session.add(
                EmailAddress(
                    person_id=ann.person_id,
                    address=address,
                    key=address,
                    verified_at=verified,
                    created_at=at + timedelta(seconds=number),
                )
            )
        session.commit()
    assert mailed(subscribed) == ["ann1@post.example", BOB]


def test_pages_leave_nobody_out_and_take_nobody_twice(
    subscribed: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "PAGE", 1)
    assert mailed(subscribed) == [ANN, BOB]
