"""Which pages and asks brought members and sign-ups, with intervals that the tables have too."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.goal import attribution
from app.goal.attribution import Bringer, Bringers, Brought, Stretch, poisson
from app.memberships import service
from app.memberships.service import Grant
from app.newsletters.funnel.models import FunnelDay
from tests.memberships.account.making import make_intent
from tests.memberships.making import NOW, make_person
from tests.newsletters.making import make_list

DAY = timedelta(days=1)
STRETCH = Stretch(NOW - 28 * DAY, NOW, NOW.date() - 28 * DAY, NOW.date())


def join(session: Session, path: str | None, ask: str | None, state: str = "paid") -> int:
    person = make_person(session)
    moment = NOW - DAY
    make_intent(session, person, from_path=path, ask_key=ask, state=state, created_at=moment)
    return person


@pytest.fixture
def brought(session: Session) -> Session:
    """Two pages and two asks; one who joined is a member still."""
    stays = join(session, "/bread/", "strip")
    service.grant(session, Grant(stays, "bank", "1", NOW - DAY), reason="test", now=NOW)
    join(session, "/bread/", "over_half")
    join(session, "/bread/", "over_half", "expired")
    join(session, "/ferry/", "over_half", "replaced")
    join(session, None, None)
    day = {"newsletter_id": make_list(session, "daily").id, "day": NOW.date(), "form": "article"}
    session.add(FunnelDay(**day, from_path="/ferry/", seen=90, asked=9, confirmed=6))
    session.add(FunnelDay(**day, from_path="/bread/", seen=10, asked=1, confirmed=0))
    session.flush()
    return session


def test_pages_stand_with_all_that_they_brought_the_best_first(brought: Session) -> None:
    assert attribution.bringers(brought, STRETCH).pages == (
        Bringer("/bread/", Brought(begun=3, members=2, still=1, seen=10, asked=1)),
        Bringer("", Brought(begun=1, members=1)),
        Bringer("/ferry/", Brought(seen=90, asked=9, confirmed=6)),
    )


def test_asks_stand_with_the_members_that_they_brought(brought: Session) -> None:
    assert attribution.bringers(brought, STRETCH).asks == (
        Bringer("over_half", Brought(begun=2, members=1)),
        Bringer("", Brought(begun=1, members=1)),
        Bringer("strip", Brought(begun=1, members=1, still=1)),
    )


def test_other_days_and_other_gifts_are_left_out(session: Session) -> None:
    person = make_person(session)
    make_intent(session, person, from_path="/bread/", created_at=NOW - 29 * DAY)
    make_intent(session, person, from_path="/bread/", created_at=NOW - DAY, kind="gift")

    assert attribution.bringers(session, STRETCH) == Bringers((), ())


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0, 3.69), (1, 0.03, 5.57), (10, 4.80, 18.39), (100, 81.36, 121.63)],
)
def test_the_interval_of_a_number_is_that_of_the_tables(
    events: int, low: float, high: float
) -> None:
    assert poisson(events) == pytest.approx((low, high), abs=0.03)


def test_shares_have_an_interval_where_there_is_a_share() -> None:
    one = Brought(begun=10, members=5, asked=0, confirmed=2)

    assert one.paid_interval == pytest.approx((0.237, 0.763), abs=0.001)
    assert one.confirm_interval is None
