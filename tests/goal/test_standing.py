"""What staff are shown: days of the newsroom's zone, also when its clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.goal.service import CampaignFacts, save_campaign
from app.goal.standing import Standing, days_begin, standing
from app.memberships import service
from app.memberships.flows import Flow
from app.memberships.service import Grant
from tests.memberships.making import NOW, at, make_person

KYIV = ZoneInfo("Europe/Kyiv")
HOUR = timedelta(hours=1)


def make_campaign(session: Session, goal: int = 20_000, ends_at: datetime | None = None) -> None:
    facts = CampaignFacts(
        key="winter",
        name={"en": "Winter drive"},
        goal=goal,
        currency="EUR",
        amounts={"EUR": {"monthly": [500]}},
        starts_at=at("2026-01-01"),
        ends_at=ends_at,
    )
    save_campaign(session, facts)


def grant(session: Session, starts_at: datetime, ends_at: datetime | None = None) -> None:
    person = make_person(session)
    given = Grant(person, "patreon", f"{person}", starts_at, ends_at)
    service.grant(session, given, reason="test", now=NOW)


@pytest.mark.parametrize(
    ("now", "days", "begin"),
    [
        ("2026-11-23 12:00", 1, "2026-11-22 22:00"),
        ("2026-11-23 21:59", 1, "2026-11-22 22:00"),
        ("2026-11-23 22:00", 1, "2026-11-23 22:00"),
        # Summer time ends on 25 October 2026 at 04:00, which becomes 03:00.
        ("2026-10-25 20:00", 1, "2026-10-24 21:00"),
        ("2026-10-26 12:00", 1, "2026-10-25 22:00"),
        ("2026-10-26 12:00", 2, "2026-10-24 21:00"),
        # It begins on 29 March 2026 at 03:00, which becomes 04:00.
        ("2026-03-29 12:00", 1, "2026-03-28 22:00"),
        ("2026-03-30 12:00", 1, "2026-03-29 21:00"),
        ("2026-03-30 12:00", 7, "2026-03-23 22:00"),
    ],
)
def test_days_begin_at_the_newsrooms_midnight(now: str, days: int, begin: str) -> None:
    assert days_begin(at(now), KYIV, days) == at(begin)


@pytest.mark.parametrize(
    ("now", "length"),
    [("2026-10-25 21:00", 25), ("2026-03-29 20:00", 23), ("2026-06-01 20:00", 24)],
)
def test_a_day_of_23_or_25_hours_is_one_day(now: str, length: int) -> None:
    today = days_begin(at(now), KYIV, 1)

    assert days_begin(today + 30 * HOUR, KYIV, 1) - today == length * HOUR


def test_somebody_of_the_repeated_hour_joined_today(session: Session) -> None:
    for minute in ("2026-10-25 00:30", "2026-10-25 01:30"):  # 03:30 in Kyiv, twice
        grant(session, at(minute))

    assert standing(session, at("2026-10-25 20:00"), KYIV).flows["today"] == Flow(joined=2)
    assert standing(session, at("2026-10-26 20:00"), KYIV).flows["today"] == Flow()


def test_stretches_end_now_and_hold_the_days_they_name(session: Session) -> None:
    for days in (0, 6, 7, 27, 28):
        grant(session, days_begin(NOW, KYIV, days + 1))
    grant(session, NOW - 90 * 24 * HOUR, NOW - HOUR)
    grant(session, NOW + HOUR)

    found = standing(session, NOW, KYIV, with_sources=True)
    assert found.flows == {
        "today": Flow(joined=1, lapsed=1),
        "7 d": Flow(joined=2, lapsed=1),
        "28 d": Flow(joined=4, lapsed=1),
    }
    assert found.sources[0].flows == found.flows


@pytest.mark.parametrize(
    ("ends_at", "days"),
    [
        (None, None),
        ("2026-11-23 21:00", 0),
        ("2026-11-23 22:00", 1),
        ("2026-12-31 12:00", 38),
        ("2026-11-20 12:00", -3),
    ],
)
def test_days_left_are_midnights_of_the_newsroom(
    session: Session, ends_at: str | None, days: int | None
) -> None:
    make_campaign(session, ends_at=None if ends_at is None else at(ends_at))

    assert standing(session, NOW, KYIV).days_left == days


@pytest.mark.parametrize(("goal", "tenths"), [(3, 666), (2, 1000), (1, 2000)])
def test_per_cent_is_never_rounded_up(session: Session, goal: int, tenths: int) -> None:
    make_campaign(session, goal)
    grant(session, NOW - HOUR)
    grant(session, NOW - HOUR)

    assert standing(session, NOW, KYIV).tenths_of_percent == tenths


def test_what_is_not_known_is_none(session: Session) -> None:
    found = standing(session, NOW, KYIV)

    assert (found.count, found.campaign, found.tenths_of_percent) == (None, None, None)
    assert found.as_json()["members"] is None
    assert found.as_json()["percent"] is None


def test_for_programs_everything_is_named_and_in_utc(session: Session) -> None:
    make_campaign(session, 2, ends_at=at("2026-12-31"))
    grant(session, NOW - HOUR)
    found: Standing = standing(session, NOW, KYIV, with_sources=True)

    ways = {"joined": 1, "reinstated": 0, "cancelled": 0, "lapsed": 0}
    flow = {**ways, "ended": 0, "net": 1}
    flows = {"today": flow, "7d": flow, "28d": flow}
    assert found.as_json() == {
        "members": 1,
        "as_of": f"{NOW.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "goal": 2,
        "campaign": "winter",
        "name": "Winter drive",
        "percent": 50.0,
        "days_left": 38,
        "needed_per_day": 0.1,
        "running_per_day": None,
        "forecast": None,
        "drift": None,
        "compared_at": None,
        "flows": flows,
        "sources": [{"source": "patreon", "members": 1, "flows": flows}],
    }
