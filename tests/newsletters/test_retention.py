"""Who never confirmed is forgotten after thirty days, and who is anything else is not."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from app.core import retention
from app.core.caps import NetworkUse, note_use
from app.core.retention import RetentionRun
from app.core.work import Runtime
from app.mail.models import OutgoingMail
from app.memberships.models import Entitlement
from app.newsletters.cap_models import MailboxUse
from app.newsletters.models import Confirmation, Consent, SignupRequest, Subscription
from app.people.models import EmailAddress, Person
from app.wiring import RETENTION
from tests.newsletters.making import ANN, Newsroom, moment
from tests.newsletters.test_secrets import dump

BOB = "bob@post.example"
HOLDING = (Person, EmailAddress, Subscription, Confirmation, SignupRequest, OutgoingMail)


def forget(newsroom: Newsroom) -> Mapping[str, Mapping[str, int]]:
    return retention.run(newsroom.database, RETENTION)


def test_who_never_confirmed_leaves_no_trace(newsroom: Newsroom) -> None:
    newsroom.asks(**{"from": "/2026/11/bread/"})
    newsroom.advance(days=30, minutes=1)
    told = forget(newsroom)

    assert told["pending"] == {"subscriptions": 1, "people": 1}
    assert [newsroom.count(table) for table in HOLDING] == [0] * len(HOLDING)
    assert newsroom.count(MailboxUse) == 0
    assert ANN not in dump(newsroom)


def test_that_somebody_asked_stays_and_belongs_to_nobody(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=30, minutes=1)
    forget(newsroom)
    (asked,) = newsroom.consents()
    assert (asked.what, asked.person_id, asked.network_hash) == ("asked", None, None)


def test_before_thirty_days_nothing_goes(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=29, hours=23)
    assert not any(number for counts in forget(newsroom).values() for number in counts.values())
    assert [newsroom.count(table) for table in HOLDING] == [1] * len(HOLDING)


def test_who_confirmed_stays_and_only_their_network_goes(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.advance(days=31)
    forget(newsroom)

    assert newsroom.states() == {"daily": "confirmed"}
    assert [(one.what, one.network_hash) for one in newsroom.consents()] == [
        ("asked", None),
        ("confirmed", None),
    ]
    assert newsroom.count(SignupRequest) == 0


def test_a_second_list_that_nobody_confirmed_goes_alone(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.asks(slug="weekly")
    newsroom.advance(days=31)
    told = forget(newsroom)

    assert told["pending"] == {"subscriptions": 1, "people": 0}
    assert newsroom.states() == {"daily": "confirmed"}
    last = newsroom.consents()[-1]
    assert (last.what, last.form) == ("forgotten", "retention")
    assert last.newsletter_id == newsroom.lists["weekly"]


def test_who_had_left_and_did_not_come_back_has_left(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.change(Subscription, state="unsubscribed")
    newsroom.advance(days=2)
    newsroom.asks()
    assert newsroom.states() == {"daily": "pending"}
    newsroom.advance(days=31)
    forget(newsroom)
    assert newsroom.states() == {"daily": "unsubscribed"}


@pytest.mark.parametrize("state", ["unsubscribed", "bounced", "complained"])
def test_who_is_not_to_be_mailed_is_remembered(newsroom: Newsroom, state: str) -> None:
    newsroom.asks()
    newsroom.change(Subscription, state=state)
    newsroom.advance(days=31)
    forget(newsroom)
    assert newsroom.states() == {"daily": state}


def test_who_asked_anew_since_is_kept_for_thirty_days_more(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=29)
    newsroom.asks()
    newsroom.advance(days=2)
    forget(newsroom)
    assert newsroom.states() == {"daily": "pending"}
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed"}


def test_a_member_who_never_confirmed_stays_a_person(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=31)
    make_member(newsroom)
    assert forget(newsroom)["pending"] == {"subscriptions": 1, "people": 0}
    assert newsroom.count(EmailAddress) == newsroom.count(Entitlement) == 1
    assert newsroom.states() == {}


def make_member(newsroom: Newsroom) -> None:
    """Let the one person there is have been a member once."""
    at = moment(newsroom.database)
    with newsroom.database.write() as session:
        person = session.scalars(select(Person.id)).one()
        session.add(
            Entitlement(
                person_id=person,
                source="outside",
                source_ref="1",
                revision=1,
                starts_at=at,
                ends_at=at,
                reason="imported",
                recorded_at=at,
            )
        )
        session.commit()


def test_other_people_stay_where_they_are(newsroom: Newsroom) -> None:
    newsroom.asks(ANN)
    newsroom.advance(days=20)
    newsroom.asks(BOB)
    newsroom.advance(days=11)
    forget(newsroom)
    assert (newsroom.states(ANN), newsroom.states(BOB)) == ({}, {"daily": "pending"})
    assert len(newsroom.requests()) == 1


def test_who_was_forgotten_may_come_again(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=31)
    forget(newsroom)
    newsroom.asks()
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed"}


def test_networks_are_forgotten_where_they_are_counted(newsroom: Newsroom) -> None:
    with newsroom.database.write() as session:
        note_use(session, "join", "a" * 64, moment(newsroom.database))
        session.commit()
    newsroom.advance(days=29)
    forget(newsroom)
    assert newsroom.count(NetworkUse) == 1
    newsroom.advance(days=2)
    forget(newsroom)
    assert newsroom.count(NetworkUse) == 0


def test_after_thirty_days_no_network_is_in_any_row(newsroom: Newsroom) -> None:
    newsroom.asks(ANN)
    newsroom.confirms()
    network = newsroom.consents()[0].network_hash
    assert network is not None
    assert network in dump(newsroom)
    newsroom.advance(days=30, minutes=1)
    forget(newsroom)
    assert network not in dump(newsroom)


def test_more_than_a_batch_is_forgotten_whole(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        newsroom.sign_up(f"reader{number}@post.example")
    newsroom.work()
    newsroom.advance(days=31)
    monkeypatch.setattr(retention, "BATCH", 2)
    assert forget(newsroom)["sign-ups"] == {"rows": 7}
    assert newsroom.count(Person) == 0


def test_a_run_says_what_it_did(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=31)
    forget(newsroom)
    with newsroom.database.read() as session:
        runs = {row.part: row.forgotten for row in session.scalars(select(RetentionRun))}
    assert runs["pending"] == {"subscriptions": 1, "people": 1}
    assert set(runs) == {part.name for part in RETENTION}


def test_a_dry_run_says_the_same_and_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.asks(ANN)
    newsroom.asks(BOB)
    newsroom.confirms()
    newsroom.asks(BOB, "weekly")
    newsroom.advance(days=31)
    before = dump(newsroom)
    would = retention.would_forget(newsroom.database, RETENTION)
    assert dump(newsroom) == before
    assert would["pending"] == forget(newsroom)["pending"] == {"subscriptions": 2, "people": 1}


def test_the_night_runs_it(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=31)
    retention.forgetting(RETENTION).run(Runtime(newsroom.database, newsroom.settings))
    assert newsroom.count(Person) == 0


def test_consents_of_people_who_stay_are_theirs_still(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.advance(days=31)
    forget(newsroom)
    with newsroom.database.read() as session:
        owners = session.scalars(select(Consent.person_id)).all()
    assert None not in owners
