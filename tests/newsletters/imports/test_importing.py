"""A file of subscribers is foreseen, applied once, and brings nobody back."""

import pytest
from sqlalchemy import select, update

from app.core.clock import now
from app.core.errors import OperatorError
from app.core.moments import read_moment
from app.mail.models import OutgoingMail
from app.mail.suppression import suppress
from app.newsletters.imports import importing
from app.newsletters.imports.fates import Fate
from app.newsletters.imports.looking import Wishes
from app.newsletters.imports.models import (
    SubscriberImport,
    SubscriberImportProblem,
    SubscriberImportRow,
)
from app.newsletters.mailing import mailable
from app.newsletters.models import Consent, Subscription
from app.people.models import EmailAddress, Person
from app.people.service import Newcomer, find_or_create
from tests.memberships.making import make_person
from tests.newsletters.imports.files_of_subscribers import DAILY, Moving, plain, table

ANN, BOB, CYD = "ann@post.example", "bob@post.example", "cyd@post.example"


def stands(moving: Moving, key: str, state: str, **values: object) -> None:
    """Give somebody a subscription of the daily list."""
    with moving.database.write() as session:
        moment = now(session)
        person = find_or_create(session, [Newcomer(key, key)], moment)[key]
        times = {"created_at": moment, "asked_at": moment} | values
        session.add(
            Subscription(
                person_id=person, newsletter_id=moving.lists["daily"], state=state, **times
            )
        )
        session.commit()


def closes(moving: Moving, key: str, reason: str) -> None:
    with moving.database.write() as session:
        suppress(session, moving.settings, key, reason, now(session))
        session.commit()


def test_a_dry_run_says_what_would_happen_and_changes_nothing(moving: Moving) -> None:
    stands(moving, BOB, "unsubscribed")
    path = moving.file(plain(ANN, BOB, "nobody", ANN))
    report = moving.foresee(path)

    assert report.effect.fates == {Fate.NEW: 1, Fate.STAYS_UNSUBSCRIBED: 1}
    assert (report.records, report.entries, report.repeated, report.problems) == (4, 3, 1, 1)
    assert (report.effect.people, report.applied) == (1, False)
    assert moving.states() == {BOB: "unsubscribed"}
    assert moving.all_of(Consent) == []


def test_applying_does_what_the_dry_run_said(moving: Moving) -> None:
    stands(moving, BOB, "pending")
    path = moving.file(plain(ANN, BOB, CYD, "info@post.example"))
    foreseen, done = moving.foresee(path), moving.bring(path)

    assert done.applied
    assert done.effect == foreseen.effect
    assert done.effect.fates == {Fate.NEW: 3, Fate.WAITED: 1}
    assert (done.effect.people, done.effect.offices) == (3, 1)
    assert set(moving.states().values()) == {"confirmed"}
    assert moving.all_of(SubscriberImportRow) == []


def test_a_consent_says_which_file_and_on_whose_word(moving: Moving) -> None:
    text = table(
        ["email", "opted_in_at", "source"],
        {"email": ANN, "opted_in_at": "2019-05-01T10:00Z", "source": "Landing page"},
    )
    moving.bring(text)
    (consent,), (record,) = moving.all_of(Consent), moving.all_of(SubscriberImport)

    assert (consent.what, consent.form, consent.given_via) == ("imported", "import", "Landing page")
    assert consent.given_at == read_moment("2019-05-01T10:00Z", moving.settings.time_zone)
    assert consent.import_id == record.id
    assert (record.done_by, len(record.file_hash), record.file_name) == (
        "Vira",
        64,
        "subscribers.csv",
    )


def test_times_are_those_of_the_other_system_and_none_is_made_up(moving: Moving) -> None:
    text = table(
        ["email", "opted_in_at", "confirmed_at"],
        {"email": ANN, "opted_in_at": "2019-05-01", "confirmed_at": "2019-05-02"},
        {"email": BOB},
    )
    moving.bring(text)
    found = moving.subscriptions()

    assert found[ANN].confirmed_at == read_moment("2019-05-02", moving.settings.time_zone)
    assert found[ANN].asked_at == read_moment("2019-05-01", moving.settings.time_zone)
    assert found[BOB].confirmed_at is None


@pytest.mark.parametrize("state", ["unsubscribed", "bounced", "complained"])
def test_nobody_who_left_is_brought_back(moving: Moving, state: str) -> None:
    stands(moving, ANN, state)
    report = moving.bring(plain(ANN, "ANN@post.example"))

    assert report.effect.fates == {f"stays_{state}": 1}
    assert moving.states() == {ANN: state}
    assert moving.all_of(Consent) == []


@pytest.mark.parametrize(
    ("reason", "fate"),
    [("complaint", "suppressed"), ("bounce", "suppressed"), ("erased", "erased")],
)
def test_nor_who_is_suppressed_or_was_erased(moving: Moving, reason: str, fate: str) -> None:
    closes(moving, ANN, reason)
    report = moving.bring(plain(ANN))

    assert report.effect.fates == {fate: 1}
    assert moving.all_of(Person) == []
    assert moving.suppressed(ANN) == {ANN: reason}


def test_who_left_elsewhere_is_kept_as_gone(moving: Moving) -> None:
    text = table(
        ["email", "status"],
        {"email": ANN, "status": "Unsubscribed"},
        {"email": BOB, "status": "cleaned"},
        {"email": CYD, "status": "complained"},
    )
    moving.bring(text)

    assert moving.states() == {ANN: "unsubscribed", BOB: "bounced", CYD: "complained"}
    assert moving.suppressed(ANN, BOB, CYD) == {BOB: "bounce", CYD: "complaint"}
    assert [one.what for one in moving.all_of(Consent)] == ["unsubscribed", "bounced", "complained"]


def test_who_left_elsewhere_leaves_here_unless_they_came_after_that(moving: Moving) -> None:
    zone = moving.settings.time_zone
    stands(moving, ANN, "confirmed", confirmed_at=read_moment("2020-01-01", zone))
    stands(moving, BOB, "confirmed", confirmed_at=read_moment("2025-01-01", zone))
    rows = [{"email": one, "unsubscribed_at": "2023-06-01"} for one in (ANN, BOB)]
    report = moving.bring(table(["email", "unsubscribed_at"], *rows))

    assert report.effect.fates == {Fate.ENDED: 1, Fate.NEWER: 1}
    assert moving.states() == {ANN: "unsubscribed", BOB: "confirmed"}
    assert moving.subscriptions()[ANN].ended_at == read_moment("2023-06-01", zone)


def test_a_file_without_times_ends_nothing_that_began_after_it_was_first_seen(
    moving: Moving,
) -> None:
    gone = moving.file(table(["email", "status"], {"email": ANN, "status": "unsubscribed"}))
    moving.bring(gone)
    with moving.database.write() as session:
        session.execute(update(Subscription).values(state="confirmed", confirmed_at=now(session)))
        session.commit()

    assert moving.bring(gone).effect.fates == {Fate.NEWER: 1}
    assert moving.states() == {ANN: "confirmed"}


def test_the_same_file_twice_changes_nothing(moving: Moving) -> None:
    path = moving.file(plain(*(f"r{number}@post.example" for number in range(30))))
    moving.bring(path)
    before = [len(moving.all_of(one)) for one in (Person, EmailAddress, Subscription, Consent)]
    again = moving.bring(path)

    assert again.effect.fates == {Fate.ALREADY: 30}
    after = [len(moving.all_of(one)) for one in (Person, EmailAddress, Subscription, Consent)]
    assert before == after == [30, 30, 30, 30]


def test_who_is_brought_is_mailed_the_next_issue_and_who_is_gone_is_not(moving: Moving) -> None:
    stands(moving, CYD, "pending")
    states = {ANN: "subscribed", BOB: "unsubscribed", CYD: "subscribed"}
    rows = [{"email": one, "status": state} for one, state in states.items()]
    moving.bring(table(["email", "status"], *rows))
    with moving.database.read() as session:
        values = {"newsletter": moving.lists["daily"], "now": now(session)}
        found = session.execute(mailable(), values).all()

    assert {row.key for row in found} == {ANN, CYD}


def test_no_mail_is_sent_to_anybody(moving: Moving) -> None:
    moving.bring(plain(ANN, BOB))
    assert moving.all_of(OutgoingMail) == []


def test_several_lists_are_several_subscriptions_of_one_person(moving: Moving) -> None:
    report = moving.bring(plain(ANN), Wishes(lists=("daily", "weekly", "daily")))

    assert (report.records, report.entries, report.effect.people) == (1, 2, 1)
    assert moving.states("daily") == moving.states("weekly") == {ANN: "confirmed"}


def test_a_column_may_say_the_lists_by_slug_by_name_or_as_told(moving: Moving) -> None:
    text = table(
        ["email", "labels"],
        {"email": ANN, "labels": "DAILY, vip"},
        {"email": BOB, "labels": "Weekly українською|Daily"},
        {"email": CYD, "labels": '{"Morning letter"}'},
    )
    wishes = Wishes(columns={"lists": "labels"}, labels={"morning letter": "weekly"})
    moving.bring(text, wishes)

    assert set(moving.states("daily")) == {ANN, BOB}
    assert set(moving.states("weekly")) == {BOB, CYD}


def test_a_name_is_kept_where_there_was_none(moving: Moving) -> None:
    with moving.database.write() as session:
        make_person(session, ANN)
        make_person(session, BOB)
        of_bob = select(EmailAddress.person_id).where(EmailAddress.key == BOB)
        session.execute(update(Person).values(name=None))
        session.execute(update(Person).where(Person.id.in_(of_bob)).values(name="Bob"))
        session.commit()
    rows = [{"email": one, "name": "Someone New"} for one in (ANN, BOB, CYD)]
    moving.bring(table(["email", "name"], *rows))

    assert sorted(one.name for one in moving.all_of(Person)) == [
        "Bob",
        "Someone New",
        "Someone New",
    ]


def test_of_a_repeated_address_the_gravest_state_counts(moving: Moving) -> None:
    rows = [
        {"email": one, "status": state}
        for state in ("subscribed", "cleaned", "unsubscribed")
        for one in (ANN, BOB)
    ]
    path = moving.file(table(["email", "status"], *rows))
    report = moving.bring(path)

    assert (report.entries, report.repeated) == (6, 4)
    assert moving.states() == {ANN: "bounced", BOB: "bounced"}
    assert moving.all_of(SubscriberImportProblem)[0].reason == (
        "the same address and list as in line 2"
    )


def test_nothing_is_applied_on_nobodys_word(moving: Moving) -> None:
    import_id = moving.read(moving.file(plain(ANN)))
    with pytest.raises(OperatorError, match="not ready"):
        importing.apply_import(moving.database, import_id)


def test_another_list_is_another_import_of_the_same_file(moving: Moving) -> None:
    path = moving.file(plain(ANN))
    first, again = moving.read(path, DAILY), moving.read(path, DAILY)

    assert first == again
    assert moving.read(path, Wishes(lists=("weekly",))) != first


def test_a_list_that_is_not_there_is_named_beside_those_that_are(moving: Moving) -> None:
    path = moving.file(plain(ANN))
    with pytest.raises(OperatorError, match=r"no list 'noon': the lists are daily, weekly"):
        moving.read(path, Wishes(lists=("noon",)))
    with pytest.raises(OperatorError, match="Say which list"):
        moving.read(path, Wishes())
