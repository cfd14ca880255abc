"""One's own page: what one signs in with, where one is signed in, and the fresh proof."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.database import Database
from app.mail.models import OutgoingMail
from app.people.audit import AuditEntry
from app.people.staff_letters import News
from tests.desk.conftest import SitDown
from tests.desk.door.entering import SECOND, YOU, Visitor
from tests.desk.making import OURS, words_of
from tests.people.authenticator import Authenticator

NEW = f"{YOU}passkeys/new/"
PROVE = "/desk/prove/"


@pytest.fixture
def ann(app: Flask, database: Database) -> Visitor:
    """Somebody at the desk who has a code app."""
    made = Visitor(app, app.test_client(), database)
    made.sets_up_an_app(made.invited())
    return made


def told(database: Database) -> list[News]:
    with database.read() as session:
        rows = session.scalars(select(OutgoingMail.context).order_by(OutgoingMail.id))
        return [News(row["news"]) for row in rows if "news" in row]


def deeds(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))


def adds_a_passkey(ann: Visitor, device: Authenticator, name: str = "Laptop") -> str:
    """Add a passkey; return the way to remove it."""
    options = ann.sends(f"{YOU}passkeys/options").text
    assert ann.sends(NEW, answer=device.make(options), name=name).location == YOU
    ways = re.findall(rf'href="({YOU}passkeys/\d+/remove/)"', ann.get(YOU).text)
    return str(ways[-1])


def test_a_passkey_is_added_named_and_removed_and_each_is_told_of(
    ann: Visitor, database: Database
) -> None:
    remove = adds_a_passkey(ann, Authenticator())
    assert 'value="Laptop"' in ann.get(YOU).text
    ann.sends(remove.replace("remove/", "name"), name="Phone")
    assert "Remove the passkey “Phone”" in words_of(ann.get(remove))
    assert ann.sends(remove).location == YOU
    assert "You have none" in words_of(ann.get(YOU))
    assert told(database) == [News.PASSKEY_ADDED, News.PASSKEY_REMOVED]
    assert deeds(database)[-3:] == [
        "staff.passkey.added", "staff.passkey.named", "staff.passkey.removed"
    ]  # fmt: skip


def test_the_last_thing_that_opens_the_desk_is_not_removed(ann: Visitor) -> None:
    answer = ann.sends(f"{YOU}app/remove/")
    assert (answer.status_code, "last thing" in words_of(answer)) == (409, True)
    remove = adds_a_passkey(ann, Authenticator())
    assert ann.sends(f"{YOU}app/remove/").location == YOU
    assert ann.sends(remove).status_code == 409


def test_another_s_passkey_is_not_there(ann: Visitor) -> None:
    remove = adds_a_passkey(ann, Authenticator())
    bob = ann.elsewhere()
    bob.sets_up_an_app(bob.invited(address="bob@post.example"))
    assert bob.get(remove).status_code == 404
    assert bob.sends(remove).status_code == 404
    assert bob.sends(remove.replace("remove/", "name"), name="Mine").status_code == 404


def test_recovery_codes_are_made_anew_and_shown_once(ann: Visitor, database: Database) -> None:
    assert "10 of 10 are left" in words_of(ann.get(YOU))
    codes = re.findall(r"<code>([A-Z2-9-]{19})</code>", ann.sends(f"{YOU}codes/").text)
    assert (len(codes), set(codes) & set(ann.codes)) == (10, set())
    assert codes[0] not in ann.get(f"{YOU}codes/").text
    other = ann.elsewhere()
    other.shows_the_mail()
    assert other.post(SECOND, code=ann.codes[0]).status_code == 422
    assert other.post(SECOND, code=codes[0]).status_code == 303
    assert told(database)[0] is News.CODES_MADE


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(ann: Visitor) -> None:
    other, third = ann.elsewhere(), ann.elsewhere()
    other.comes_in()
    third.comes_in()
    page = ann.get(YOU)
    assert words_of(page).count("Firefox, Linux") == 3
    ends = re.findall(rf'href="({YOU}sessions/\d+/end/)"', page.text)
    assert "Sign out the browser “Firefox, Linux”" in words_of(ann.get(ends[0]))
    ann.sends(ends[0])
    assert [third.is_in(), other.is_in(), ann.is_in()].count(False) == 1
    ann.sends(f"{YOU}sessions/others/end/")
    assert (third.is_in(), other.is_in(), ann.is_in()) == (False, False, True)


def test_nobody_ends_the_session_of_another(ann: Visitor) -> None:
    bob = ann.elsewhere()
    bob.sets_up_an_app(bob.invited(address="bob@post.example"))
    (end,) = re.findall(rf'href="({YOU}sessions/\d+/end/)"', ann.get(YOU).text)
    assert bob.sends(end).status_code == 404
    assert ann.is_in()


def test_the_proof_is_asked_for_after_a_while_and_leads_back(ann: Visitor) -> None:
    ann.waits(minutes=15)
    way = ann.get(f"{NEW}?q=1").location
    assert way == f"{PROVE}?next={NEW}?q%3D1"
    page = ann.get(way)
    assert "Is it still you?" in words_of(page)
    assert f'name="next" value="{NEW}?q=1"' in page.text
    token, before = ann.token(), ann.client.get_cookie("desk")
    assert ann.sends(PROVE, code="1", next=NEW).status_code == 422
    assert ann.sends(PROVE, code=ann.code(), next=f"{NEW}?q=1").location == f"{NEW}?q=1"
    after = ann.client.get_cookie("desk")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert (ann.get(NEW).status_code, ann.token()) == (200, token)


def test_a_form_that_came_too_late_leads_back_to_its_page(ann: Visitor) -> None:
    token = ann.token()
    ann.waits(minutes=15)
    headers = {**OURS, "Referer": f"http://localhost{YOU}"}
    answer = ann.client.post(f"{YOU}app", data={"csrf_token": token}, headers=headers)
    assert answer.location == f"{PROVE}?next={YOU}"


def test_a_passkey_proves_it_as_well_but_not_another_s(ann: Visitor) -> None:
    device, bobs = Authenticator(), Authenticator()
    adds_a_passkey(ann, device)
    bob = ann.elsewhere()
    bob.sets_up_a_passkey(bob.invited(address="bob@post.example"), bobs)
    ann.waits(minutes=15)
    options = ann.sends(f"{PROVE}options").text
    assert ann.sends(f"{PROVE}passkey", answer=bobs.sign(options)).status_code == 422
    options = ann.sends(f"{PROVE}options").text
    answer = ann.sends(f"{PROVE}passkey", answer=device.sign(options), next=NEW)
    assert (answer.location, ann.get(NEW).status_code) == (NEW, 200)


def test_nobody_s_word_is_taken_who_has_something_to_prove_it_by(ann: Visitor) -> None:
    ann.waits(minutes=15)
    assert ann.sends(PROVE, **{"as": "rehearsed"}).status_code == 422


def test_in_a_rehearsal_the_word_of_whoever_has_nothing_is_taken(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    old = Visitor(at.app, at.client, database)
    old.waits(minutes=15)
    assert "your word is taken" in words_of(at.get(PROVE))
    assert old.sends(PROVE, **{"as": "rehearsed"}, next=NEW).location == NEW
    assert at.get(NEW).status_code == 200
