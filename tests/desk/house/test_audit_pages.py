"""The audit log at the desk: searched, sorted, taken along, and one entry in full."""

from datetime import UTC, datetime

import pytest

from app.core.clock import now
from app.core.database import Database
from app.people.audit import Actor, Deed, record
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of

HERE = "/desk/audit/"
LATE = datetime(2031, 5, 1, 23, 30, tzinfo=UTC)  # the 2nd in Kyiv


@pytest.fixture
def at(desk: SitDown, database: Database) -> Desk:
    """An administrator, and three entries: of theirs, of a command, of nobody known."""
    sitting = desk("admin")
    with database.write() as session:
        actor = Actor.staff(sitting.staff_id, "f" * 64)
        was, is_now = {"goal": 10, "name": None}, {"goal": 20, "dates": ["a"]}
        record(session, actor, Deed("goal.changed", "campaign:1", 7, was, is_now), now(session))
        record(session, Actor.command("ops"), Deed("list.closed", "newsletter:2"), LATE)
        record(session, Actor.staff(99, ""), Deed("list.opened", "newsletter:2"), now(session))
        session.commit()
    return sitting


FOUND = {
    "": {"1", "2", "3"},
    "?q=The+admin": {"1"},
    "?q=command:ops": {"2"},
    "?q=GOAL": {"1"},
    "?q=newsletter:2": {"2", "3"},
    "?q=newsletter:2+ops": {"2"},
    "?q=2031-05-02": {"2"},
    "?q=2031-05-01": set(),
    "?q=9999-12-31": set(),
    "?by=command": {"2"},
    "?q=3": {"3"},
}


def test_entries_are_found_by_who_what_about_and_day(at: Desk) -> None:
    pages = {asked: at.get(HERE + asked).text for asked in FOUND}
    found = {
        asked: {one for one in "123" if f'href="/desk/audit/{one}/"' in page}
        for asked, page in pages.items()
    }
    assert found == FOUND


def test_whose_who_staff_are_is_said_by_name(at: Desk) -> None:
    said = words_of(at.get(HERE))
    assert "The admin" in said
    assert "Staff 99" in said


def test_an_entry_shows_before_and_after_and_from_where(at: Desk) -> None:
    page = at.get(f"{HERE}1/")
    said = words_of(page)
    assert "goal 10 20" in said
    assert "name null — dates — [&#34;a&#34;]" in said
    assert "network ffffffffffff, from where 1 entries" in said
    assert f'href="{HERE}2/"' in page.text


def test_the_command_line_is_named_and_a_network_that_is_forgotten(at: Desk) -> None:
    assert "the server’s command line" in words_of(at.get(f"{HERE}2/"))
    assert "forgotten, as after thirty days" in words_of(at.get(f"{HERE}3/"))


def test_the_rows_go_along_as_csv_and_that_is_written_down(at: Desk) -> None:
    answer = at.get(f"{HERE}?as=csv&q=list.closed")
    assert answer.text.splitlines()[1].split(",")[-3:] == ["ops", "list.closed", "newsletter:2"]
    assert "list:audit" in words_of(at.get(HERE))


def test_what_is_not_there_is_not_found(at: Desk) -> None:
    assert at.get(f"{HERE}99/").status_code == 404


def test_it_is_for_administrators(desk: SitDown) -> None:
    assert [desk(role).get(HERE).status_code for role in ("editor", "membership")] == [403, 403]
