"""Gift memberships of one person: one after the other, whatever becomes of their money."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.months import add_months
from app.memberships.coverage import Gap, Stretch, merged
from app.memberships.gifts import gifts
from app.memberships.gifts.models import GiftMembership
from app.memberships.gifts.redeeming import redeem
from app.memberships.gifts.turns import Term, Turn, begins, take_turns, terms
from app.memberships.money_models import Payment
from tests.memberships.account.making import make_refund
from tests.memberships.gifts.making import buy, make_dispute, settle_again, stretches
from tests.memberships.gifts.test_redeeming import together
from tests.memberships.making import NOW, at, make_person

DAY = timedelta(days=1)
IN_A_YEAR, IN_TWO_YEARS = at("2027-11-23 12:00"), at("2028-11-23 12:00")


def day(number: int) -> datetime:
    return NOW + number * DAY


def pieces(found: Sequence[Term]) -> list[tuple[Stretch, ...]]:
    return [term.pieces for term in found]


def lasting(found: Sequence[Stretch]) -> timedelta:
    return sum((until - since for since, until in found), timedelta())


def test_one_gift_holds_from_its_use_on() -> None:
    assert terms([Turn(NOW, 12)]) == [Term(NOW, IN_A_YEAR, ((NOW, IN_A_YEAR),))]


def test_a_second_gift_waits_for_the_first() -> None:
    _first, second = terms([Turn(NOW, 12), Turn(day(9), 12)])

    assert second == Term(IN_A_YEAR, IN_TWO_YEARS, ((IN_A_YEAR, IN_TWO_YEARS),))


def test_a_second_gift_steps_in_where_the_first_loses_its_money() -> None:
    lost = Turn(NOW, 12, (Gap(day(30), None),))

    first, second = pieces(terms([lost, Turn(day(9), 12)]))

    assert first == ((NOW, day(30)),)
    assert second == ((day(30), add_months(day(30), 12)),)


def test_a_gift_used_during_a_dispute_rests_once_that_is_won() -> None:
    won = Turn(NOW, 12, (Gap(day(10), day(40)),))

    (first, second) = terms([won, Turn(day(20), 12)])

    rest = first.ends_at - day(40)
    assert second.starts_at == day(20)
    assert second.ends_at == add_months(day(20), 12) + rest


@st.composite
def chains(draw: st.DrawFn) -> list[Turn]:
    """Draw gifts taken up one after the other; the first was questioned once or lost its money."""
    days = sorted(draw(st.lists(st.integers(0, 900), min_size=1, max_size=4)))
    turns = [Turn(day(one), draw(st.integers(1, 24))) for one in days]
    opened = draw(st.integers(0, 900))
    closed = draw(st.none() | st.integers(opened + 1, opened + 400))
    gap = Gap(day(opened), None if closed is None else day(closed))
    first = Turn(turns[0].used_at, turns[0].months, draw(st.sampled_from([(), (gap,)])))
    return [first, *turns[1:]]


@given(chains())
def test_the_months_of_all_add_up_and_none_counts_twice(chain: list[Turn]) -> None:
    found = terms(chain)

    first, *others = found
    alone = [add_months(one.starts_at, turn.months) - one.starts_at
             for one, turn in zip(others, chain[1:], strict=True)]  # fmt: skip
    whole = merged(piece for term in found for piece in term.pieces)
    assert lasting(whole) == lasting(first.pieces) + sum(alone, timedelta())


@given(chains())
def test_whoever_has_taken_up_a_gift_is_never_without_while_one_is_left(chain: list[Turn]) -> None:
    found = terms(chain)

    whole = merged(piece for term in found for piece in term.pieces)
    for turn in (one for one in chain if not one.gaps):
        assert any(since <= turn.used_at < until for since, until in whole)


def give_two(session: Session) -> tuple[int, list[GiftMembership], list[Payment]]:
    """Let Bob take two gifts up, the second three weeks after the first."""
    bob, bought = make_person(session), [buy(session) for _gift in range(2)]
    for (gift, _payment), moment in zip(bought, (NOW, day(21)), strict=True):
        redeem(session, bob, gift.public_id, moment)
    return bob, [gift for gift, _payment in bought], [payment for _gift, payment in bought]


def test_two_gifts_lose_no_month_though_the_first_was_questioned(session: Session) -> None:
    (one, payment), (two, _other) = buy(session), buy(session)
    bob = make_person(session)
    redeem(session, bob, one.public_id, NOW)
    dispute = make_dispute(session, payment, "open", opened_at=day(10))
    settle_again(session, one, day(10))
    redeem(session, bob, two.public_id, day(20))
    dispute.state, dispute.closed_at = "won", day(40)
    session.flush()

    settle_again(session, one, day(40))

    rest = IN_A_YEAR - day(40)
    assert two.ends_at == add_months(day(20), 12) + rest
    assert stretches(session, bob)[-1][2] == IN_A_YEAR
    assert ("gift", day(20), two.ends_at) in stretches(session, bob)


def test_a_gift_that_waits_steps_in_when_the_money_of_the_first_goes_back(
    session: Session,
) -> None:
    bob, (one, two), (payment, _other) = give_two(session)
    assert two.redeemed_at == IN_A_YEAR
    make_refund(session, payment, 7000, created_at=day(30))

    settle_again(session, one, day(30))

    assert two.redeemed_at == day(30)
    assert stretches(session, bob) == [
        ("gift", NOW, day(30)),
        ("gift", day(30), add_months(day(30), 12)),
    ]


def test_a_refund_that_comes_back_lets_the_second_wait_again(session: Session) -> None:
    bob, (one, two), (payment, _other) = give_two(session)
    before = stretches(session, bob)
    refund = make_refund(session, payment, 7000, created_at=day(30))
    settle_again(session, one, day(30))
    refund.status, payment.refunded_minor = "failed", 0
    session.flush()

    settle_again(session, one, day(33))

    assert stretches(session, bob) == before
    assert (two.redeemed_at, two.ends_at) == (IN_A_YEAR, IN_TWO_YEARS)


def test_a_gift_taken_up_before_that_was_written_down_begins_where_it_began(
    session: Session,
) -> None:
    bob, (one, two), _payments = give_two(session)
    before = stretches(session, bob)
    one.used_at = two.used_at = None
    session.flush()

    take_turns(session, bob, day(50))

    assert stretches(session, bob) == before


def test_one_more_gift_would_begin_after_all_others(session: Session) -> None:
    bob, _gifts, _payments = give_two(session)

    assert begins(session, bob, day(60)) == IN_TWO_YEARS
    assert begins(session, make_person(session), day(60)) == day(60)


def test_a_gift_that_came_to_be_used_just_now_is_locked_anew_with_the_others(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, (one, two), (payment, _other) = give_two(session)
    make_refund(session, payment, 7000, created_at=day(30))
    real, before = gifts._ids_together, iter([[one.id]])
    monkeypatch.setattr(gifts, "_ids_together", lambda *asked: next(before, None) or real(*asked))

    settle_again(session, one, day(30))

    assert (two.redeemed_at, len(stretches(session, bob))) == (day(30), 2)


@pytest.mark.parametrize("times", range(3))
def test_used_and_looked_at_by_many_at_once_all_come_to_what_one_makes_of_it(
    database: Database, times: int
) -> None:
    with database.write() as session:
        bob, (one, two), (payment, other) = give_two(session)
        third, _third_payment = buy(session)
        make_dispute(session, payment, "won", opened_at=day(25), closed_at=day(30 + times))
        make_refund(session, other, 7000, created_at=day(40))
        session.commit()
    look = [partial(settle_again, gift=gift, now=day(50)) for gift in (one, two, third) * 2]
    use = partial(redeem, person_id=bob, public_id=third.public_id, now=day(50))

    together(database, [*look, use, use])

    with database.write() as session:
        found = stretches(session, bob)
        take_turns(session, bob, day(50))
        assert stretches(session, bob) == found
        ends = session.scalars(select(GiftMembership.ends_at).where(GiftMembership.id == third.id))
        assert ends.one() == add_months(IN_A_YEAR, 12)
