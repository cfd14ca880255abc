"""Who came and left adds up, over all sources and against the count."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.database import Database
from app.memberships import flows, service
from app.memberships.entitling import SOURCE
from app.memberships.flows import Flow
from app.memberships.queries import count_at
from app.memberships.recounting import recount
from app.memberships.service import Grant
from tests.memberships.account.making import make_membership
from tests.memberships.making import NOW, make_person
from tests.schema import downgrade, migrate

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


def own(session: Session, begins: int, ends: int, **values: object) -> int:
    """Let somebody be a member by a membership of ours."""
    person = make_person(session)
    row = make_membership(session, person, **values)
    given = Grant(person, SOURCE, row.subscription_id, NOW + begins * DAY, NOW + ends * DAY)
    service.grant(session, given, reason="paid", now=NOW)
    return person


def test_who_had_been_a_member_before_is_reinstated(session: Session) -> None:
    person = make_person(session)
    grant(session, person, "patreon", -40, -20)
    grant(session, person, "bank", -5)

    assert flows.flow(session, NOW - 7 * DAY, NOW) == Flow(reinstated=1)
    assert flows.flow(session, NOW - 41 * DAY, NOW) == Flow(joined=1, reinstated=1, lapsed=1)


def test_who_had_asked_to_stop_has_cancelled_and_others_lapsed(session: Session) -> None:
    own(session, -30, -2, cancel_asked_at=NOW - 9 * DAY)
    own(session, -30, -2, cancel_asked_at=None)
    own(session, -30, -2, cancel_asked_at=NOW - DAY)  # too late to be the reason

    assert flows.flow(session, NOW - 7 * DAY, NOW) == Flow(cancelled=1, lapsed=2)


def test_who_asked_about_a_later_piece_of_a_membership_has_cancelled(session: Session) -> None:
    person = make_person(session)
    row = make_membership(session, person, cancel_asked_at=NOW - 9 * DAY, interval="year")
    given = Grant(person, SOURCE, f"{row.subscription_id}#2", NOW - 30 * DAY, NOW - 2 * DAY)
    service.grant(session, given, reason="paid", now=NOW)

    ended = [one for one in flows.moves(session, NOW - 7 * DAY, NOW) if one.way == "cancelled"]
    assert [(one.source, one.interval) for one in ended] == [(SOURCE, "year")]


def test_whom_somebody_ended_by_hand_has_cancelled(session: Session) -> None:
    grant(session, make_person(session), "patreon", -30)
    service.end(session, "patreon", "1", NOW - DAY, now=NOW)

    assert flows.flow(session, NOW - 7 * DAY, NOW) == Flow(cancelled=1)


def test_what_was_recorded_later_was_not_known(session: Session) -> None:
    person = make_person(session)
    then = NOW - 3 * DAY
    first = Grant(person, "bank", "1", NOW - 9 * DAY, NOW - 4 * DAY)
    service.grant(session, first, reason="test", now=NOW - 9 * DAY)
    extended = Grant(person, "bank", "1", NOW - 9 * DAY, NOW + 9 * DAY)
    service.grant(session, extended, reason="test", now=NOW)

    assert flows.flow(session, NOW - 8 * DAY, then, known_at=then) == Flow(lapsed=1)
    assert flows.flow(session, NOW - 8 * DAY, then) == Flow()


def test_what_was_known_lately_is_what_is_known(moved: Session) -> None:
    for days in (1, 7, 25):
        since = NOW - days * DAY
        assert flows.flow(moved, since, NOW, known_at=NOW) == flows.flow(moved, since, NOW)


def test_spans_from_before_learn_what_bounds_them(database_url: str, database: Database) -> None:
    with database.write() as session:
        grant(session, make_person(session), "patreon", -30)
        own(session, -30, -2)
        both = make_person(session)
        grant(session, both, "patreon", -20, -3)
        grant(session, both, "bank", -20, -3)
        again = Grant(both, "bank", f"{both}", NOW - 20 * DAY, NOW - 4 * DAY)
        service.grant(session, again, reason="test", now=NOW)
        session.commit()
    database.dispose()
    downgrade(database_url, "0017")
    migrate(database_url)

    with database.read() as session:
        assert recount(session, NOW).drifts == ()
