"""Gift memberships put to use: once, by one person, one after the other."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.months import add_months
from app.memberships.gifts.models import GiftMembership
from app.memberships.gifts.redeeming import Outcome, claim, redeem
from app.memberships.money_models import Notice
from app.memberships.queries import current_count
from app.memberships.service import Grant, grant
from app.people.models import Person
from tests.memberships.account.making import make_refund
from tests.memberships.gifts.making import buy, settle_again, stretches
from tests.memberships.making import NOW, at, make_person

DAY = timedelta(days=1)
IN_A_YEAR = at("2027-11-23 12:00")


def members(session: Session, moment: datetime) -> int:
    count = current_count(session, moment)
    return count.members if count is not None else 0


def test_a_gift_counts_from_its_use_for_twelve_months(session: Session) -> None:
    gift, _payment = buy(session, at=NOW - 50 * DAY)
    bob = make_person(session)

    assert redeem(session, bob, gift.public_id, NOW) == Outcome(None, NOW, IN_A_YEAR)
    assert stretches(session, bob) == [("gift", NOW, IN_A_YEAR)]
    assert members(session, NOW) == 1
    assert members(session, IN_A_YEAR) == 0


def test_pressing_twice_uses_a_gift_once(session: Session) -> None:
    gift, _payment = buy(session)
    bob = make_person(session)
    first = redeem(session, bob, gift.public_id, NOW)

    assert redeem(session, bob, gift.public_id, NOW + DAY) == first
    assert len(stretches(session, bob)) == 1


def test_a_gift_that_somebody_uses_is_no_longer_to_be_had(session: Session) -> None:
    gift, _payment = buy(session)
    redeem(session, make_person(session), gift.public_id, NOW)
    eve = make_person(session)

    assert redeem(session, eve, gift.public_id, NOW).refused == "used"
    assert stretches(session, eve) == []


def test_a_gift_whose_money_went_back_cannot_be_used(session: Session) -> None:
    gift, payment = buy(session)
    make_refund(session, payment, 7000)
    settle_again(session, gift)
    bob = make_person(session)

    assert redeem(session, bob, gift.public_id, NOW).refused == "void"
    assert stretches(session, bob) == []


def test_what_is_not_there_cannot_be_used(session: Session) -> None:
    given_one, _payment = buy(session, "given")
    bob = make_person(session)

    assert redeem(session, bob, "nothing", NOW).refused == "unknown"
    assert redeem(session, bob, given_one.public_id, NOW).refused == "unknown"
    assert redeem(session, 4711, given_one.public_id, NOW).refused == "unknown"


def test_nobody_who_was_erased_uses_a_gift(session: Session) -> None:
    gift, _payment = buy(session)
    bob = make_person(session)
    session.get_one(Person, bob).erased_at = NOW
    session.flush()

    assert redeem(session, bob, gift.public_id, NOW).refused == "unknown"


def test_a_second_gift_begins_where_the_first_ends(session: Session) -> None:
    one, another = buy(session)[0], buy(session)[0]
    bob = make_person(session)
    redeem(session, bob, one.public_id, NOW)

    used = redeem(session, bob, another.public_id, NOW + 100 * DAY)

    assert used == Outcome(None, IN_A_YEAR, at("2028-11-23 12:00"))
    assert members(session, NOW + 400 * DAY) == 1


def test_a_gift_after_one_that_is_over_begins_at_once(session: Session) -> None:
    one, another = buy(session)[0], buy(session)[0]
    bob = make_person(session)
    redeem(session, bob, one.public_id, NOW)
    later = NOW + 500 * DAY

    assert redeem(session, bob, another.public_id, later).counts_from == later


def test_a_gift_does_not_wait_for_one_that_is_void(session: Session) -> None:
    (one, payment), (another, _other_payment) = buy(session), buy(session)
    bob = make_person(session)
    redeem(session, bob, one.public_id, NOW)
    make_refund(session, payment, 7000, created_at=NOW + DAY)
    settle_again(session, one, NOW + DAY)

    assert redeem(session, bob, another.public_id, NOW + 2 * DAY).counts_from == NOW + 2 * DAY


def test_ones_own_gift_may_be_used_by_oneself(session: Session) -> None:
    gift, _payment = buy(session)

    assert redeem(session, gift.buyer_id, gift.public_id, NOW).refused is None


def test_the_oldest_that_was_given_is_claimed_first(session: Session) -> None:
    newer, _payment = buy(session, "given", at=NOW - DAY)
    older, _other = buy(session, "given", at=NOW - 2 * DAY)
    reader = make_person(session)

    assert claim(session, reader, NOW) == Outcome(None, NOW, IN_A_YEAR)
    assert (older.redeemed_by_id, newer.redeemed_by_id) == (reader, None)
    assert stretches(session, reader) == [("given", NOW, IN_A_YEAR)]


def test_with_none_open_a_claim_says_so(session: Session) -> None:
    _gift, _payment = buy(session)
    void, payment = buy(session, "given")
    make_refund(session, payment, 7000)
    settle_again(session, void)

    assert claim(session, make_person(session), NOW).refused == "none"


def test_one_may_be_claimed_a_year(session: Session) -> None:
    for _one in range(3):
        buy(session, "given")
    reader = make_person(session)
    claim(session, reader, NOW)

    assert claim(session, reader, NOW + DAY).refused == "again"
    assert claim(session, reader, IN_A_YEAR - DAY).refused == "again"
    assert claim(session, reader, IN_A_YEAR).refused is None


def test_a_claim_whose_giver_took_the_money_back_may_be_made_again(session: Session) -> None:
    gift, payment = buy(session, "given")
    buy(session, "given", at=NOW + DAY)
    reader = make_person(session)
    claim(session, reader, NOW)
    make_refund(session, payment, 7000, created_at=NOW + DAY)
    settle_again(session, gift, NOW + DAY)

    assert claim(session, reader, NOW + 2 * DAY).refused is None


def test_a_member_leaves_what_was_given_to_others(session: Session) -> None:
    gift, _payment = buy(session, "given")
    ann = make_person(session)
    grant(session, Grant(ann, "membership", "sub_1", NOW), reason="test", now=NOW)

    assert claim(session, ann, NOW).refused == "member"
    assert gift.redeemed_by_id is None


def told(session: Session) -> list[tuple[str, int]]:
    """Return who was told what since the gifts were bought."""
    rows = session.execute(select(Notice.kind, Notice.person_id).where(Notice.kind != "gift-code"))
    return sorted((row.kind, row.person_id) for row in rows)


def test_whoever_uses_a_gift_is_told_once_and_so_is_its_giver(session: Session) -> None:
    gift, _payment = buy(session)
    bob = make_person(session)

    for moment in (NOW, NOW + DAY):
        redeem(session, bob, gift.public_id, moment)

    assert told(session) == [("gift-begun", bob), ("gift-used", gift.buyer_id)]


def test_whoever_uses_their_own_gift_is_told_only_until_when(session: Session) -> None:
    gift, _payment = buy(session)

    redeem(session, gift.buyer_id, gift.public_id, NOW)

    assert told(session) == [("gift-begun", gift.buyer_id)]


def test_who_gave_to_anybody_is_not_told_when_a_reader_came(session: Session) -> None:
    buy(session, "given")
    reader = make_person(session)

    claim(session, reader, NOW)

    assert told(session) == [("gift-begun", reader)]


def test_nobody_is_told_of_a_gift_that_could_not_be_used(session: Session) -> None:
    gift, payment = buy(session)
    make_refund(session, payment, 7000)
    settle_again(session, gift)

    redeem(session, make_person(session), gift.public_id, NOW)

    assert told(session) == []


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2027-01-31 10:00", 1, "2027-02-28 10:00"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-11-23", 12, "2027-11-23"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2027-01-15", -12, "2026-01-15"),
    ],
)
def test_months_are_those_of_the_calendar(start: str, months: int, end: str) -> None:
    assert add_months(at(start), months) == at(end)


@given(st.timedeltas(timedelta(), timedelta(days=20_000)), st.integers(0, 60))
def test_more_months_never_end_earlier(later: timedelta, months: int) -> None:
    moment = NOW + later

    assert add_months(moment, months) < add_months(moment, months + 1)
    assert add_months(moment, months).time() == moment.time()


def together(database: Database, acts: Sequence[Callable[[Session], Any]]) -> list[Any]:
    """Do several things at the same time, each in a transaction of its own."""
    ready = threading.Barrier(len(acts))

    def do(act: Callable[[Session], Any]) -> Any:  # noqa: ANN401 - what the act returns
        ready.wait()
        with database.write() as session:
            done = act(session)
            session.commit()
        return done

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(do, acts))


def many_at_once(database: Database, acts: list[tuple[int, str | None]]) -> list[str | None]:
    """Redeem, or claim where no gift is named, at the same time; return what was refused."""

    def wish(person: int, gift: str | None) -> Callable[[Session], Outcome]:
        if gift is None:
            return lambda session: claim(session, person, NOW)
        return lambda session: redeem(session, person, gift, NOW)

    return [done.refused for done in together(database, [wish(*act) for act in acts])]


def test_of_many_who_use_one_code_at_once_one_wins(database: Database) -> None:
    with database.write() as session:
        gift, _payment = buy(session)
        people = [make_person(session) for _one in range(6)]
        session.commit()

    outcomes = many_at_once(database, [(one, gift.public_id) for one in people])

    assert sorted(map(str, outcomes)) == ["None"] + ["used"] * 5


def test_one_who_claims_many_times_at_once_gets_one(database: Database) -> None:
    with database.write() as session:
        for _one in range(4):
            buy(session, "given")
        reader = make_person(session)
        session.commit()

    outcomes = many_at_once(database, [(reader, None)] * 4)

    assert sorted(map(str, outcomes)) == ["None", "again", "again", "again"]
    with database.read() as session:
        taken = session.scalars(
            select(GiftMembership).where(GiftMembership.redeemed_by_id == reader)
        )
        assert len(taken.all()) == 1


def test_a_gift_used_while_its_money_goes_back_ends_where_the_money_did(
    database: Database,
) -> None:
    with database.write() as session:
        gifts = [buy(session) for _one in range(4)]
        people = [make_person(session) for _one in gifts]
        for _gift, payment in gifts:
            make_refund(session, payment, 7000, created_at=NOW + DAY)
        session.commit()

    together(
        database,
        [
            act
            for (gift, _payment), person in zip(gifts, people, strict=True)
            for act in (
                partial(settle_again, gift=gift, now=NOW),
                partial(redeem, person_id=person, public_id=gift.public_id, now=NOW),
            )
        ],
    )

    with database.read() as session:
        found = [stretches(session, person) for person in people]
        used = [
            gift.redeemed_by_id is not None
            for gift in session.scalars(select(GiftMembership).order_by(GiftMembership.id))
        ]
    counted = [[("gift", NOW, NOW + DAY)] if one else [] for one in used]
    assert found == counted, "whoever was quicker, the ledger holds what the money does"


def test_one_who_uses_two_codes_at_once_uses_one_after_the_other(database: Database) -> None:
    with database.write() as session:
        names = [buy(session)[0].public_id for _one in range(3)]
        bob = make_person(session)
        session.commit()

    assert many_at_once(database, [(bob, name) for name in names]) == [None] * 3
    with database.read() as session:
        ends = [end for _source, _start, end in stretches(session, bob)]
    assert ends == [IN_A_YEAR, at("2028-11-23 12:00"), at("2029-11-23 12:00")]
