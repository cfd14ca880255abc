"""What falls due: each membership once, on its day, under what becomes of it."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.memberships import renewals, service
from app.memberships.renewals import Decided, Due
from app.memberships.service import Grant
from tests.memberships.account.making import make_membership
from tests.memberships.making import NOW, make_person

DAY = timedelta(days=1)
AHEAD = NOW + 60 * DAY


def due_in(session: Session, days: float, **values: object) -> None:
    """Let a membership's period end in so many days."""
    ends = NOW + days * DAY
    usual = {"period_ends_at": ends, "paid_through": ends}
    make_membership(session, make_person(session), **{**usual, **values})


def ahead(session: Session) -> list[tuple[int, str, int]]:
    found = renewals.ahead(session, NOW, AHEAD)
    return sorted(((one.day - NOW.date()).days, one.kind, one.people) for one in found)


def test_what_goes_on_falls_due_at_the_end_of_its_period(session: Session) -> None:
    due_in(session, 5)
    due_in(session, 5)
    due_in(session, 7, interval="year")
    due_in(session, 61)

    assert ahead(session) == [(5, "month", 2), (7, "year", 1)]


def test_what_ends_or_rests_ends_with_what_is_paid(session: Session) -> None:
    due_in(session, 5, ends_at=NOW + 5 * DAY)
    due_in(session, 6, interval="year", paused=True)
    due_in(session, 7, ended_at=NOW)
    due_in(session, 8, paid_through=None)
    due_in(session, -1, ends_at=NOW - DAY)

    assert ahead(session) == [(5, "month-ends", 1), (6, "year-ends", 1)]


def test_what_fails_is_late_until_its_grace_is_over(session: Session) -> None:
    due_in(session, 25, paid_through=NOW - 5 * DAY, failing_since=NOW - 5 * DAY)
    due_in(session, 15, paid_through=NOW - 15 * DAY, failing_since=NOW - 15 * DAY)

    assert ahead(session) == [(-5, "month", 1)]


def test_from_elsewhere_is_who_leaves_unless_something_else_goes_on(session: Session) -> None:
    for number, until in enumerate((10, 10, 90, None)):
        ends = None if until is None else NOW + until * DAY
        given = Grant(make_person(session), "patreon", f"{number}", NOW - DAY, ends)
        service.grant(session, given, reason="test", now=NOW)
    both = make_person(session)
    for source, until in (("bank", 10), ("patreon", 20)):
        given = Grant(both, source, "both", NOW - DAY, NOW + until * DAY)
        service.grant(session, given, reason="test", now=NOW)

    assert ahead(session) == [(10, "elsewhere", 2), (20, "elsewhere", 1)]


def test_bounds_part_what_falls_due_to_the_moment(session: Session) -> None:
    due_in(session, 5)
    due_in(session, 5.01)

    found = renewals.ahead(session, NOW, AHEAD, [NOW, NOW + 5 * DAY, NOW + 6 * DAY])
    day = (NOW + 5 * DAY).date()
    assert sorted(found, key=lambda one: one.part) == [Due(day, "month", 2, 2)]
    assert renewals.ahead(session, NOW, AHEAD, [NOW, NOW + 5.005 * DAY]) != found


def test_of_the_years_that_ended_some_were_renewed_and_some_lost(session: Session) -> None:
    old = {"interval": "year", "started_at": NOW - 400 * DAY}
    due_in(session, 330, **old)  # renewed 35 days ago
    due_in(session, -35, **old, ended_at=NOW - 21 * DAY)  # not renewed
    due_in(session, -5, interval="year", started_at=NOW - 370 * DAY)  # its grace is not over
    due_in(session, 300, interval="year", started_at=NOW - 65 * DAY)  # its first year
    due_in(session, -35, started_at=NOW - 400 * DAY)  # by the month
    due_in(session, -400, interval="year", started_at=NOW - 765 * DAY)  # lost long ago

    assert renewals.decided(session, NOW) == Decided(2, 1)
