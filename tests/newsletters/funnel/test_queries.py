"""The funnel as staff look at it."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.newsletters.funnel.models import FunnelDay
from app.newsletters.funnel.queries import Numbers, definitions, funnel, wilson
from tests.newsletters.making import make_list

FIRST, LAST = date(2026, 11, 20), date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _numbers(session: Session) -> None:
    daily, weekly = make_list(session, "daily").id, make_list(session, "weekly").id
    for newsletter, day, path, asked, confirmed in (
        (daily, 20, "/bread/", 4, 1),
        (daily, 20, "/salt/", 2, 2),
        (daily, 22, "/bread/", 4, 3),
        (weekly, 22, "/bread/", 1, 0),
        (daily, 23, "/bread/", 9, 9),
    ):
        session.add(
            FunnelDay(
                newsletter_id=newsletter, day=date(2026, 11, day), from_path=path,
                form="article", seen=100, asked=asked, confirmed=confirmed,
            )
        )  # fmt: skip
    session.flush()


def test_by_day_there_is_a_line_for_every_day_and_their_total(session: Session) -> None:
    found = funnel(session, "daily", FIRST, LAST, "day")

    assert [(one.day, one.numbers.asked) for one in found.lines] == [
        (date(2026, 11, 20), 6),
        (date(2026, 11, 21), 0),
        (date(2026, 11, 22), 4),
    ]
    assert found.total == Numbers(seen=300, asked=10, confirmed=6)


def test_by_source_those_that_brought_most_come_first(session: Session) -> None:
    found = funnel(session, "daily", FIRST, LAST, "source")

    assert [(one.from_path, one.form, one.numbers.confirmed) for one in found.lines] == [
        ("/bread/", "article", 4),
        ("/salt/", "article", 2),
    ]
    assert found.total == funnel(session, "daily", FIRST, LAST, "day").total


def test_without_a_list_all_are_added_up(session: Session) -> None:
    assert funnel(session, None, FIRST, LAST, "day").total.asked == 11
    assert funnel(session, "nothing", FIRST, LAST, "source").lines == ()


def test_rates_are_of_what_came_before_and_none_without_it() -> None:
    numbers = Numbers(seen=100, asked=20, accepted=19, confirmed=10)

    assert (numbers.ask_rate, numbers.accept_rate, numbers.confirm_rate) == (0.2, 0.95, 0.5)
    assert (Numbers().ask_rate, Numbers().confirm_rate) == (None, None)
    assert Numbers().confirm_interval is None
    assert Numbers(asked=1, confirmed=2).confirm_interval is None


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (10, 20, 0.2993, 0.7007),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_the_interval_is_that_of_the_books(
    successes: int, trials: int, low: float, high: float
) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_every_number_has_its_words() -> None:
    assert list(definitions()) == list(Numbers.__dataclass_fields__)
