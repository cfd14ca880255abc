"""Refunds and the ends of memberships, ordered at the desk and done at the stand-in for Stripe."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from app.core.database import Database
from app.desk.people import orders
from app.extensions import db
from app.memberships.money_models import Payment
from app.memberships.orders.models import StaffOrder
from app.memberships.orders.ordering import Wanted
from app.memberships.standing import standing_of
from app.payments import serving
from app.payments.serving import PAGE_RETRIES
from tests.desk.people.making import Care, caring


@pytest.fixture
def ann(database: Database, tmp_path: Path) -> Iterator[Care]:
    with caring(database, tmp_path) as made:
        yield made


def test_a_whole_refund_is_put_in_words_and_takes_one_from_the_count(ann: Care) -> None:
    before, page = ann.members(), ann.read(ann.refund)

    answer = ann.press(ann.refund, amount="7")

    number = ann.payment().receipt_number
    assert f"Refund 7.00\xa0EUR of receipt {number} to Ann Example, ann@post.example." in page
    assert answer.status_code == 303, answer.text
    assert "The money is on its way back." in ann.read()
    assert (before, ann.members()) == (1, 0)
    assert "Nothing of it is paid: the money went back." in ann.read()
    assert "Counts no more by their own membership" in ann.read()
    assert (ann.payment().refunded_minor, ann.deeds()) == (700, ["refund.ordered"])


def test_a_part_goes_back_and_the_count_stays(ann: Care) -> None:
    page = ann.read(f"{ann.refund}?amount=2.50")

    ann.press(f"{ann.refund}?amount=2.50", amount="2.50")

    assert "Refund 2.50\xa0EUR of receipt" in page
    assert (ann.payment().refunded_minor, ann.members()) == (250, 1)
    assert "4.50\xa0EUR of it can go back." in ann.read(ann.refund)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please type an amount."),
        ("0", "Please type an amount."),
        ("8", "Only 7.00\xa0EUR is left to give back."),
        ("7 USD", "Please give the amount in EUR."),
    ],
)
def test_an_amount_that_cannot_go_back_is_told_at_its_field(
    ann: Care, typed: str, sentence: str
) -> None:
    shown = ann.desk.get(f"{ann.refund}?amount={typed}")
    sent = ann.press(ann.refund, amount=typed)

    assert (shown.status_code, sent.status_code) == (422, 422)
    assert f'id="amount-error">{sentence}</p>' in sent.text
    assert f'value="{typed}"' in sent.text
    assert (ann.payment().refunded_minor, ann.deeds()) == (0, [])


def test_a_page_from_before_a_refund_gives_no_second_part_back(ann: Care) -> None:
    path = f"{ann.refund}?amount=2.50"
    seen, nonce = ann.read(path), ann.nonce(path)
    ann.press(path, amount="2.50", left="700")

    answer = ann.desk.post(path, nonce=nonce, amount="2.50", left="700")

    assert 'name="left" value="700"' in seen
    assert answer.status_code == 409
    assert "4.50\xa0EUR of it is left. Nothing more was done." in answer.text
    assert 'name="left" value="450"' in answer.text
    assert (ann.payment().refunded_minor, ann.deeds()) == (250, ["refund.ordered"])


def test_a_form_without_what_is_left_is_refused_in_words(ann: Care) -> None:
    nonce = ann.nonce(ann.refund)

    answer = ann.desk.post(ann.refund, nonce=nonce, amount="7")

    assert answer.status_code == 422
    assert "The form came without what its page said is left" in answer.text
    assert (ann.payment().refunded_minor, ann.deeds()) == (0, [])


def test_what_goes_back_just_before_the_order_is_told_and_nothing_more_goes(
    ann: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonce, place = ann.nonce(ann.refund), orders.place

    def late(wanted: Wanted) -> orders.Ordered:
        db.release()
        with ann.desk.database.write() as session:
            session.execute(update(Payment).values(refunded_minor=250))
            session.commit()
        return place(wanted)

    monkeypatch.setattr(orders, "place", late)
    answer = ann.desk.post(ann.refund, nonce=nonce, amount="2.50", left="700")

    assert answer.status_code == 409
    assert "4.50\xa0EUR of it is left. Nothing more was done." in answer.text
    assert ann.deeds() == []


def test_what_their_bank_holds_is_not_ordered_back(ann: Care) -> None:
    nonce = ann.nonce(ann.refund)
    with ann.desk.database.write() as session:
        session.execute(update(Payment).values(disputed="open"))
        session.commit()

    answer = ann.desk.post(ann.refund, nonce=nonce, amount="7", left="700")

    assert answer.status_code == 409
    assert "Their bank disputes this payment" in answer.text
    assert ann.deeds() == []


def test_the_second_click_of_one_form_refunds_nothing_more(ann: Care) -> None:
    nonce = ann.nonce(f"{ann.refund}?amount=2")

    first, second = (
        ann.desk.post(ann.refund, nonce=nonce, amount="2", left="700") for _click in range(2)
    )

    assert (first.status_code, second.status_code) == (303, 303)
    assert ann.payment().refunded_minor == 200
    assert [one["amount"] for one in ann.supporter.world.all("refund")] == [200]
    assert ann.deeds() == ["refund.ordered"]


def test_while_stripe_is_silent_a_refund_waits_and_no_second_is_taken(ann: Care) -> None:
    first, second = ann.nonce(ann.refund), ann.nonce(ann.refund)
    ann.supporter.trouble.down = 1 + PAGE_RETRIES

    ann.desk.post(ann.refund, nonce=first, amount="7", left="700")
    said, refused = ann.read(), ann.desk.post(ann.refund, nonce=second, amount="7", left="700")

    assert "Stripe does not answer just now: the order is kept" in said
    assert refused.status_code == 409
    assert "Stripe has not answered yet" in refused.text
    assert ann.supporter.world.all("refund") == []


def test_a_refund_that_stripe_refuses_says_why_and_can_be_ordered_anew(ann: Care) -> None:
    nonce = ann.nonce(ann.refund)
    ann.supporter.gateway.refund(ann.payment().payment_id, None, "behind our back")

    answer = ann.desk.post(ann.refund, nonce=nonce, amount="7", left="700")

    assert answer.status_code == 502
    assert "all of it has gone back already. Nothing was done." in answer.text
    assert ann.deeds() == ["refund.ordered", "refund.refused"]


def test_somebody_elses_receipt_is_not_found(ann: Care) -> None:
    page = ann.refund.replace(ann.public_id, "00000000-0000-0000-0000-000000000000")

    assert ann.desk.get(page).status_code == 404
    assert ann.desk.get(f"{ann.at}refund/R-2026-NONE/").status_code == 404


def test_a_membership_is_cancelled_for_somebody_and_goes_on_after_all(ann: Care) -> None:
    asked = ann.read(f"{ann.membership}cancel/")

    ann.press(f"{ann.membership}cancel/")
    cancelled = standing_of(ann.supporter.membership)
    ann.press(f"{ann.membership}undo/")

    assert "of Ann Example, ann@post.example end on" in asked
    assert (cancelled, standing_of(ann.supporter.membership)) == ("cancelled", "running")
    assert ann.members() == 1
    assert "The cancellation was taken back" in ann.read()
    assert ann.deeds() == ["membership.cancel", "membership.undo"]


def test_a_membership_that_ends_at_once_charges_no_more_and_counts_to_what_is_paid(
    ann: Care,
) -> None:
    ann.press(f"{ann.membership}end/")

    assert standing_of(ann.supporter.membership) == "over"
    assert ann.supporter.at_stripe().ended_at is not None
    assert ann.members() == 1
    assert ann.desk.get(f"{ann.membership}end/").status_code == 303


def test_a_membership_is_paused_and_resumed(ann: Care) -> None:
    ann.press(f"{ann.membership}pause/")
    paused = ann.supporter.at_stripe().paused
    ann.press(f"{ann.membership}resume/")
    page = ann.read(f"{ann.at}?kind=membership")

    assert paused
    assert not ann.supporter.at_stripe().paused
    assert "Their membership was paused" in page
    assert "Their membership was resumed" in page
    assert ann.members() == 1


def test_what_cannot_be_done_as_things_stand_changes_nothing(ann: Care) -> None:
    nonce = ann.nonce(f"{ann.membership}pause/")
    ann.press(f"{ann.membership}cancel/")

    answer = ann.desk.post(f"{ann.membership}pause/", nonce=nonce)

    assert answer.status_code == 409
    assert "this cannot be done any more" in answer.text
    assert not ann.supporter.at_stripe().paused


def test_a_form_without_a_nonce_of_ours_is_refused(ann: Care) -> None:
    assert ann.desk.post(ann.refund, amount="7").status_code == 400
    assert ann.desk.post(ann.refund, amount="7", nonce="short").status_code == 400
    assert ann.payment().refunded_minor == 0


def test_while_stripe_is_silent_nobody_is_erased_here(ann: Care) -> None:
    ann.supporter.trouble.down = 1 + PAGE_RETRIES

    silent = ann.desk.post(f"{ann.at}erase/")
    page = ann.read()
    serving._patient.cache_clear()  # which asks nothing for a while after such silence
    ann.desk.post(f"{ann.at}erase/")

    assert silent.status_code == 503
    assert "nothing was erased here" in silent.text
    assert "Ann Example" in page
    assert "They were erased." in ann.read()
    assert ann.supporter.at_stripe().ended_at is not None
    assert ann.deeds() == ["person.erased"]


def test_a_click_while_the_first_is_under_way_is_told_so(ann: Care) -> None:
    nonce = ann.nonce(ann.refund)
    ann.supporter.trouble.down = 1 + PAGE_RETRIES
    ann.desk.post(ann.refund, nonce=nonce, amount="7", left="700")
    with ann.desk.database.write() as session:
        session.execute(update(StaffOrder).values(lease="of another process"))
        session.commit()

    ann.desk.post(ann.refund, nonce=nonce, amount="7", left="700")

    assert "Stripe is being asked at this moment" in ann.read()
    assert ann.supporter.world.all("refund") == []
