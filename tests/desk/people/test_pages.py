"""What staff do for people at the desk: each once, each written down, and nobody else's."""

import pytest
from sqlalchemy import select

from app.core.database import Database
from app.people.models import Person
from app.people.note_models import PersonNote
from app.people.once import new_nonce
from tests.desk.conftest import SitDown
from tests.desk.making import make_staff, words_of
from tests.desk.people.sitting import Ann, before_ann
from tests.memberships.account.making import make_membership, make_payment
from tests.memberships.making import make_person


@pytest.fixture
def ann(desk: SitDown, database: Database) -> Ann:
    return before_ann(desk("membership"), database)


def test_a_person_is_found_and_their_page_says_how_they_stand(ann: Ann, database: Database) -> None:
    with database.write() as session:
        held = make_membership(session, ann.person_id)
        make_payment(session, ann.person_id, membership_id=held.id)
        session.commit()
    found = ann.desk.get("/desk/people/?q=exam")
    page = ann.words()

    assert f'href="{ann.at}">Ann Example</a>' in found.text
    assert "a name with words that begin with exam" in words_of(found)
    for said in ("ann@post.example", "Not a member", "€7 a month", "Paid 7.00 EUR", "Refund"):
        assert said in page


def test_a_list_without_anybody_says_what_to_do(ann: Ann) -> None:
    assert "No row is like that" in words_of(ann.desk.get("/desk/people/?q=nobody"))
    assert "at least two letters" in words_of(ann.desk.get("/desk/people/?q=a"))


def test_people_are_taken_along_by_a_fresh_sign_in_alone_and_that_is_written_down(
    ann: Ann,
) -> None:
    taken = ann.desk.get("/desk/people/?as=csv&q=example")
    ann.turn_stale()

    assert "Ann Example,ann@post.example" in taken.text
    assert ann.deeds() == ["list.exported"]
    assert ann.desk.get("/desk/people/?as=csv").status_code != 200
    for path in ("export/", "erase/"):
        assert ann.desk.get(f"{ann.at}{path}").status_code != 200
        assert ann.send(path) != 200
    assert ann.deeds() == ["list.exported"]


@pytest.mark.parametrize("path", ["", "notes/", "send/", "details/", "complimentary/", "erase/"])
def test_an_editor_is_refused(ann: Ann, desk: SitDown, path: str) -> None:
    editor = desk("editor")

    assert editor.get(f"{ann.at}{path}").status_code == 403
    assert editor.get("/desk/people/").status_code == 403
    assert 'href="/desk/people/"' not in editor.get("/desk/keys/").text


@pytest.mark.parametrize(("role", "status"), [("membership", 403), ("admin", 200)])
def test_a_colleague_is_left_to_administrators_and_to_themselves(
    desk: SitDown, database: Database, role: str, status: int
) -> None:
    at = desk(role)
    make_staff(database, "editor")
    with database.read() as session:
        names = {one.name: one.public_id for one in session.scalars(select(Person))}
    own, theirs = (f"/desk/people/{names[f'The {one}']}/" for one in (role, "editor"))

    for path in ("details/", "export/"):
        assert at.get(f"{theirs}{path}").status_code == status
        assert at.get(f"{own}{path}").status_code == 200
    renamed = at.post(f"{theirs}details/", name="Else", language="en")
    taken = at.post(f"{theirs}export/", nonce=new_nonce())
    assert (renamed.status_code == 403, taken.status_code) == (status == 403, status)


def test_a_note_is_added_once_changed_by_its_author_deleted_and_taken_back(ann: Ann) -> None:
    nonce = new_nonce()
    assert [ann.send("notes/", nonce, note=" Called us.\r\n<b> ") for _click in (1, 2)] == [
        303,
        303,
    ]
    with ann.desk.database.read() as session:
        name = session.scalars(select(PersonNote.public_id)).one()

    ann.send(f"notes/{name}/", note="Called twice.")
    edited = ann.words()
    ann.send(f"notes/{name}/delete")
    deleted = ann.desk.get(ann.at).text
    ann.send(f"notes/{name}/restore")

    assert "Called twice." in edited
    assert "The membership" in edited
    assert "Called twice." not in deleted
    assert f'action="{ann.at}notes/{name}/restore"' in deleted
    assert "Called twice." in ann.words()
    assert ann.deeds() == ["note.added", "note.edited", "note.deleted", "note.restored"]


def test_nobody_changes_a_note_of_somebody_else(ann: Ann, desk: SitDown) -> None:
    ann.send("notes/", note="Mine.")
    other = Ann(desk("admin"), ann.person_id, ann.public_id)
    with ann.desk.database.read() as session:
        name = session.scalars(select(PersonNote.public_id)).one()

    sent = [other.send(f"notes/{name}/{act}", note="x") for act in ("", "delete", "restore")]

    assert sent == [403, 403, 403]
    assert other.desk.get(f"{ann.at}notes/{name}/").status_code == 403
    assert "Mine." in other.words()
    assert "Change</a>" not in other.desk.get(ann.at).text


@pytest.mark.parametrize(
    ("typed", "sentence"), [(" ", "Please write something."), ("x" * 2001, "at most 2000")]
)
def test_a_note_that_is_none_is_told_at_its_field(ann: Ann, typed: str, sentence: str) -> None:
    answer = ann.desk.post(f"{ann.at}notes/", nonce=new_nonce(), note=typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert ann.count(PersonNote) == 0


def test_name_and_language_are_put_right(ann: Ann) -> None:
    assert ann.send("details/", name=" Anna  Example ", language="uk") == 303
    assert ann.send("details/", name="Anna Example", language="uk") == 303

    page = ann.words()
    assert "Anna Example" in page
    assert "Українська" in page
    assert ann.deeds() == ["person.changed"]


def test_a_name_that_is_too_long_and_a_language_that_is_none_are_told(ann: Ann) -> None:
    long = ann.desk.post(f"{ann.at}details/", name="x" * 201, language="en")
    odd = ann.desk.post(f"{ann.at}details/", name="Ann", language="xx")

    assert (long.status_code, odd.status_code) == (422, 422)
    assert "at most 200 characters" in long.text
    assert "choose one of the languages" in odd.text
    assert ann.deeds() == []


def test_a_persons_page_leads_to_the_one_that_makes_two_people_one(ann: Ann) -> None:
    assert f'href="{ann.at}merge/"' in ann.desk.get(ann.at).text
    assert ann.desk.get(f"{ann.at}merge/").status_code == 200


def test_a_person_who_became_another_leads_to_that_one(ann: Ann, database: Database) -> None:
    with database.write() as session:
        other = make_person(session)
        session.get_one(Person, other).merged_into_id = ann.person_id
        name = session.get_one(Person, other).public_id
        session.commit()

    assert ann.desk.get(f"/desk/people/{name}/").location == ann.at


@pytest.mark.parametrize("name", ["nobody", "%00", "x" * 300])
def test_nobody_of_a_name_that_is_none_is_not_found(ann: Ann, name: str) -> None:
    assert ann.desk.get(f"/desk/people/{name}/").status_code == 404
