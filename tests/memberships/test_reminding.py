"""Reminders: on their day, once, and not at all once that is long past."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.settings import Settings
from app.memberships import reminding
from app.memberships.cards import ends_at
from app.memberships.gifts.models import GiftMembership
from app.memberships.money_models import Membership
from tests.memberships.account.making import make_membership
from tests.memberships.letter_making import BOB, Post, make_gift, words, writing_to_ann
from tests.memberships.making import make_person

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def post(database: Database, settings: Settings) -> Iterator[Post]:
    with writing_to_ann(database, settings) as opened:
        yield opened


def yearly(post: Post, ahead: timedelta, **values: Any) -> int:  # noqa: ANN401 - columns
    ends = post.now + ahead
    usual = {"interval": "year", "period_ends_at": ends, "paid_through": ends, "card_year": 2099}
    return post.add(make_membership, **{**usual, **values})


def failing(post: Post, ago: timedelta, **values: Any) -> int:  # noqa: ANN401 - columns
    since = post.now - ago
    usual = {"failing_since": since, "paid_through": since}
    return post.add(make_membership, **{**usual, **values})


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (31 * DAY, []),
        (30 * DAY + HOUR, []),
        (30 * DAY - HOUR, ["renewal-30"]),
        (27 * DAY + HOUR, ["renewal-30"]),
        (27 * DAY - HOUR, []),
        (7 * DAY + HOUR, []),
        (7 * DAY - HOUR, ["renewal-7"]),
        (4 * DAY + HOUR, ["renewal-7"]),
        (4 * DAY - HOUR, []),
        (-HOUR, []),
    ],
    ids=str,
)
def test_a_yearly_charge_is_announced_on_its_days_and_not_long_after(
    post: Post, ahead: timedelta, told: list[str]
) -> None:
    yearly(post, ahead)

    assert post.remind() == told


def test_each_reminder_is_one_mail_however_often_it_is_looked_for(post: Post) -> None:
    yearly(post, 30 * DAY - HOUR)

    assert [post.remind(), post.remind()] == [["renewal-30"], []]
    assert len(post.send()) == 1
    post.advance(days=23)
    assert [post.remind(), post.remind()] == [["renewal-7"], []]
    assert len(post.send()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"interval": "month"},
        {"paused": True},
        {"ends_at": datetime(2099, 1, 1, tzinfo=UTC)},
        {"ended_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"failing_since": datetime(2026, 1, 1, tzinfo=UTC)},
        {"paid_through": None},
    ],
    ids=str,
)
def test_only_a_charge_that_will_come_is_announced(post: Post, change: dict[str, Any]) -> None:
    yearly(post, 30 * DAY - HOUR, **change)
    yearly(post, 7 * DAY - HOUR, **change)

    assert post.remind() == []


def test_a_renewal_is_named_by_its_day_so_that_next_year_is_another(post: Post) -> None:
    membership = yearly(post, 7 * DAY - HOUR)
    assert post.remind() == ["renewal-7"]
    next_year = post.now + 372 * DAY - HOUR
    post.change(Membership, membership, period_ends_at=next_year, paid_through=next_year)
    post.advance(days=365)

    assert post.remind() == ["renewal-7"]


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (3 * DAY - HOUR, []),
        (3 * DAY + HOUR, ["card-failed-3"]),
        (6 * DAY - HOUR, ["card-failed-3"]),
        (6 * DAY + HOUR, []),
        (7 * DAY + HOUR, ["card-failed-7"]),
        (10 * DAY - HOUR, ["card-failed-7"]),
        (10 * DAY + HOUR, []),
    ],
    ids=str,
)
def test_a_failing_card_is_told_after_three_days_and_seven(
    post: Post, ago: timedelta, told: list[str]
) -> None:
    failing(post, ago)

    assert [post.remind(), post.remind()] == [told, []]
    assert len(post.send()) == len(told)


@pytest.mark.parametrize("days", [3, 7])
def test_the_mail_of_a_failing_card_knows_which_it_is(post: Post, days: int) -> None:
    failing(post, days * DAY + HOUR)
    post.remind()

    (mail,) = post.send()

    assert ("three days" in words(mail)) == (days == 3)
    assert ("a week" in words(mail)) == (days == 7)


def test_a_card_that_was_mended_is_let_be_though_a_mail_was_queued(post: Post) -> None:
    membership = failing(post, 3 * DAY + HOUR)
    assert post.remind() == ["card-failed-3"]
    post.change(Membership, membership, failing_since=None)

    assert post.send() == []
    post.advance(days=4)
    assert post.remind() == []


@pytest.mark.parametrize("ago", [HOUR, 3 * DAY + HOUR, 7 * DAY + HOUR, 40 * DAY], ids=str)
def test_who_lost_a_membership_to_a_failing_card_gets_the_last_word(
    post: Post, ago: timedelta
) -> None:
    failing(post, ago, ended_at=post.now - HOUR)

    assert [post.remind(), post.remind()] == [["card-failed-7"], []]
    (mail,) = post.send()
    assert words(mail).startswith("Your membership has ended")
    post.advance(days=4)
    assert post.remind() == []


def test_the_last_word_is_not_said_twice(post: Post) -> None:
    membership = failing(post, 7 * DAY + HOUR)
    assert post.remind() == ["card-failed-7"]
    assert len(post.send()) == 1
    post.advance(days=14)
    post.change(Membership, membership, ended_at=post.now - HOUR)

    assert post.remind() == []


def test_a_membership_lost_long_ago_is_not_spoken_of(post: Post) -> None:
    failing(post, 8 * DAY, ended_at=post.now - 3 * DAY - HOUR)

    assert post.remind() == []


@pytest.mark.parametrize(
    "change",
    [
        {"paused": True},
        {"ends_at": datetime(2099, 1, 1, tzinfo=UTC)},
        {"paid_through": None},
        {
            "ended_at": datetime(2026, 1, 2, tzinfo=UTC),
            "cancel_asked_at": datetime(2026, 1, 1, tzinfo=UTC),
        },
    ],
    ids=str,
)
def test_who_asked_to_stop_or_never_paid_is_not_asked_for_another_card(
    post: Post, change: dict[str, Any]
) -> None:
    failing(post, 3 * DAY + HOUR, **change)
    failing(post, 7 * DAY + HOUR, **change)

    assert post.remind() == []


def at_midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def with_card(post: Post, at: datetime, charged_at: datetime, **values: Any) -> int:  # noqa: ANN401 - columns
    """Add a membership at a moment of the domain, with a card that ends in March 2031."""
    post.advance(seconds=(at - post.now).total_seconds())
    usual = {"card_year": 2031, "card_month": 3, "paid_through": charged_at}
    return post.add(make_membership, period_ends_at=charged_at, **{**usual, **values})


CARD_ENDS = ends_at(2031, 3)


def test_a_card_is_good_to_the_end_of_its_month() -> None:
    assert ends_at(2031, 3) == datetime(2031, 4, 1, tzinfo=UTC)
    assert ends_at(2031, 12) == datetime(2032, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before_its_end", "told"),
    [
        (30 * DAY + HOUR, []),
        (30 * DAY - HOUR, ["card-expires"]),
        (27 * DAY + HOUR, ["card-expires"]),
        (27 * DAY - HOUR, []),
        (HOUR, []),
        (-HOUR, []),
    ],
    ids=str,
)
def test_a_yearly_card_is_told_thirty_days_before_it_ends(
    post: Post, before_its_end: timedelta, told: list[str]
) -> None:
    charged_at = datetime(2031, 9, 10, tzinfo=UTC)
    with_card(post, CARD_ENDS - before_its_end, charged_at, interval="year")

    assert [post.remind(), post.remind()] == [told, []]


def test_a_monthly_card_is_told_once_no_charge_lies_before_its_end(post: Post) -> None:
    membership = with_card(
        post, datetime(2031, 3, 10, tzinfo=UTC), datetime(2031, 3, 15, 9, tzinfo=UTC)
    )
    assert post.remind() == []  # it pays on the fifteenth all the same

    charged_at = datetime(2031, 4, 15, 9, tzinfo=UTC)
    post.change(Membership, membership, period_ends_at=charged_at, paid_through=charged_at)
    post.advance(days=5, hours=10)

    assert [post.remind(), post.remind()] == [["card-expires"], []]
    (mail,) = post.send()
    assert "Your card is good until 31 March 2031" in words(mail)
    assert "on 15 April 2031" in words(mail)


def test_a_card_that_outlasts_the_next_charge_is_no_matter(post: Post) -> None:
    with_card(post, CARD_ENDS - 30 * DAY + HOUR, datetime(2031, 3, 31, 23, 59, tzinfo=UTC))

    assert post.remind() == []


@pytest.mark.parametrize(
    "change",
    [
        {"paused": True},
        {"ends_at": CARD_ENDS + 200 * DAY},
        {"ended_at": CARD_ENDS - 60 * DAY},
        {"failing_since": CARD_ENDS - 90 * DAY},
        {"card_year": None, "card_month": None},
    ],
    ids=str,
)
def test_a_card_that_will_not_be_charged_is_no_matter(post: Post, change: dict[str, Any]) -> None:
    at, charged_at = CARD_ENDS - 30 * DAY + HOUR, CARD_ENDS + 100 * DAY
    with_card(post, at, charged_at, **{"interval": "year", **change})

    assert post.remind() == []


def give(post: Post, **values: Any) -> int:  # noqa: ANN401 - columns
    def make(session: Session, buyer_id: int) -> GiftMembership:
        usual = {"recipient_address": BOB, **values}
        return make_gift(session, buyer_id, post.now - 9 * DAY, **usual)

    return post.add(make)


def delivered(post: Post, gift_id: int) -> bool:
    with post.database.read() as session:
        asked = select(GiftMembership.delivered_at).where(GiftMembership.id == gift_id)
        return session.scalar(asked) is not None


def test_a_gift_is_written_about_on_its_day_and_once(post: Post) -> None:
    gift = give(post, deliver_at=post.now + DAY)
    assert (post.remind(), delivered(post, gift)) == ([], False)
    post.advance(days=1, minutes=1)

    assert [post.remind(), post.remind()] == [["gift"], []]
    assert delivered(post, gift)
    (mail,) = post.send()
    assert mail.recipient == BOB
    assert "Somebody has given you a membership" in words(mail)


@pytest.mark.parametrize("column", ["void_at", "redeemed_at", "delivered_at"])
def test_a_gift_that_needs_no_mail_any_more_gets_none(post: Post, column: str) -> None:
    give(post, deliver_at=post.now - HOUR, **{column: post.now - 2 * HOUR})

    assert post.remind() == []


def test_a_gift_without_an_address_is_handed_over_by_its_giver(post: Post) -> None:
    give(post, deliver_at=post.now - HOUR, recipient_address=None)

    assert post.remind() == []


def test_all_are_told_however_many_there_are(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "PAGE", 3)
    monkeypatch.setattr(reminding, "TOLD_AT_ONCE", 2)
    for number in range(10):
        ends = post.now + (30 if number % 2 else 31) * DAY - HOUR
        with post.database.write() as session:
            person = make_person(session, f"reader{number}@post.example")
            make_membership(session, person, interval="year", period_ends_at=ends)
            session.commit()

    assert post.remind() == ["renewal-30"] * 5
    assert len(post.send()) == 5


def test_the_cron_is_named_and_runs_every_minute() -> None:
    cron = reminding.reminding()

    assert (cron.name, cron.schedule) == ("memberships.reminding", "* * * * *")
    assert cron.run is reminding.remind
