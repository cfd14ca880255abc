"""The recount finds whatever is not as the ledger says, and the repair mends it."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.core.database import one_snapshot
from app.memberships import counting, service
from app.memberships.models import Entitlement, MemberCounter, MemberSpan
from app.memberships.recounting import recount
from app.memberships.service import Grant
from tests.memberships.making import NOW, make_person

DAY = timedelta(days=1)


@pytest.fixture
def counted(session: Session) -> Session:
    """Three persons, two of them members at present."""
    for ref, begins, ends in (("a", -9, None), ("b", -5, 3), ("c", -9, -2)):
        ends_at = None if ends is None else NOW + ends * DAY
        given = Grant(make_person(session), "patreon", ref, NOW + begins * DAY, ends_at)
        service.grant(session, given, reason="test", now=NOW)
    return session


def test_what_was_never_touched_has_no_drift(counted: Session) -> None:
    found = recount(counted, NOW)

    assert (found.ledger, found.spans, found.counter, found.drifts) == (2, 2, 2, ())


def test_nothing_counted_is_no_drift(session: Session) -> None:
    assert recount(session, NOW).drifts == ()


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (update(MemberCounter).values(members=3), "The counter says 3, the ledger 2."),
        (update(MemberCounter).values(valid_until=None), "when it changes next"),
        (update(MemberCounter).values(through_id=1), "2 entitlements were added past"),
        (delete(MemberCounter), "There is no counter"),
        (delete(MemberSpan).where(MemberSpan.ends_at.is_(None)), "The spans say 1, the ledger 2."),
        (delete(MemberSpan).where(MemberSpan.ends_at < NOW), "1 spans are missing and 0 too many"),
        (
            update(MemberSpan).where(MemberSpan.ends_at < NOW).values(starts_at=NOW - 8 * DAY),
            "1 spans are missing and 1 too many",
        ),
        (
            insert(MemberSpan).from_select(
                ["person_id", "starts_at", "ends_at"],
                select(MemberSpan.person_id, MemberSpan.starts_at, MemberSpan.ends_at).where(
                    MemberSpan.ends_at < NOW
                ),
            ),
            "0 spans are missing and 1 too many",
        ),
    ],
)
def test_tampering_is_found_and_repaired(counted: Session, tamper: object, words: str) -> None:
    counted.connection().execute(tamper)  # type: ignore[call-overload] # a statement
    counted.expire_all()

    assert words in " ".join(recount(counted, NOW).drifts)
    counting.rebuild(counted, NOW)
    assert recount(counted, NOW).drifts == ()


def test_an_entitlement_past_the_counter_is_found_and_repaired(counted: Session) -> None:
    values = {"source": "patreon", "source_ref": "z", "revision": 1, "reason": "by hand"}
    person = make_person(counted)
    counted.connection().execute(
        insert(Entitlement).values(
            person_id=person, starts_at=NOW - DAY, counts=True, recorded_at=NOW, **values
        )
    )

    assert "1 entitlements were added past the counter." in recount(counted, NOW).drifts
    counting.rebuild(counted, NOW)
    assert recount(counted, NOW).counter == 3


def test_drift_in_the_past_is_found_though_todays_number_is_right(counted: Session) -> None:
    counted.connection().execute(
        update(MemberSpan).where(MemberSpan.ends_at < NOW).values(ends_at=NOW - 3 * DAY)
    )
    found = recount(counted, NOW)

    assert found.ledger == found.spans == found.counter == 2
    assert found.drifts == ("1 spans are missing and 1 too many.",)


def test_a_counter_behind_its_sweep_is_no_drift(counted: Session) -> None:
    assert recount(counted, NOW + 4 * DAY).drifts == ()


def test_a_recount_sees_one_state_while_others_write(counted: Session) -> None:
    counted.commit()
    bind = counted.get_bind()
    with Session(bind.execution_options(unwalled_reading=True)) as reading:
        one_snapshot(reading)
        before = recount(reading, NOW)
        given = Grant(make_person(counted), "bank", "x", NOW - DAY)
        service.grant(counted, given, reason="test", now=NOW)
        counted.commit()

        assert recount(reading, NOW) == before
