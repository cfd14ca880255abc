"""Who came and left adds up, over all sources and against the count."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.memberships import flows, service
from app.memberships.flows import Flow
from app.memberships.queries import count_at
from app.memberships.service import Grant
from tests.memberships.making import NOW, make_person

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def grant(session: Session, person: int, source: str, begins: int, ends: int | None = None) -> None:
    ends_at = None if ends is None else NOW + ends * DAY
    given = Grant(person, source, f"{person}", NOW + begins * DAY, ends_at)
    service.grant(session, given, reason="test", now=NOW)


@pytest.fixture
def moved(session: Session) -> Session:
    """One stays, one left, one changed source without a gap, one came by two at once."""
    people = [make_person(session) for _ in range(4)]
    grant(session, people[0], "patreon", -30)
    grant(session, people[1], "patreon", -20, -2)
    grant(session, people[2], "patreon", -20, -3)
    grant(session, people[2], "bank", -3)
    grant(session, people[3], "bank", -1)
    grant(session, people[3], "patreon", -1)
    return session


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, Flow(joined=1)),
        (2, Flow(joined=1, lapsed=1)),
        (7, Flow(joined=1, lapsed=1)),
        (25, Flow(joined=3, lapsed=1)),
    ],
)
def test_a_stretch_counts_those_who_came_and_left_in_it(
    moved: Session, days: int, expected: Flow
) -> None:
    assert flows.flow(moved, NOW - days * DAY, NOW) == expected


@pytest.mark.parametrize("days", [0, 1, 2, 3, 7, 20, 21, 30, 31])
def test_the_net_is_the_difference_of_two_counts(moved: Session, days: int) -> None:
    since = NOW - days * DAY
    net = flows.flow(moved, since, NOW).net

    assert net == count_at(moved, NOW) - count_at(moved, since - INSTANT)


@pytest.mark.parametrize("days", [1, 2, 7, 25, 31])
def test_the_sources_add_up_to_the_whole(moved: Session, days: int) -> None:
    by_source = flows.flow_by_source(moved, NOW - days * DAY, NOW)
    whole = flows.flow(moved, NOW - days * DAY, NOW)

    assert sum(by_source.values(), Flow()) == whole


def test_who_came_by_two_sources_at_once_is_named_under_the_first(moved: Session) -> None:
    assert flows.flow_by_source(moved, NOW - DAY, NOW) == {"bank": Flow(joined=1)}


def test_members_by_source_name_a_member_under_each(moved: Session) -> None:
    assert flows.members_by_source(moved, NOW) == {"patreon": 2, "bank": 2}
    assert count_at(moved, NOW) == 3


def test_what_begins_in_the_very_first_moment_belongs_to_the_stretch(moved: Session) -> None:
    since: datetime = NOW - DAY

    assert flows.flow(moved, since, NOW).joined == 1
    assert flows.flow(moved, since + INSTANT, NOW).joined == 0
