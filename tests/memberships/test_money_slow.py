"""Money that takes its time: bank debits, refunds that take days, cards that fail and recover."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.memberships.gifts.models import WallName
from app.memberships.money_models import Customer, Membership, Refund
from app.memberships.wall import withdraw
from app.people.models import Person
from tests.memberships.money_making import ANN, FAILS_LATER, GOOD, Newsroom, newsroom

ARRIVES, NEVER_ARRIVES = "AT611904300234573201", "AT861904300235473202"
REFUND_TAKES_DAYS, REFUND_COMES_BACK = "4000000000007726", "4000000000005126"
ASKS_EVERY_TIME = "4000002760003184"
GRACE = timedelta(days=14)


@pytest.fixture
def news(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(database, settings, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("kind", ["membership", "gift"])
def test_a_debit_on_its_way_is_processing_and_then_paid(news: Newsroom, kind: str) -> None:
    wish = news.wish(kind)
    news.pay(wish, ARRIVES)
    news.look()
    assert news.intent(wish.public_id).state == "processing"
    assert (news.payments(), news.stretches(), news.mails()) == ([], [], [])
    news.advance(3.1)
    arrived_by = news.moment()
    news.look()

    (payment,) = news.payments()
    assert arrived_by - payment.paid_at < timedelta(days=1)
    assert news.intent(wish.public_id).state == "paid"
    assert ("receipt", ANN) in news.mails()
    assert len(news.stretches()) == (kind == "membership")


@pytest.mark.parametrize("kind", ["membership", "gift"])
def test_a_debit_that_never_arrives_fails(news: Newsroom, kind: str) -> None:
    wish = news.wish(kind)
    news.pay(wish, NEVER_ARRIVES)
    news.look()
    news.advance(3.1)
    news.look()

    assert news.intent(wish.public_id).state == "failed"
    assert (news.payments(), news.stretches()) == ([], [])
    assert news.mails() == [("payment_failed", ANN)]


@pytest.mark.parametrize("kind", ["membership", "gift"])
@pytest.mark.parametrize("seed", range(3))
def test_a_debit_of_which_we_hear_only_that_it_failed_is_told_of_once(
    news: Newsroom, kind: str, seed: int
) -> None:
    news.pay(news.wish(kind), NEVER_ARRIVES)
    news.advance(3.1)
    for _look in range(2):
        news.look(seed)

    assert news.mails() == [("payment_failed", ANN)]


def test_a_first_debit_that_arrives_when_tried_again_makes_a_member(news: Newsroom) -> None:
    wish = news.wish()
    news.pay(wish, NEVER_ARRIVES)
    news.look()
    news.advance(3.1)
    news.look()
    (customer,) = news.rows(Customer)
    news.world.new_card(customer.customer_id, GOOD)
    news.advance(4)
    news.look()

    assert news.intent(wish.public_id).state == "paid"
    assert news.notices() == ["payment-failed", "receipt", "welcome"]


def test_whoever_stops_before_a_first_debit_arrives_is_not_told_that_it_failed(
    news: Newsroom,
) -> None:
    subscription = news.join(NEVER_ARRIVES)
    news.look()
    news.gateway.end_now(subscription, "end")
    news.look()
    news.advance(3.1)
    news.look()

    assert "payment-failed" not in news.notices()


def test_a_card_declined_on_the_page_leaves_it_open(news: Newsroom) -> None:
    wish = news.wish("gift")
    page = news.pay(wish, "4000000000000002")
    news.look()
    assert news.intent(wish.public_id).state == "open"
    assert news.rows(Person) == []
    news.world.pay(page, GOOD, email=ANN, name="Ann Example")
    news.look()

    assert news.intent(wish.public_id).state == "paid"


def test_a_refund_that_takes_days_is_told_of_when_it_has_arrived(news: Newsroom) -> None:
    gift = news.give(card=REFUND_TAKES_DAYS)
    news.look()
    news.world.refund(gift)
    news.look()
    (pending,) = news.rows(Refund)
    assert pending.status == "pending"
    assert news.notices() == ["receipt"]
    news.advance(6)
    news.look()

    (arrived,) = news.rows(Refund)
    assert arrived.status == "succeeded"
    assert news.notices() == ["receipt", "refunded"]


def test_a_refund_that_comes_back_after_days_restores_the_membership(news: Newsroom) -> None:
    news.join(REFUND_COMES_BACK)
    (intent,) = news.world.all("payment_intent")
    news.look()
    whole = news.stretches()
    news.advance(1)
    news.world.refund(intent["id"])
    news.look()
    assert news.stretches() != whole
    news.advance(6)
    news.look()

    assert news.stretches() == whole


def test_a_card_that_failed_and_was_changed_goes_on_in_one_stretch(news: Newsroom) -> None:
    subscription = news.join(FAILS_LATER)
    news.look()
    (customer,) = news.rows(Customer)
    news.advance(32)
    news.look()
    assert news.membership(subscription).failing_since is not None
    news.world.new_card(customer.customer_id, GOOD)
    news.advance(4)
    news.look()

    row = news.membership(subscription)
    first, second = news.payments()
    assert (row.failing_since, row.next_attempt_at, row.status) == (None, None, "active")
    assert first.covers_until is not None
    assert second.paid_at > first.covers_until
    assert news.stretches() == [(subscription, first.paid_at, row.period_ends_at + GRACE)]


def test_a_bank_that_asks_every_time_fails_the_renewal(news: Newsroom) -> None:
    wish = news.wish()
    page = news.open(wish)
    news.world.pay(page, ASKS_EVERY_TIME, email=ANN, name="Ann Example", three_d=True)
    news.look()
    news.advance(31.5)
    news.look()

    (row,) = news.rows(Membership)
    assert row.failing_since is not None
    assert "card-failed-0" in news.notices()


def test_a_pause_ends_the_grace_and_a_resumed_membership_counts_on(news: Newsroom) -> None:
    subscription = news.join()
    news.look()
    news.gateway.pause(subscription, "pause")
    news.look()
    (payment,) = news.payments()
    assert news.membership(subscription).paused
    assert news.stretches() == [(subscription, payment.paid_at, payment.covers_until)]
    news.advance(40)
    news.gateway.resume(subscription, "resume")
    news.look()
    assert news.stretches() == [(subscription, payment.paid_at, payment.covers_until)]
    news.advance(31)
    news.look()

    _, again = news.payments()
    (_, second) = news.stretches()
    assert again.covers_until is not None
    assert second == (f"{subscription}#2", again.paid_at, again.covers_until + GRACE)


def test_yen_are_whole(news: Newsroom) -> None:
    news.join(currency="JPY", amount_minor=1_000)
    news.look()
    (payment,) = news.payments()
    assert (payment.amount_minor, payment.currency) == (1_000, "JPY")
    news.advance(1)
    news.world.refund(payment.payment_id)
    news.look()

    (refund,) = news.rows(Refund)
    assert [until for _name, _since, until in news.stretches()] == [refund.created_at]


def test_a_name_withdrawn_does_not_come_back(news: Newsroom) -> None:
    news.join(wall_name="Ann E.")
    news.look()
    (person,) = news.rows(Person)
    with news.database.write() as session:
        withdraw(session, person.id, news.moment())
        session.commit()
    news.look()
    news.advance(31.5)
    news.look()

    assert len(news.payments()) == 2
    assert news.rows(WallName) == []
