"""Gift memberships from the money's side: made once, told once, void while the money is away."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.mail.models import OutgoingMail
from app.memberships.gifts.codes import code_hash
from app.memberships.gifts.models import GiftMembership
from app.memberships.gifts.redeeming import redeem
from app.memberships.models import Entitlement
from app.memberships.money_models import Dispute, Notice, Payment, Refund
from app.memberships.queries import current_count
from tests.memberships.account.making import make_refund
from tests.memberships.gifts.making import (
    SETTINGS,
    buy,
    how_many,
    make_dispute,
    settle_again,
    stretches,
)
from tests.memberships.making import NOW, at, make_person

BOB = "bob@post.example"
DAY = timedelta(days=1)


def mails(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(OutgoingMail.template, OutgoingMail.address).order_by(OutgoingMail.template)
    )
    return [(row.template, row.address) for row in rows]


def notices(session: Session) -> list[str]:
    return sorted(session.scalars(select(Notice.kind)))


def test_a_gift_that_was_paid_has_twelve_months_and_a_code(session: Session) -> None:
    gift, payment = buy(session, recipient_address=BOB, recipient_key=BOB)

    assert (gift.kind, gift.months, gift.paid_at) == ("gift", 12, payment.paid_at)
    assert gift.code_hash == code_hash(SETTINGS, gift.public_id)
    assert (gift.buyer_id, gift.recipient_address) == (payment.person_id, BOB)
    assert (gift.void_at, gift.redeemed_at) == (None, None)


def test_settling_again_changes_nothing_and_writes_to_nobody_twice(session: Session) -> None:
    gift, _payment = buy(session, recipient_address=BOB, recipient_key=BOB)
    before = (gift.id, gift.public_id, gift.code_hash, gift.delivered_at)

    again = settle_again(session, gift, NOW + DAY)

    assert (again.id, again.public_id, again.code_hash, again.delivered_at) == before
    assert how_many(session, GiftMembership) == 1
    assert mails(session) == [("gift", BOB)]


def test_a_gift_was_paid_when_its_payment_says_and_by_whom(session: Session) -> None:
    gift, payment = buy(session)
    payment.paid_at = NOW - DAY
    payment.person_id = make_person(session)
    session.flush()

    settle_again(session, gift)

    assert (gift.paid_at, gift.buyer_id) == (NOW - DAY, payment.person_id)


def test_a_gift_that_nobody_uses_counts_for_nobody(session: Session) -> None:
    buy(session)

    assert how_many(session, Entitlement) == 0


def test_buyer_and_recipient_are_written_to(session: Session) -> None:
    buy(session, recipient_address=BOB, recipient_key=BOB)

    assert notices(session) == ["gift", "gift-code"]
    assert mails(session) == [("gift", BOB)]  # this buyer has no address of their own


def test_what_is_given_to_anybody_has_no_recipient_and_no_code_to_send(session: Session) -> None:
    gift, _payment = buy(session, "given")

    assert gift.kind == "given"
    assert notices(session) == []


def test_a_recipient_is_written_to_on_the_buyers_day_and_not_before(session: Session) -> None:
    gift, _payment = buy(
        session, recipient_address=BOB, recipient_key=BOB, deliver_at=NOW + 30 * DAY
    )
    assert mails(session) == []

    settle_again(session, gift, NOW + 30 * DAY)

    assert mails(session) == [("gift", BOB)]
    assert gift.delivered_at == NOW + 30 * DAY


def test_a_recipient_who_has_used_the_gift_is_not_written_to(session: Session) -> None:
    gift, _payment = buy(
        session, recipient_address=BOB, recipient_key=BOB, deliver_at=NOW + 2 * DAY
    )
    redeem(session, make_person(session, BOB), gift.public_id, NOW + DAY)

    settle_again(session, gift, NOW + 2 * DAY)

    assert mails(session) == [("gift_begun", BOB)]


def test_nobody_is_written_to_about_a_gift_of_last_week(session: Session) -> None:
    gift, _payment = buy(session, recipient_address=BOB, recipient_key=BOB, deliver_at=NOW + DAY)
    assert notices(session) == ["gift-code"]

    settle_again(session, gift, NOW + 7 * DAY)

    assert notices(session) == ["gift-code"]


def test_money_paid_back_voids_a_gift_and_nobody_is_told_of_it_any_more(session: Session) -> None:
    gift, payment = buy(session, recipient_address=BOB, recipient_key=BOB, deliver_at=NOW + 2 * DAY)
    make_refund(session, payment, 7000, created_at=NOW + DAY)

    settle_again(session, gift, NOW + 2 * DAY)

    assert gift.void_at == NOW + DAY
    assert notices(session) == ["gift-code"]


def test_a_part_paid_back_leaves_a_gift_as_it_is(session: Session) -> None:
    gift, payment = buy(session)
    make_refund(session, payment, 6999, created_at=NOW + DAY)

    assert settle_again(session, gift, NOW + DAY).void_at is None


def test_a_refund_that_fails_afterwards_gives_the_gift_back(session: Session) -> None:
    gift, payment = buy(session)
    bob = make_person(session)
    redeem(session, bob, gift.public_id, NOW)
    refund = make_refund(session, payment, 7000, created_at=NOW + DAY)
    settle_again(session, gift, NOW + DAY)
    assert gift.void_at == NOW + DAY

    refund.status = "failed"
    payment.refunded_minor = 0
    session.flush()
    settle_again(session, gift, NOW + 2 * DAY)

    assert gift.void_at is None
    assert stretches(session, bob) == [("gift", NOW, at("2027-11-23 12:00"))]


def test_money_paid_back_ends_what_a_gift_counts(session: Session) -> None:
    gift, payment = buy(session)
    bob = make_person(session)
    redeem(session, bob, gift.public_id, NOW)
    make_refund(session, payment, 7000, created_at=NOW + 10 * DAY)

    settle_again(session, gift, NOW + 10 * DAY)

    assert stretches(session, bob) == [("gift", NOW, NOW + 10 * DAY)]
    count = current_count(session, NOW + 10 * DAY)
    assert count is not None
    assert count.members == 0


def test_an_open_dispute_holds_a_gift_and_a_win_goes_on_with_it(session: Session) -> None:
    gift, payment = buy(session)
    bob = make_person(session)
    redeem(session, bob, gift.public_id, NOW)
    dispute = make_dispute(session, payment, "open", opened_at=NOW + 5 * DAY)

    settle_again(session, gift, NOW + 5 * DAY)
    assert gift.void_at == NOW + 5 * DAY
    assert stretches(session, bob) == [("gift", NOW, NOW + 5 * DAY)]

    dispute.state, dispute.closed_at = "won", NOW + 9 * DAY
    session.flush()
    settle_again(session, gift, NOW + 9 * DAY)
    assert gift.void_at is None
    assert stretches(session, bob) == [
        ("gift", NOW, NOW + 5 * DAY),
        ("gift", NOW + 9 * DAY, at("2027-11-23 12:00")),
    ]


def test_a_refund_after_a_win_takes_the_second_stretch_back(session: Session) -> None:
    gift, payment = buy(session)
    bob = make_person(session)
    redeem(session, bob, gift.public_id, NOW)
    make_dispute(session, payment, "won", opened_at=NOW + 5 * DAY, closed_at=NOW + 9 * DAY)
    settle_again(session, gift, NOW + 9 * DAY)
    assert len(stretches(session, bob)) == 2

    make_refund(session, payment, 7000, created_at=NOW + 7 * DAY)
    settle_again(session, gift, NOW + 10 * DAY)

    assert stretches(session, bob) == [("gift", NOW, NOW + 5 * DAY)]


def test_a_gift_void_from_before_its_use_counts_for_nobody(session: Session) -> None:
    gift, payment = buy(session)
    bob = make_person(session)
    redeem(session, bob, gift.public_id, NOW + 3 * DAY)
    make_refund(session, payment, 7000, created_at=NOW + DAY)  # heard of late

    settle_again(session, gift, NOW + 4 * DAY)

    assert stretches(session, bob) == []


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_the_ledger_stands_still_while_nothing_changes(session: Session, looks: int) -> None:
    gift, payment = buy(session)
    bob = make_person(session)
    redeem(session, bob, gift.public_id, NOW)
    make_dispute(session, payment, "won", opened_at=NOW + 5 * DAY, closed_at=NOW + 9 * DAY)
    settle_again(session, gift, NOW + 9 * DAY)
    before = how_many(session, Entitlement)

    for _look in range(looks):
        settle_again(session, gift, NOW + 10 * DAY)

    assert how_many(session, Entitlement) == before


HAPPENINGS = ("refund", "part", "failed", "open", "won", "lost", "look")


def happen(session: Session, payment: Payment, what: str, moment: datetime) -> None:
    """Let something become of a payment, as far as it can."""
    refund = session.scalars(select(Refund).filter_by(payment_id=payment.id)).first()
    dispute = session.scalars(select(Dispute).filter_by(payment_id=payment.id)).one_or_none()
    if what in {"refund", "part"} and refund is None:
        make_refund(session, payment, 7000 if what == "refund" else 10, created_at=moment)
    elif what == "failed" and refund is not None:
        refund.status = "failed"
    elif what == "open" and dispute is None:
        make_dispute(session, payment, "open", opened_at=moment)
    elif what in {"won", "lost"} and dispute is not None and dispute.closed_at is None:
        dispute.state, dispute.closed_at = what, moment
    session.flush()


@pytest.mark.parametrize("seed", range(12))
def test_however_often_a_payment_is_looked_at_the_end_is_the_same(
    session: Session, seed: int
) -> None:
    choice = random.Random(seed)  # noqa: S311 - no secret
    (often, first), (once, second) = buy(session), buy(session)
    readers = [make_person(session), make_person(session)]
    for gift, reader in zip((often, once), readers, strict=True):
        redeem(session, reader, gift.public_id, NOW)
    for day in range(1, 9):
        what, moment = choice.choice(HAPPENINGS), NOW + day * DAY
        for payment in (first, second):
            happen(session, payment, what, moment)
        settle_again(session, often, moment)

    settle_again(session, once, NOW + 9 * DAY)

    assert often.void_at == once.void_at
    assert stretches(session, readers[0]) == stretches(session, readers[1])
