"""What a membership entitles to, in the ledger: stretches come, move and go."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.memberships.coverage import Stretch
from app.memberships.entitling import Title, entitle
from app.memberships.ledger import in_force
from app.memberships.queries import count_at
from tests.memberships.making import NOW, at, ledger_rows, make_person

FIRST = (at("2027-01-10"), at("2027-02-10"))
SECOND = (at("2027-03-01"), at("2027-04-01"))


def standing(session: Session) -> list[tuple[str, Stretch]]:
    rows = session.execute(in_force()).all()
    return sorted((one.source_ref, (one.starts_at, one.ends_at)) for one in rows)


def bring(session: Session, person: int, *pieces: Stretch) -> bool:
    wanted: Sequence[Stretch] = pieces
    return entitle(session, Title(person, "membership", "sub_1"), wanted, NOW)


def test_each_stretch_is_an_entitlement_of_its_own(session: Session) -> None:
    ann = make_person(session)

    assert bring(session, ann, FIRST, SECOND)
    assert standing(session) == [("sub_1", FIRST), ("sub_1#2", SECOND)]
    assert count_at(session, at("2027-02-20")) == 0
    assert count_at(session, at("2027-03-20")) == 1


def test_what_stands_already_adds_no_revision(session: Session) -> None:
    ann = make_person(session)
    bring(session, ann, FIRST, SECOND)

    assert not bring(session, ann, FIRST, SECOND)
    assert len(ledger_rows(session)) == 2


def test_stretches_that_are_no_more_are_taken_back_once(session: Session) -> None:
    ann = make_person(session)
    bring(session, ann, FIRST, SECOND)

    assert bring(session, ann)
    assert standing(session) == []
    assert not bring(session, ann)
    assert len(ledger_rows(session)) == 4


def test_a_stretch_that_was_taken_back_may_come_again(session: Session) -> None:
    ann = make_person(session)
    bring(session, ann, FIRST, SECOND)
    bring(session, ann, FIRST)

    assert bring(session, ann, FIRST, SECOND)
    assert standing(session) == [("sub_1", FIRST), ("sub_1#2", SECOND)]


def test_nothing_covered_leaves_the_ledger_alone(session: Session) -> None:
    assert not bring(session, make_person(session))
    assert ledger_rows(session) == []
