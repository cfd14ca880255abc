"""What other parts ask of the money."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.money import MixedCurrencyError
from app.memberships.coverage import Gap
from app.memberships.queries_money import gaps_of, running_of, written_down
from app.memberships.receipts import free_number, receipt_number
from tests.memberships.account.making import make_membership, make_payment, make_refund
from tests.memberships.gifts.making import make_dispute
from tests.memberships.making import NOW, make_person

LATER = NOW + timedelta(days=2)


def test_a_payment_that_holds_has_no_gap(session: Session) -> None:
    payment = make_payment(session, make_person(session))
    make_refund(session, payment, 300)
    make_refund(session, payment, 400, status="failed")

    assert gaps_of(session, payment.id) == ()
    assert gaps_of(session, 0) == ()


def test_a_payment_that_went_back_has_one_from_then_on(session: Session) -> None:
    payment = make_payment(session, make_person(session))
    make_refund(session, payment, 300)
    make_refund(session, payment, 400, created_at=LATER)

    assert gaps_of(session, payment.id) == (Gap(LATER, None),)


def test_a_dispute_that_was_won_leaves_a_gap_of_its_time(session: Session) -> None:
    payment = make_payment(session, make_person(session))
    make_dispute(session, payment, "won", opened_at=NOW, closed_at=LATER)

    assert gaps_of(session, payment.id) == (Gap(NOW, LATER),)


def test_a_refund_in_another_currency_is_refused(session: Session) -> None:
    payment = make_payment(session, make_person(session))
    make_refund(session, payment, 700, currency="USD")

    with pytest.raises(MixedCurrencyError):
        gaps_of(session, payment.id)


def test_memberships_run_until_they_have_ended(session: Session) -> None:
    ann, ben = make_person(session), make_person(session)
    second = make_membership(session, ann, started_at=LATER)
    first = make_membership(session, ann, ends_at=LATER)
    make_membership(session, ann, ended_at=NOW)
    make_membership(session, ben)

    assert running_of(session, ann) == [first, second]


def test_a_number_that_is_taken_is_made_longer(session: Session) -> None:
    usual = receipt_number("pi_1", NOW)
    assert free_number(session, "pi_1", NOW) == usual
    make_payment(session, make_person(session), receipt_number=usual)

    longer = free_number(session, "pi_1", NOW)
    assert longer.startswith(usual)
    assert len(longer) == len(usual) + 1


def test_only_what_was_paid_for_a_membership_is_held_to_be_written_down(session: Session) -> None:
    ann = make_person(session)
    membership = make_membership(session, ann)
    renewal = make_payment(session, ann, membership_id=membership.id)
    gift = make_payment(session, ann)
    ids = [renewal.payment_id, gift.payment_id, "pi_unheard_of"]

    assert written_down(session, ids) == {renewal.payment_id}
    assert written_down(session, []) == frozenset()
