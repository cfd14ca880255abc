"""Mails about money that goes back: what they say of the membership that it was paid for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.memberships.money_models import Refund
from app.memberships.service import Grant, record
from tests.memberships.account.making import make_membership, make_payment, make_refund
from tests.memberships.letter_making import Post, words, writing_to_ann
from tests.memberships.making import at

DAY = timedelta(days=1)


@pytest.fixture
def post(database: Database, settings: Settings) -> Iterator[Post]:
    with writing_to_ann(database, settings) as opened:
        yield opened


def add_membership(post: Post, **values: Any) -> int:  # noqa: ANN401 - columns
    usual = {"period_ends_at": post.now + 20 * DAY, "paid_through": post.now + 20 * DAY}
    return post.add(make_membership, **{**usual, **values})


def day(post: Post, **ahead: float) -> str:
    local = (post.now + timedelta(**ahead)).astimezone(post.settings.time_zone)
    return f"{local.day} {local:%B %Y}"


def refund(post: Post, minor: int = 700, status: str = "succeeded", of: int | None = None) -> int:
    paid = {"receipt_number": "R-2026-7KQ0MXZ9", "paid_at": at("2026-11-23"), "membership_id": of}

    def make(session: Session, person_id: int) -> Refund:
        return make_refund(session, make_payment(session, person_id, **paid), minor, status=status)

    return post.add(make)


def test_money_that_went_back_is_told_with_its_payment(post: Post) -> None:
    said = words(post.letter("refunded", {"refund_id": refund(post, 250)}))

    assert said.startswith("We have sent €2.50 back to you ")
    assert "your payment of €7 on 23 November 2026" in said
    assert "Receipt: R-2026-7KQ0MXZ9" in said
    assert "next charge" not in said


def test_a_refund_of_a_part_leaves_the_membership_as_it_is(post: Post) -> None:
    refunded = refund(post, 250, of=add_membership(post))

    said = words(post.letter("refunded", {"refund_id": refunded}))

    assert f"Your membership goes on: the next charge is on {day(post, days=20)}." in said


NOT_COUNTED = "You are not counted as a member until the next charge"


def test_whose_payment_went_back_whole_is_no_member_until_the_next_charge(post: Post) -> None:
    refunded = refund(post, of=add_membership(post))

    mail = post.letter("refunded", {"refund_id": refunded})

    on = f", on {day(post, days=20)}. If you do not want it, stop it in your account."
    assert NOT_COUNTED + on in words(mail)
    assert NOT_COUNTED in mail.part("html")
    assert "goes on" not in words(mail)


def test_an_entitlement_that_the_refund_is_yet_to_end_makes_no_member(post: Post) -> None:
    membership = add_membership(post, subscription_id="sub_1")
    entitle(post, "membership", "sub_1")
    entitle(post, "membership", "sub_1#2")

    said = words(post.letter("refunded", {"refund_id": refund(post, of=membership)}))

    assert NOT_COUNTED in said


@pytest.mark.parametrize(("source", "ref"), [("gift", "a code"), ("membership", "sub_12")])
def test_whoever_is_a_member_otherwise_stays_one_after_a_refund(
    post: Post, source: str, ref: str
) -> None:
    membership = add_membership(post, subscription_id="sub_1")
    entitle(post, source, ref)

    said = words(post.letter("refunded", {"refund_id": refund(post, of=membership)}))

    assert "Your membership goes on" in said


def test_another_payment_of_the_same_time_keeps_a_member(post: Post) -> None:
    membership = add_membership(post)
    held = {"paid_at": post.now - DAY, "covers_until": post.now + 20 * DAY}
    post.add(make_payment, membership_id=membership, **held)

    said = words(post.letter("refunded", {"refund_id": refund(post, of=membership)}))

    assert "Your membership goes on" in said


def entitle(post: Post, source: str, ref: str) -> None:
    with post.database.write() as session:
        given = Grant(post.person_id, source, ref, now(session) - DAY, None)
        record(session, [given], reason="paid", now=now(session))
        session.commit()


@pytest.mark.parametrize("column", ["ends_at", "ended_at", "failing_since"])
def test_a_refund_announces_no_charge_that_will_not_come(post: Post, column: str) -> None:
    refunded = refund(post, of=add_membership(post, **{column: post.now}))

    assert "next charge" not in words(post.letter("refunded", {"refund_id": refunded}))


@pytest.mark.parametrize("status", ["failed", "canceled", "pending"])
def test_a_refund_that_did_not_happen_is_not_told(post: Post, status: str) -> None:
    assert post.is_silent("refunded", {"refund_id": refund(post, status=status)})
