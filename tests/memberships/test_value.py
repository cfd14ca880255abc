"""What memberships and gifts are worth, to the cent, currency by currency."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.memberships import value
from app.memberships.history import Stretch, history
from app.memberships.queries import count_at
from app.memberships.value import Value
from tests.memberships.account.making import make_intent, make_membership, make_payment
from tests.memberships.making import NOW, make_person
from tests.memberships.test_flows import moved  # noqa: F401 - a fixture

DAY = timedelta(days=1)


def worth(session: Session, minor: int, **values: object) -> None:
    make_membership(session, make_person(session), amount_minor=minor, **values)


def test_a_year_is_worth_a_twelfth_a_month_and_nothing_is_rounded_before_the_end(
    session: Session,
) -> None:
    for minor in (1000, 1000, 500):
        worth(session, minor, interval="year")
    worth(session, 700)
    worth(session, 9900, currency="UAH")

    assert value.recurring(session) == (
        Value("EUR", 4, 908, 227, 83),  # 2500 / 12 + 700 = 908.33; the middle two are 83.33
        Value("UAH", 1, 9900, 9900, 9900),
    )


def test_only_what_goes_on_is_counted(session: Session) -> None:
    for state in (
        {"ended_at": NOW},
        {"ends_at": NOW},
        {"paused": True},
        {"failing_since": NOW},
        {"paid_through": None},
    ):
        worth(session, 700, **state)

    assert value.recurring(session) == ()


def give(session: Session, minor: int, kind: str = "gift", **values: object) -> None:
    person = make_person(session)
    intent = make_intent(session, person, kind=kind, interval=None)
    make_payment(session, person, intent_id=intent.id, amount_minor=minor, **values)


def test_single_gifts_are_counted_less_what_went_back(session: Session) -> None:
    for minor in (1000, 2000, 4000):
        give(session, minor)
    give(session, 3000, refunded_minor=1000)
    give(session, 5000, refunded_minor=5000)
    give(session, 5000, disputed="lost")
    give(session, 5000, kind="gift_membership")
    give(session, 5000, paid_at=NOW - 8 * DAY)

    assert value.gifts(session, NOW - 7 * DAY, NOW + DAY) == (Value("EUR", 4, 9000, 2250, 2000),)


def test_money_is_received_in_the_week_in_which_it_came(session: Session) -> None:
    bounds = [NOW - 14 * DAY, NOW - 7 * DAY, NOW]
    give(session, 100, paid_at=NOW - 14 * DAY)
    give(session, 200, paid_at=NOW - 7 * DAY, refunded_minor=50)
    give(session, 400, paid_at=NOW, currency="EUR")
    give(session, 800, paid_at=NOW - DAY, currency="UAH")

    assert value.received(session, bounds) == {"EUR": (100, 150), "UAH": (0, 800)}


def test_history_ends_each_stretch_with_the_count_of_its_end(moved: Session) -> None:  # noqa: F811 - the fixture
    bounds = [NOW - days * DAY for days in (40, 25, 20, 3, 1, 0)]
    passed = history(moved, bounds, count_at(moved, NOW))

    instant = timedelta(microseconds=1)
    ends = [*(bound - instant for bound in bounds[1:-1]), NOW]
    assert [one.members for one in passed] == [count_at(moved, end) for end in ends]
    assert passed[0] == Stretch(1, 1, 0)
    assert history(moved, bounds, count_at(moved, NOW), known_at=NOW) == passed
