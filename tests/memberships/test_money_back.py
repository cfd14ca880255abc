"""Money that goes back: refunds, disputes, warnings, and what they do to memberships and gifts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.alarms import Alarm
from app.core.database import Database
from app.core.settings import Settings
from app.memberships.gifts.models import GiftMembership
from app.memberships.gifts.redeeming import redeem
from app.memberships.money_models import Dispute, Payment, Refund
from tests.memberships.making import make_person
from tests.memberships.money_making import ANN, Newsroom, newsroom

GRACE = timedelta(days=14)


@pytest.fixture
def news(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(database, settings, tmp_path) as opened:
        yield opened


@pytest.fixture
def payment(news: Newsroom) -> Payment:
    """The first payment of a membership, five days ago."""
    news.join()
    news.look()
    news.advance(5)
    (paid,) = news.payments()
    return paid


def alarms(news: Newsroom) -> list[str]:
    """Return the kinds of the alarms that are open."""
    return sorted(one.kind for one in news.rows(Alarm) if one.cleared_at is None)


def ends(news: Newsroom) -> list[object]:
    return [until for _name, _since, until in news.stretches()]


def test_a_full_refund_ends_the_membership_from_then_on(news: Newsroom, payment: Payment) -> None:
    news.world.refund(payment.payment_id)
    news.look()

    (refund,) = news.rows(Refund)
    (paid,) = news.payments()
    assert (refund.status, refund.amount_minor, paid.refunded_minor) == ("succeeded", 700, 700)
    assert ends(news) == [refund.created_at]
    assert ("refunded", ANN) in news.mails()


def test_parts_given_back_end_nothing_until_they_are_all(news: Newsroom, payment: Payment) -> None:
    news.world.refund(payment.payment_id, 500)
    news.look()
    assert payment.covers_until is not None
    assert ends(news) == [payment.covers_until + GRACE]
    news.advance(1)
    news.world.refund(payment.payment_id, 200)
    news.look()

    last = max(one.created_at for one in news.rows(Refund))
    assert ends(news) == [last]
    assert news.notices().count("refunded") == 2


def test_a_refund_that_fails_makes_a_member_again(news: Newsroom, payment: Payment) -> None:
    refund = news.world.refund(payment.payment_id)
    news.look()
    news.world.fail_refund(refund)
    news.look()

    assert payment.covers_until is not None
    assert ends(news) == [payment.covers_until + GRACE]
    assert [one.refunded_minor for one in news.payments()] == [0]


def test_an_open_dispute_holds_and_one_that_is_won_counts_on(
    news: Newsroom, payment: Payment
) -> None:
    dispute = news.world.dispute(payment.payment_id)
    news.look()
    (held,) = news.rows(Dispute)
    assert (ends(news), alarms(news)) == ([held.opened_at], ["dispute"])
    assert news.payments()[0].disputed == "open"
    news.advance(3)
    news.world.settle_dispute(dispute, won=True)
    news.look()

    (won,) = news.rows(Dispute)
    assert won.state == "won"
    assert won.closed_at is not None
    assert won.closed_at - won.opened_at >= timedelta(days=3)
    assert payment.covers_until is not None
    (name, _, _), _second = news.stretches()
    assert news.stretches() == [
        (name, payment.paid_at, won.opened_at),
        (f"{name}#2", won.closed_at, payment.covers_until + GRACE),
    ]
    assert alarms(news) == []


def test_a_dispute_that_is_lost_never_counts_again(news: Newsroom, payment: Payment) -> None:
    dispute = news.world.dispute(payment.payment_id)
    news.look()
    news.world.settle_dispute(dispute, won=False)
    news.look()

    (lost,) = news.rows(Dispute)
    assert (lost.state, lost.closed_at, ends(news)) == ("lost", None, [lost.opened_at])
    assert alarms(news) == []


def test_a_question_before_a_dispute_changes_nothing(news: Newsroom, payment: Payment) -> None:
    news.world.dispute(payment.payment_id, warning=True)
    news.look()

    assert payment.covers_until is not None
    assert ends(news) == [payment.covers_until + GRACE]
    assert news.payments()[0].disputed == "warning"


def test_a_warning_of_fraud_alarms_until_the_money_went_back(
    news: Newsroom, payment: Payment
) -> None:
    news.world.warn(payment.payment_id)
    news.look()
    assert alarms(news) == ["early-fraud-warning"]
    news.look(seed=1)
    (alarm,) = news.rows(Alarm)
    assert (alarm.ref, alarm.times) == (payment.payment_id, 1)
    news.world.refund(payment.payment_id)
    news.look()

    assert alarms(news) == []


def test_a_refund_of_what_was_renewed_leaves_no_grace_of_the_month_before(news: Newsroom) -> None:
    news.join()
    news.advance(33)
    news.look()
    _first, second = news.payments()
    news.world.refund(second.payment_id)
    news.look()

    (refund,) = news.rows(Refund)
    assert ends(news) == [refund.created_at]


def test_a_refund_after_a_dispute_that_was_won_ends_what_went_on(
    news: Newsroom, payment: Payment
) -> None:
    dispute = news.world.dispute(payment.payment_id)
    news.advance(1)
    news.world.settle_dispute(dispute, won=True)
    news.look()
    first, _second = news.stretches()
    news.advance(1)
    news.world.refund(payment.payment_id)
    news.look()

    (refund,) = news.rows(Refund)
    assert news.stretches()[0] == first
    assert ends(news) == [first[2], refund.created_at]


def test_a_gift_whose_money_is_held_or_goes_back_counts_no_more(news: Newsroom) -> None:
    given = news.give("gift_membership", amount_minor=7000)
    news.look()
    with news.database.write() as session:
        reader = make_person(session, "reader@post.example")
        (gift,) = session.scalars(select(GiftMembership))
        redeem(session, reader, gift.public_id, news.moment())
        session.commit()
    assert len(news.stretches()) == 1
    news.advance(10)
    dispute = news.world.dispute(given)
    news.look()
    (held,) = news.rows(Dispute)
    assert ends(news) == [held.opened_at]
    assert news.rows(GiftMembership)[0].void_at == held.opened_at
    news.advance(2)
    news.world.settle_dispute(dispute, won=True)
    news.look()

    assert news.rows(GiftMembership)[0].void_at is None
    assert len(news.stretches()) == 2


def test_a_membership_refunded_before_it_was_ever_seen_mails_only_what_is_fresh(
    news: Newsroom,
) -> None:
    news.join()
    (intent,) = news.world.all("payment_intent")
    news.advance(10)
    news.world.refund(intent["id"])
    news.look()

    assert news.notices() == ["refunded"]
