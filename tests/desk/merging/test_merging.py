"""Two people merged at the desk, seen beforehand, and parted again."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.memberships.queries import current_count
from app.memberships.service import Grant, grant
from app.people.audit import AuditEntry
from app.people.merge_models import Merge
from app.people.merging import UNDO_FOR
from app.people.models import Person
from app.people.staff_models import Staff
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of
from tests.memberships.making import make_person

ANN, ANNE = "ann@post.example", "anne@work.example"


@pytest.fixture
def two(database: Database) -> tuple[str, str]:
    """Let one human be two members, and return their ids."""
    with database.write() as session:
        ids = [make_person(session, one) for one in (ANN, ANNE)]
        for one in ids:
            given = Grant(one, "import", f"row-{one}", now(session))
            grant(session, given, reason="import", now=now(session))
        people = [session.get_one(Person, one) for one in ids]
        people[0].name = people[1].name = "Ann Example"
        session.commit()
        return people[0].public_id, people[1].public_id


def members(database: Database) -> int:
    with database.read() as session:
        count = current_count(session, now(session))
        return count.members if count is not None else 0


def merge_path(two: tuple[str, str]) -> str:
    return f"/desk/people/{two[0]}/merge/{two[1]}/"


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found is not None, page
    return found[1]


def merges(at: Desk, two: tuple[str, str]) -> Any:  # noqa: ANN401 - an answer
    return at.post(merge_path(two), seen=seen(at.get(merge_path(two)).text))


def log(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(AuditEntry.what, AuditEntry.about).order_by(AuditEntry.number))
    return [(row.what, row.about) for row in rows]


def test_whoever_has_the_same_name_is_suggested(desk: SitDown, two: tuple[str, str]) -> None:
    page = words_of(desk("membership").get(f"/desk/people/{two[0]}/merge/"))

    assert "has the same name" in page
    assert ANNE in page


@pytest.mark.parametrize("words", [ANNE, "anne@", "ann ex"])
def test_the_other_is_found_by_an_address_or_a_name(
    desk: SitDown, two: tuple[str, str], words: str
) -> None:
    page = desk("membership").get(f"/desk/people/{two[0]}/merge/?q={words}").text

    assert merge_path(two) in page.partition("Find the other")[2]


def test_the_preview_says_what_would_follow_and_does_nothing(
    desk: SitDown, database: Database, two: tuple[str, str]
) -> None:
    page = words_of(desk("membership").get(merge_path(two)))

    assert "The public count goes down by exactly one" in page
    assert f"{ANN}, {ANNE}" in page
    assert members(database) == 2


def test_merging_and_undoing_move_the_count_by_one_and_are_written_down(
    desk: SitDown, database: Database, two: tuple[str, str]
) -> None:
    at = desk("membership")
    done = merges(at, two).location
    assert members(database) == 1
    assert at.post(f"{done}undo/").location == done

    assert members(database) == 2
    with database.read() as session:
        assert log(session) == [("person.merged", "merge:1"), ("person.parted", "merge:1")]
    assert "They are two people again." in words_of(at.get(done))


def test_after_thirty_days_a_merge_is_undone_no_more_and_its_page_says_so(
    desk: SitDown, database: Database, two: tuple[str, str]
) -> None:
    at = desk("membership")
    done = merges(at, two).location
    with database.write() as session:
        session.execute(update(Merge).values(merged_at=now(session) - UNDO_FOR))
        session.commit()
    answer = at.post(f"{done}undo/")

    assert answer.status_code == 409
    for page in (answer, at.get(done)):
        assert "A merge can be undone for 30 days; they are over." in words_of(page)
    assert members(database) == 1
    with database.read() as session:
        assert log(session) == [("person.merged", "merge:1")]


def test_what_changed_since_the_preview_is_shown_before_anything_is_done(
    desk: SitDown, database: Database, two: tuple[str, str]
) -> None:
    at = desk("membership")
    before = seen(at.get(merge_path(two)).text)
    with database.write() as session:
        session.scalars(select(Person).where(Person.public_id == two[1])).one().name = "Anne"
        session.commit()
    answer = at.post(merge_path(two), seen=before)

    assert answer.status_code == 409
    assert "Something changed since you looked" in words_of(answer)
    assert members(database) == 2


def test_pressing_twice_merges_once(
    desk: SitDown, database: Database, two: tuple[str, str]
) -> None:
    at = desk("membership")
    form = seen(at.get(merge_path(two)).text)
    at.post(merge_path(two), seen=form)
    again = at.post(merge_path(two), seen=form)

    assert again.status_code == 409
    assert "/desk/merges/1/" in again.text
    with database.read() as session:
        assert len(log(session)) == 1


def test_nobody_is_merged_into_themselves(desk: SitDown, two: tuple[str, str]) -> None:
    answer = desk("membership").get(f"/desk/people/{two[0]}/merge/{two[0]}/")

    assert answer.status_code == 409
    assert "These are one person already." in words_of(answer)


def test_an_editor_merges_nobody(desk: SitDown, two: tuple[str, str]) -> None:
    assert desk("editor").get(merge_path(two)).status_code == 403


@pytest.mark.parametrize("role", ["editor", "membership", "admin"])
def test_only_an_administrator_gives_a_colleague_another_address_to_sign_in_by(
    desk: SitDown, database: Database, two: tuple[str, str], role: str
) -> None:
    at, boss = desk("membership"), desk("admin")
    with database.write() as session:
        stays = session.scalars(select(Person).where(Person.public_id == two[0])).one()
        session.add(Staff(person_id=stays.id, role=role, invited_at=now(session)))
        session.commit()

    told = seen(boss.get(merge_path(two)).text)
    for answer in (at.get(merge_path(two)), at.post(merge_path(two), seen=told)):
        assert answer.status_code == 409
        assert "an administrator can merge the other into them" in words_of(answer)
    with database.read() as session:
        assert log(session) == []

    assert boss.post(merge_path(two), seen=told).status_code == 303


def test_a_merge_that_never_was_is_no_page(desk: SitDown) -> None:
    assert desk("membership").get("/desk/merges/7/").status_code == 404


def test_every_merge_is_listed_with_its_way_back_until_it_is_undone(
    desk: SitDown, two: tuple[str, str]
) -> None:
    at = desk("membership")
    merges(at, two)
    listed = at.get("/desk/merges/?q=ann")

    assert "Ann Example The membership can be undone until" in re.sub(r"\s+", " ", words_of(listed))
    (undo,) = re.findall(r'href="(/desk/merges/\d+/undo/)"', listed.text)
    at.post(undo)
    assert undo not in at.get("/desk/merges/").text
    assert "undone on" in words_of(at.get("/desk/merges/?state=undone"))
    assert "No row is like that" in at.get("/desk/merges/?state=open").text
