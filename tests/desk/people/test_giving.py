"""What staff give and send to people, hand over and erase: each once, and each written down."""

import json
import re

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.core.database import Database
from app.desk.people.timeline import PAGE
from app.mail.equivalence import mailbox_hashes
from app.mail.models import OutgoingMail, Suppression
from app.mail.suppression import BOUNCE, suppress
from app.memberships.complimentary import entitled_among, running
from app.memberships.queries import current_count
from app.newsletters.cap_models import MailboxUse
from app.newsletters.models import SignupRequest, Subscription
from app.people.models import EmailAddress, Person
from app.people.once import new_nonce
from tests.desk.conftest import SitDown
from tests.desk.making import make_staff
from tests.desk.people.sitting import ANN, Ann, before_ann
from tests.memberships.account.making import make_payment
from tests.memberships.making import at, make_person
from tests.newsletters.making import make_list


@pytest.fixture
def ann(desk: SitDown, database: Database) -> Ann:
    return before_ann(desk("membership"), database)


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


def test_a_story_is_taken_along_whole_by_a_fresh_sign_in_alone(
    ann: Ann, database: Database
) -> None:
    with database.write() as session:
        for _payment in range(PAGE + 3):
            make_payment(session, ann.person_id)
        session.commit()

    taken = ann.desk.get(f"{ann.at}?as=csv&kind=money")
    ann.turn_stale()

    assert taken.text.count("Paid 7.00") == PAGE + 3
    assert ann.desk.get(f"{ann.at}?as=csv").mimetype != "text/csv"
    assert ann.deeds() == ["story.exported"]


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
