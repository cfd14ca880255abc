"""What staff do for people at the desk: each once, each written down, and nobody else's."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import now
from app.core.database import Database
from app.core.orm import Base
from app.mail.equivalence import mailbox_hashes
from app.mail.models import OutgoingMail, Suppression
from app.mail.suppression import BOUNCE, suppress
from app.memberships.complimentary import entitled_among, running
from app.memberships.queries import current_count
from app.newsletters.cap_models import MailboxUse
from app.newsletters.models import SignupRequest, Subscription
from app.people.audit import AuditEntry
from app.people.models import EmailAddress, Person
from app.people.note_models import PersonNote
from app.people.once import new_nonce
from app.people.staff_models import StaffSession
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, make_staff, words_of
from tests.memberships.account_making import make_membership, make_payment
from tests.memberships.making import at, make_person
from tests.newsletters.making import make_list

ANN = "ann@post.example"


@dataclass
class Ann:
    """Ann, and staff before her page."""

    desk: Desk
    person_id: int
    public_id: str

    @property
    def at(self) -> str:
        """The address of her page."""
        return f"/desk/people/{self.public_id}/"

    def words(self, path: str = "") -> str:
        """Return what a page of hers says."""
        answer = self.desk.get(path or self.at)
        assert answer.status_code == 200, answer.text
        return words_of(answer)

    def send(self, path: str, nonce: str = "", **fields: str) -> int:
        """Send a form; return the status of the answer."""
        return self.desk.post(f"{self.at}{path}", nonce=nonce or new_nonce(), **fields).status_code

    def deeds(self) -> list[str]:
        """Return what the audit log says was done, oldest first."""
        with self.desk.database.read() as session:
            return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))

    def count(self, model: type[Base]) -> int:
        """Return how many rows a table has."""
        with self.desk.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def ann(desk: SitDown, database: Database) -> Ann:
    sat = desk("membership")
    with database.write() as session:
        made = make_person(session, ANN)
        person = session.get_one(Person, made)
        person.name = "Ann Example"
        session.commit()
    return Ann(sat, made, person.public_id)


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
    ann: Ann, database: Database
) -> None:
    taken = ann.desk.get("/desk/people/?as=csv&q=example")
    with database.write() as session:
        here = session.scalars(select(StaffSession)).one()
        here.signed_in_at = now(session) - timedelta(hours=1)
        session.commit()

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


def test_a_complimentary_membership_opens_what_is_for_members_and_is_not_counted(
    ann: Ann, database: Database
) -> None:
    nonce = new_nonce()
    asked = ann.words(f"{ann.at}complimentary/")
    for _click in (1, 2):
        assert ann.send("complimentary/", nonce, last_day="2028-02-28") == 303

    with database.read() as session:
        moment = now(session)
        (given,) = running(session, ann.person_id, moment)
        count = current_count(session, moment)
        assert entitled_among(session, [ann.person_id], moment) == {ann.person_id}
    assert count is not None
    assert count.members == 0
    assert "Give Ann Example, ann@post.example a complimentary membership until the end of" in asked
    assert given.ends_at == at("2028-02-28 22:00"), "the end of that day in Kyiv"
    assert ann.deeds() == ["complimentary.given"]
    assert "Complimentary, until the end of 28 February 2028" in ann.words()


def test_a_complimentary_membership_is_ended_before_its_time(ann: Ann, database: Database) -> None:
    ann.send("complimentary/", last_day="2028-02-28")
    with database.read() as session:
        name = running(session, ann.person_id, now(session))[0].name
    asked = ann.words(f"{ann.at}complimentary/{name}/end/")

    for _click in (1, 2):
        assert ann.send(f"complimentary/{name}/end/") == 303

    with database.read() as session:
        assert entitled_among(session, [ann.person_id], now(session)) == set()
    assert "End the complimentary membership of Ann Example, ann@post.example now" in asked
    assert ann.deeds() == ["complimentary.given", "complimentary.ended"]


@pytest.mark.parametrize(
    ("day", "sentence"),
    [("soon", "Please write the day like"), ("2020-01-01", "This day is over"),
     ("2999-01-01", "within three years")],
)  # fmt: skip
def test_a_day_that_cannot_be_the_last_is_told_at_its_field(
    ann: Ann, day: str, sentence: str
) -> None:
    shown = ann.desk.get(f"{ann.at}complimentary/?last_day={day}")
    sent = ann.desk.post(f"{ann.at}complimentary/", nonce=new_nonce(), last_day=day)

    assert (shown.status_code, sent.status_code) == (422, 422)
    assert sentence in shown.text
    assert sentence in sent.text
    assert ann.deeds() == []


def test_mails_are_sent_again_each_once_and_not_without_end(ann: Ann, database: Database) -> None:
    with database.write() as session:
        paid = make_payment(session, ann.person_id)
        session.commit()
    nonce = new_nonce()
    sent = [ann.send("send/", nonce, what=f"receipt-{paid.id}") for _click in (1, 2)]

    more = [ann.send("send/", what=f"receipt-{paid.id}") for _press in range(5)]

    assert sent == [303, 303]
    assert more == [303, 303, 303, 303, 422]
    assert ann.count(OutgoingMail) == 5
    assert ann.deeds() == ["mail.resent"] * 5


def test_the_question_about_lists_and_the_way_in_are_sent_again(
    ann: Ann, database: Database
) -> None:
    with database.write() as session:
        values = {"state": "pending", "created_at": now(session), "asked_at": now(session)}
        made = make_list(session, "daily")
        session.add(Subscription(person_id=ann.person_id, newsletter_id=made.id, **values))
        session.commit()

    assert [ann.send("send/", what=what) for what in ("confirm", "way_in")] == [303, 303]

    with database.read() as session:
        request = session.scalars(select(SignupRequest)).one()
        mail = session.scalars(select(OutgoingMail)).one()
    assert (request.kind, request.lists, request.address) == ("again", [made.id], ANN)
    assert (mail.template, mail.address) == ("way_in", ANN)


def test_the_question_about_lists_is_not_sent_past_what_caps_one_mailbox(
    ann: Ann, database: Database
) -> None:
    settings = ann.desk.app.extensions["unwalled_settings"]
    with database.write() as session:
        values = {"state": "pending", "created_at": now(session), "asked_at": now(session)}
        made = make_list(session, "daily")
        session.add(Subscription(person_id=ann.person_id, newsletter_id=made.id, **values))
        (mailbox,) = mailbox_hashes(settings, [ANN]).values()
        for _mail in range(3):
            session.add(MailboxUse(mailbox_hash=mailbox, created_at=now(session)))
        session.commit()

    answer = ann.desk.post(f"{ann.at}send/", nonce=new_nonce(), what="confirm")

    assert answer.status_code == 422
    assert "as often as one may" in answer.text
    assert ann.count(SignupRequest) == 0


def test_what_is_not_theirs_is_not_sent(ann: Ann, database: Database) -> None:
    with database.write() as session:
        other = make_payment(session, make_person(session))
        session.commit()

    assert ann.send("send/", what=f"receipt-{other.id}") == 422
    assert ann.send("send/", what="confirm") == 422
    assert (ann.count(OutgoingMail), ann.deeds()) == (0, [])


def test_an_address_that_is_shut_is_opened_with_a_reason_that_becomes_a_note(
    ann: Ann, database: Database
) -> None:
    settings = ann.desk.app.extensions["unwalled_settings"]
    with database.write() as session:
        suppress(session, settings, ANN, BOUNCE, now(session))
        row = session.scalars(select(EmailAddress).where(EmailAddress.key == ANN)).one()
        session.commit()
    assert "let it be written to again first" in ann.words(f"{ann.at}send/")
    assert "mail to it came back" in ann.words()
    assert ann.send(f"addresses/{row.id}/lift/", note="") == 422

    assert ann.send(f"addresses/{row.id}/lift/", note="Their mailbox was full.") == 303

    assert ann.count(Suppression) == 0
    assert "Their mailbox was full." in ann.words()
    assert ann.deeds() == ["suppression.lifted"]


def test_everything_is_handed_over_in_one_file_and_that_is_written_down(ann: Ann) -> None:
    ann.send("notes/", note="Called us.")

    answer = ann.desk.post(f"{ann.at}export/", nonce=new_nonce())

    assert answer.mimetype == "application/json"
    assert {"person", "payments", "subscriptions", "notes"} <= json.loads(answer.text).keys()
    assert "Called us." in answer.text
    assert ann.deeds() == ["note.added", "person.exported"]


def test_somebody_is_erased_and_only_what_the_law_wants_is_left(
    ann: Ann, database: Database
) -> None:
    ann.send("notes/", note="Called us.")
    with database.write() as session:
        make_payment(session, ann.person_id)
        session.commit()
    asked = ann.words(f"{ann.at}erase/")

    sent = [ann.send("erase/") for _click in (1, 2)]
    page = ann.words()

    assert "Erase Ann Example, ann@post.example, for good." in asked
    assert "What the law wants of payments stays" in asked
    assert sent == [303, 303]
    assert "They were erased" in page
    assert "Paid 7.00 EUR" in page
    assert not re.search(r"Ann Example|ann@post|Called us", ann.desk.get(ann.at).text)
    assert ann.deeds() == ["note.added", "person.erased"]


def test_nobody_is_erased_who_works_here(ann: Ann, database: Database) -> None:
    make_staff(database, "editor", ANN)

    assert ann.send("erase/") == 303
    assert "They work here" in ann.words()
    with database.read() as session:
        assert session.get_one(Person, ann.person_id).erased_at is None


def test_two_people_are_made_one_only_where_there_is_a_page_for_it(ann: Ann) -> None:
    assert "Make them one with somebody" not in ann.words()


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
