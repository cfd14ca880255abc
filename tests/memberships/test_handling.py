"""What is written down of money: the handlers, fed by the real client before the stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.alarms import Alarm
from app.core.database import Database
from app.core.months import add_months
from app.core.settings import Settings
from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.money_models import Customer, Membership, Payment
from app.memberships.receipts import receipt_number
from app.people.models import EmailAddress, Person
from tests.memberships.money_making import ANN, FAILS_LATER, Newsroom, newsroom

GRACE = timedelta(days=14)


@pytest.fixture
def news(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(database, settings, tmp_path) as opened:
        yield opened


def test_joining_makes_a_member_with_a_payment_and_a_receipt(news: Newsroom) -> None:
    wish = news.wish(wall_name="Ann E.")
    subscription = news.gateway.checkout(news.pay(wish)).subscription_id
    news.look()

    row = news.membership(str(subscription))
    assert (row.amount_minor, row.currency, row.interval, row.status) == (
        700,
        "EUR",
        "month",
        "active",
    )
    assert (row.card_last4, row.paused, row.failing_since, row.ends_at) == (
        "4242",
        False,
        None,
        None,
    )
    (payment,) = news.payments()
    assert row.paid_through == payment.covers_until == row.period_ends_at
    assert payment.receipt_number == receipt_number(payment.payment_id, payment.paid_at)
    assert news.stretches() == [(subscription, payment.paid_at, row.period_ends_at + GRACE)]
    settled = news.intent(wish.public_id)
    assert (settled.state, settled.settled_at, settled.look_at) == ("paid", payment.paid_at, None)
    assert settled.person_id == row.person_id == payment.person_id
    (person,) = news.rows(Person)
    (address,) = news.rows(EmailAddress)
    assert (person.name, address.address, address.verified_at) == ("Ann Example", ANN, None)
    (listed,) = news.rows(WallName)
    assert (listed.name, listed.listed_at) == ("Ann E.", payment.paid_at)
    assert news.mails() == [("receipt", ANN), ("welcome_member", ANN)]


def test_looking_again_changes_nothing(news: Newsroom) -> None:
    news.join()
    news.look()
    before = (news.stretches(), news.mails(), [one.receipt_number for one in news.payments()])
    news.look(seed=3)

    after = (news.stretches(), news.mails(), [one.receipt_number for one in news.payments()])
    assert after == before
    assert len(news.rows(Person)) == len(news.rows(Customer)) == len(news.rows(Membership)) == 1


def test_a_single_gift_is_paid_for_and_counts_nothing(news: Newsroom) -> None:
    wish = news.wish("gift")
    news.pay(wish)
    news.look()

    (payment,) = news.payments()
    assert (payment.amount_minor, payment.membership_id, payment.intent_id) == (700, None, wish.id)
    assert news.intent(wish.public_id).state == "paid"
    assert news.stretches() == []
    assert news.mails() == [("receipt", ANN)]


def test_a_gift_membership_is_made_and_its_buyer_told_the_code(news: Newsroom) -> None:
    news.give("gift_membership", amount_minor=7000)
    news.look()

    (gift,) = news.rows(GiftMembership)
    (payment,) = news.payments()
    assert (gift.kind, gift.buyer_id, gift.paid_at) == ("gift", payment.person_id, payment.paid_at)
    assert news.mails() == [("gift_code", ANN), ("receipt", ANN)]


def test_what_carries_no_reference_of_ours_leaves_nothing(news: Newsroom) -> None:
    wish = news.wish()
    page = news.pay(wish)
    with news.database.write() as session:
        session.delete(session.merge(wish))
        session.commit()
    news.look()

    assert news.gateway.checkout(page).paid
    assert not any(news.rows(model) for model in (Person, Customer, Membership, Payment))


def test_a_page_that_ran_out_ends_the_wish(news: Newsroom) -> None:
    wish = news.wish()
    news.open(wish)
    news.look()
    assert news.intent(wish.public_id).state == "open"
    news.advance(1)
    news.look()

    assert news.intent(wish.public_id).state == "expired"
    assert news.rows(Person) == []


def test_a_page_whose_id_was_lost_in_a_crash_is_found_again(news: Newsroom) -> None:
    wish = news.wish()
    page = news.open(wish)
    assert wish.checkout_id is None
    news.look()

    assert news.intent(wish.public_id).checkout_id == page


def test_renewals_extend_one_stretch(news: Newsroom) -> None:
    subscription = news.join()
    news.look()
    news.advance(32)
    news.look()

    first, second = news.payments()
    row = news.membership(subscription)
    assert row.paid_through == second.covers_until
    assert first.covers_until is not None
    assert second.paid_at >= first.covers_until
    assert news.stretches() == [(subscription, first.paid_at, row.period_ends_at + GRACE)]


def test_a_card_that_fails_is_told_once_and_grace_stays_when_stripe_gives_up(
    news: Newsroom,
) -> None:
    subscription = news.join(FAILS_LATER)
    news.look()
    (payment,) = news.payments()
    news.advance(31.5)
    news.look()
    row = news.membership(subscription)
    assert row.failing_since is not None
    assert row.next_attempt_at is not None
    assert news.notices() == ["card-failed-0", "receipt", "welcome"]
    news.advance(9)
    news.look()

    row = news.membership(subscription)
    assert row.ended_at is not None
    assert (row.cancel_asked_at, row.ends_at) == (None, None)
    assert payment.covers_until is not None
    assert news.stretches() == [(subscription, payment.paid_at, payment.covers_until + GRACE)]
    assert news.notices() == ["card-failed-0", "receipt", "welcome"]


def test_who_cancels_counts_until_what_is_paid_and_no_longer(news: Newsroom) -> None:
    subscription = news.join()
    news.look()
    news.gateway.cancel(subscription, "cancel")
    news.look()

    row = news.membership(subscription)
    assert row.ends_at == row.period_ends_at == row.paid_through
    assert row.cancel_asked_at is not None
    assert [one[2] for one in news.stretches()] == [row.paid_through]
    assert news.notices() == ["cancelled", "receipt", "welcome"]
    news.gateway.undo_cancel(subscription, "undo")
    news.look()

    row = news.membership(subscription)
    assert (row.ends_at, row.cancel_asked_at) == (None, None)
    assert row.paid_through is not None
    assert [one[2] for one in news.stretches()] == [row.paid_through + GRACE]


def test_two_memberships_of_one_person_are_two_entitlements(news: Newsroom) -> None:
    one, other = news.join(), news.join()
    news.look()

    assert {name for name, _, _ in news.stretches()} == {one, other}
    assert len(news.rows(Person)) == 1
    assert len(news.rows(Customer)) == 2


def test_a_recount_of_an_old_account_mails_nobody(news: Newsroom) -> None:
    news.join()
    news.give("gift_membership")
    news.advance(4)
    news.look()

    assert len(news.payments()) == 2
    assert news.notices() == []


def test_a_customer_who_is_gone_is_noted_and_their_memberships_end(news: Newsroom) -> None:
    subscription = news.join()
    news.look()
    (customer,) = news.rows(Customer)
    news.world.delete_customer(customer.customer_id)
    with news.database.read() as session:
        assert session.scalar(select(Customer.gone_at)) is None
    news.look()

    (customer,) = news.rows(Customer)
    assert customer.gone_at is not None
    assert news.membership(subscription).ended_at is not None


def test_receipt_numbers_follow_from_the_payment(news: Newsroom) -> None:
    turn = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    number = receipt_number("pi_1", turn)

    assert number == receipt_number("pi_1", turn)
    assert number.startswith("R-2026-")
    assert len(number) == len("R-2026-") + 8
    assert number != receipt_number("pi_2", turn)
    assert news.payments() == []


def test_a_single_gift_counts_only_where_the_newsroom_says_so(news: Newsroom) -> None:
    generous = replace(news, settings=replace(news.settings, gift_months=3))
    payment_id = generous.give()
    generous.look()
    (payment,) = news.payments()
    counted = news.stretches()
    generous.advance(1)
    generous.world.refund(payment_id)
    generous.look()
    ((_name, _starts_at, ends_at),) = news.stretches()

    assert counted == [(payment_id, payment.paid_at, add_months(payment.paid_at, 3))]
    assert ends_at is not None
    assert timedelta(0) < ends_at - payment.paid_at <= timedelta(days=1, minutes=1)


def test_a_single_gift_counts_for_nothing_by_itself(news: Newsroom) -> None:
    news.give()
    news.look()

    assert len(news.payments()) == 1
    assert news.stretches() == []


def test_staff_are_told_of_somebody_whom_two_memberships_charge(news: Newsroom) -> None:
    news.join()
    second = news.join()
    news.look()
    news.look()
    told = open_alarms(news)
    news.gateway.cancel(second, "a key")
    news.look()

    (person,) = news.rows(Person)
    assert told == [("two-memberships", str(person.id), 1)]
    assert open_alarms(news) == []


def open_alarms(news: Newsroom) -> list[tuple[str, str, int]]:
    with news.database.read() as session:
        rows = session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)))
        return [(one.kind, one.ref, one.times) for one in rows]
