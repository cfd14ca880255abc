"""Granting, ending, revoking and moving: every change is a revision, and the count follows."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.memberships import service
from app.memberships.models import AppendedOnlyError, Entitlement, MemberSpan
from app.memberships.queries import count_at, current_count
from app.memberships.service import EntitlementNotFoundError, Grant
from tests.memberships.making import NOW, at, ledger_rows, make_person

DAY = timedelta(days=1)


def given(person_id: int, ref: str = "1", **others: object) -> Grant:
    plain = Grant(person_id, "patreon", ref, NOW - DAY, NOW + DAY)
    return replace(plain, **others)  # type: ignore[arg-type] # fields of Grant, by name


def grant(session: Session, one: Grant, now: datetime = NOW) -> bool:
    return service.grant(session, one, reason="test", now=now)


def members(session: Session, now: datetime = NOW) -> int | None:
    count = current_count(session, now)
    return None if count is None else count.members


def spans(session: Session) -> list[tuple[datetime, datetime | None]]:
    rows = session.execute(
        select(MemberSpan.starts_at, MemberSpan.ends_at).order_by(MemberSpan.starts_at)
    )
    return [(row.starts_at, row.ends_at) for row in rows]


def test_before_anything_was_counted_the_count_is_unknown(session: Session) -> None:
    assert current_count(session, NOW) is None


def test_a_grant_makes_a_member_from_its_start_until_just_before_its_end(session: Session) -> None:
    grant(session, given(make_person(session)))

    around = [NOW - DAY - timedelta(microseconds=1), NOW - DAY, NOW, NOW + DAY]
    assert [count_at(session, moment) for moment in around] == [0, 1, 1, 0]


def test_two_sources_of_one_person_count_once(session: Session) -> None:
    person = make_person(session)
    grant(session, given(person))
    grant(session, given(person, source="paypal"))

    assert members(session) == 1


def test_granting_the_same_again_appends_nothing(session: Session) -> None:
    person = make_person(session)
    assert grant(session, given(person))
    assert not grant(session, given(person))

    assert len(ledger_rows(session)) == 1


def test_a_changed_grant_is_a_second_revision_and_the_first_stays(session: Session) -> None:
    person = make_person(session)
    grant(session, given(person))
    grant(session, given(person, ends_at=NOW + 9 * DAY))

    kept = sorted((row.revision, row.ends_at) for row in ledger_rows(session))
    assert kept == [(1, NOW + DAY), (2, NOW + 9 * DAY)]
    assert spans(session) == [(NOW - DAY, NOW + 9 * DAY)]


def test_overlapping_and_touching_intervals_are_one_span(session: Session) -> None:
    person = make_person(session)
    grant(session, given(person, "a", starts_at=NOW - 9 * DAY, ends_at=NOW))
    grant(session, given(person, "b", starts_at=NOW - 2 * DAY, ends_at=NOW - DAY))
    grant(session, given(person, "c", starts_at=NOW, ends_at=NOW + DAY))

    assert spans(session) == [(NOW - 9 * DAY, NOW + DAY)]


def test_a_gap_parts_two_spans(session: Session) -> None:
    person = make_person(session)
    grant(session, given(person, "a", starts_at=NOW - 9 * DAY, ends_at=NOW - 3 * DAY))
    grant(session, given(person, "b", starts_at=NOW - DAY, ends_at=None))

    assert spans(session) == [(NOW - 9 * DAY, NOW - 3 * DAY), (NOW - DAY, None)]


def test_an_open_interval_swallows_what_begins_in_it(session: Session) -> None:
    person = make_person(session)
    grant(session, given(person, "a", ends_at=None))
    grant(session, given(person, "b", starts_at=NOW + DAY, ends_at=NOW + 2 * DAY))

    assert spans(session) == [(NOW - DAY, None)]


def test_a_complimentary_grant_counts_nobody(session: Session) -> None:
    grant(session, given(make_person(session), counts=False))

    assert members(session) == 0


def test_ending_takes_effect_at_its_moment(session: Session) -> None:
    grant(session, given(make_person(session), ends_at=None))

    assert service.end(session, "patreon", "1", NOW + DAY, now=NOW)
    assert [members(session, NOW), members(session, NOW + DAY)] == [1, 0]


def test_ending_later_than_it_ends_anyway_changes_nothing(session: Session) -> None:
    grant(session, given(make_person(session)))

    assert not service.end(session, "patreon", "1", NOW + 2 * DAY, now=NOW)


def test_ending_before_the_start_leaves_no_time_as_a_member(session: Session) -> None:
    grant(session, given(make_person(session)))
    service.end(session, "patreon", "1", NOW - 9 * DAY, now=NOW)

    assert spans(session) == []


def test_revoking_makes_it_never_have_been(session: Session) -> None:
    grant(session, given(make_person(session)))

    assert service.revoke(session, "patreon", "1", reason="refunded", now=NOW)
    assert count_at(session, NOW - DAY) == 0
    assert not service.revoke(session, "patreon", "1", reason="refunded", now=NOW)


def test_what_was_never_granted_cannot_be_ended_or_revoked(session: Session) -> None:
    with pytest.raises(EntitlementNotFoundError):
        service.end(session, "patreon", "none", NOW, now=NOW)
    with pytest.raises(EntitlementNotFoundError):
        service.revoke(session, "patreon", "none", reason="refunded", now=NOW)


def test_two_members_who_are_one_person_count_once(session: Session) -> None:
    one, other = make_person(session), make_person(session)
    grant(session, given(one, "a"))
    grant(session, given(other, "b", starts_at=NOW, ends_at=NOW + 9 * DAY))
    assert members(session) == 2

    assert service.move(session, one, other, now=NOW) == 1
    assert members(session) == 1
    assert spans(session) == [(NOW - DAY, NOW + 9 * DAY)]


def test_moving_somebody_without_entitlements_moves_nothing(session: Session) -> None:
    assert service.move(session, make_person(session), make_person(session), now=NOW) == 0


def test_a_grant_given_to_another_person_leaves_the_first(session: Session) -> None:
    one, other = make_person(session), make_person(session)
    grant(session, given(one))
    grant(session, given(other))

    assert session.scalars(select(MemberSpan.person_id)).all() == [other]


def test_the_past_is_told_as_it_was_known_then(session: Session) -> None:
    person = make_person(session)
    grant(session, given(person, ends_at=None), now=at("2026-11-23"))
    service.revoke(session, "patreon", "1", reason="refunded", now=at("2026-11-25"))
    moment = at("2026-11-24")

    assert count_at(session, moment) == 0
    assert count_at(session, moment, known_at=at("2026-11-24")) == 1
    assert count_at(session, moment, known_at=at("2026-11-22")) == 0


def test_an_entitlement_cannot_be_changed_in_place(session: Session) -> None:
    grant(session, given(make_person(session)))
    ledger_rows(session)[0].reason = "rewritten"

    with pytest.raises(AppendedOnlyError):
        session.flush()


def test_an_entitlement_cannot_be_deleted(session: Session) -> None:
    grant(session, given(make_person(session)))
    session.delete(ledger_rows(session)[0])

    with pytest.raises(AppendedOnlyError):
        session.flush()


@pytest.mark.parametrize("change", [update(Entitlement).values(reason="x"), delete(Entitlement)])
def test_nor_can_many_at_once(session: Session, change: object) -> None:
    with pytest.raises(AppendedOnlyError):
        session.execute(change)  # type: ignore[call-overload] # an update or a delete
