"""Two supporters who are one: money, the count, gifts, and what Stripe tells of either later."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.alarms import Alarm
from app.core.clock import now
from app.core.database import Database
from app.core.months import add_months
from app.core.settings import Settings
from app.memberships.gifts.models import WallName
from app.memberships.gifts.redeeming import redeem
from app.memberships.merging_words import effect_on_count
from app.memberships.models import Entitlement, MemberCounter
from app.memberships.money_models import Customer, Membership, Payment
from app.memberships.service import Grant, grant
from app.people.merging import merge, preview, undo
from app.people.models import EmailAddress
from app.people.registers import Pair, Registers
from app.wiring import MERGERS
from tests.memberships.account.making import make_membership, make_payment, make_refund
from tests.memberships.gifts.making import buy, settle_again, stretches
from tests.memberships.making import NOW, make_person
from tests.memberships.sync_making import Till, open_till

REGISTERS = Registers(mergers=MERGERS)
ANN, ANNE = "ann@post.example", "anne@work.example"
DAY = timedelta(days=1)


@pytest.fixture
def till(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Till]:
    with open_till(database, settings, tmp_path) as opened:
        yield opened


def members(session: Session) -> int:
    session.expire_all()
    return session.scalars(select(MemberCounter)).one().members


def counts(session: Session, person: int, name: str = "sub_1") -> None:
    grant(session, Grant(person, "membership", name, NOW - DAY), reason="paid", now=NOW)


def two(session: Session) -> Pair:
    return Pair(make_person(session, ANNE), make_person(session, ANN), NOW)


def merges(session: Session, pair: Pair) -> int:
    return merge(session, REGISTERS, pair, "staff:1").id


def said(session: Session, pair: Pair) -> str:
    return " ".join(one.sentence for one in preview(session, REGISTERS, pair))


def test_the_count_goes_down_by_exactly_one_where_both_counted(session: Session) -> None:
    pair = two(session)
    counts(session, pair.from_id, "sub_1")
    counts(session, pair.into_id, "sub_2")
    assert (members(session), effect_on_count(session, pair)) == (2, -1)
    number = merges(session, pair)
    assert members(session) == 1
    undo(session, REGISTERS, number, "staff:1", NOW)

    assert members(session) == 2


def test_the_count_stays_where_one_of_them_counted(session: Session) -> None:
    pair = two(session)
    counts(session, pair.from_id)
    assert "The public count does not move." in said(session, pair)
    merges(session, pair)

    assert members(session) == 1


def test_entitlements_are_added_to_and_never_changed(session: Session) -> None:
    pair = two(session)
    counts(session, pair.from_id)
    number = merges(session, pair)
    undo(session, REGISTERS, number, "staff:1", NOW)

    rows = session.scalars(select(Entitlement).order_by(Entitlement.revision)).all()
    assert [(one.person_id, one.reason) for one in rows] == [
        (pair.from_id, "paid"),
        (pair.into_id, "merged"),
        (pair.from_id, "unmerged"),
    ]


def test_gifts_of_both_follow_one_another_and_go_back(session: Session) -> None:
    pair = two(session)
    for person, days in ((pair.from_id, 0), (pair.into_id, 30)):
        redeem(session, person, buy(session)[0].public_id, NOW + days * DAY)
    pair = Pair(pair.from_id, pair.into_id, NOW + 60 * DAY)
    before = stretches(session, pair.into_id)
    number = merges(session, pair)
    (_, first, until), (_, second, last) = stretches(session, pair.into_id)

    assert (first, until, second, last) == (
        NOW, add_months(NOW, 12), add_months(NOW, 12), add_months(NOW, 24),
    )  # fmt: skip
    undo(session, REGISTERS, number, "staff:1", pair.now)
    assert stretches(session, pair.into_id) == before


def test_a_gift_whose_money_goes_back_later_steps_aside_for_the_other(session: Session) -> None:
    pair = two(session)
    gifts = [buy(session) for _ in range(2)]
    for person, (gift, _paid) in zip((pair.from_id, pair.into_id), gifts, strict=True):
        redeem(session, person, gift.public_id, NOW)
    merges(session, pair)
    gift, paid = gifts[0]
    make_refund(session, paid, paid.amount_minor)
    settle_again(session, gift, NOW + DAY)

    assert [(since, until) for _, since, until in stretches(session, pair.into_id)] == [
        (NOW, add_months(NOW, 12))
    ]


def test_who_went_redeems_a_gift_for_the_one_who_stays(session: Session) -> None:
    pair = two(session)
    merges(session, pair)
    gift, _paid = buy(session)
    assert redeem(session, pair.from_id, gift.public_id, NOW).refused is None

    assert gift.redeemed_by_id == pair.into_id


def test_one_human_whom_two_memberships_charge_is_told_of(session: Session) -> None:
    pair = two(session)
    for person in (pair.from_id, pair.into_id):
        make_membership(session, person)
    assert "Two memberships or more would charge one person: €7 a month" in said(session, pair)
    number = merges(session, pair)
    open_ = select(Alarm.ref).where(Alarm.cleared_at.is_(None))
    assert session.scalars(open_).all() == [str(pair.into_id)]
    undo(session, REGISTERS, number, "staff:1", NOW)

    assert session.scalars(open_).all() == []


def test_payments_are_summed_by_currency(session: Session) -> None:
    pair = two(session)
    make_payment(session, pair.from_id, amount_minor=700)
    make_payment(session, pair.into_id, amount_minor=1200)
    make_payment(session, pair.into_id, amount_minor=10_000, currency="UAH")

    assert "Payments together: 3, which brought €19, ₴100." in said(session, pair)


def test_of_two_names_on_the_wall_one_stays_and_both_come_back(session: Session) -> None:
    pair = two(session)
    for person, name in ((pair.from_id, "Anne"), (pair.into_id, "Ann")):
        session.add(WallName(person_id=person, name=name, listed_at=NOW))
    names = select(WallName.name).order_by(WallName.name)
    number = merges(session, pair)
    assert session.scalars(names).all() == ["Ann"]
    undo(session, REGISTERS, number, "staff:1", NOW)

    assert session.scalars(names).all() == ["Ann", "Anne"]


def test_what_came_of_a_membership_since_goes_back_with_it(session: Session) -> None:
    pair = two(session)
    promise = make_membership(session, pair.from_id)
    number = merges(session, pair)
    later = make_payment(session, pair.into_id, membership_id=promise.id)
    counts(session, pair.into_id, f"{promise.subscription_id}#2")
    other = make_membership(session, pair.into_id, started_at=NOW + DAY)
    later_on = undo(session, REGISTERS, number, "staff:1", NOW + 2 * DAY)

    assert later_on == ["Memberships begun since, which stay: 1."]
    session.expire_all()
    assert (later.person_id, other.person_id) == (pair.from_id, pair.into_id)
    assert [one for one, *_ in stretches(session, pair.from_id)] == ["membership"]


@pytest.mark.parametrize("first", [True, False])
def test_what_stripe_tells_later_of_either_lands_at_the_one_who_stays(
    till: Till,
    database: Database,
    *,
    first: bool,
) -> None:
    names = [till.member(email=one) for one in (ANNE, ANN)]
    with database.write() as session:
        ids = {one.key: one.person_id for one in session.scalars(select(EmailAddress))}
        merges(session, Pair(ids[ANNE], ids[ANN], now(session)))
        session.commit()
    till.advance(32 * 86_400)
    till.look("subscription", names[0 if first else 1])

    with database.read() as session:
        for model in (Customer, Membership, Payment):
            assert set(session.scalars(select(model.person_id))) == {ids[ANN]}
        assert len(session.scalars(select(Payment.id)).all()) == 3
        assert members(session) == 1
