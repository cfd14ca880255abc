"""What newsletters know of a person, told and taken out; an erased address is nowhere at all."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from app.core import logs
from app.core.clock import now
from app.mail import personal as of_mail
from app.mail.models import OutgoingMail
from app.newsletters import personal
from app.newsletters.models import Confirmation, SignupRequest
from app.people import signing_in
from app.people.erasing import erase, remembering
from app.people.exporting import export
from app.people.models import Person
from app.people.registers import Registers
from app.tables import metadata
from tests.newsletters.making import ANN, Newsroom, link_in

BOB = "bob@post.example"
NAME = "Ann Canary"


def registers(newsroom: Newsroom) -> Registers:
    return Registers(
        exporters=(of_mail.export, personal.export),
        erasers=(of_mail.erase, personal.erase, remembering(newsroom.settings)),
    )


def erases(newsroom: Newsroom, person: int = 1) -> None:
    with newsroom.database.write() as session:
        assert erase(session, registers(newsroom), person, now(session))
        session.commit()


def lives(newsroom: Newsroom) -> None:
    """Have Ann sign up, confirm, spell herself anew, wait for more, and ask to sign in."""
    newsroom.asks()
    newsroom.confirms()
    newsroom.asks("ANN@post.example", "weekly")
    newsroom.sign_up(ANN, "weekly")
    with newsroom.database.write() as session:
        session.execute(update(Person).values(name=NAME))
        wish = signing_in.Wish(signing_in.ACCOUNT, None, "Ann@post.example", ANN, "en")
        signing_in.ask(session, newsroom.settings, wish, now(session))
        session.commit()


def dump(newsroom: Newsroom) -> str:
    with newsroom.database.read() as session:
        return "\n".join(
            f"{table.name}: {tuple(row)}"
            for table in metadata.sorted_tables
            for row in session.execute(select(table))
        ).casefold()


def test_an_erased_person_is_in_no_column_of_any_table(newsroom: Newsroom) -> None:
    lives(newsroom)
    before = dump(newsroom)
    for table in ("email_address", "outgoing_mail", "signup_request", "sign_in"):
        assert any(ANN in line for line in before.splitlines() if line.startswith(f"{table}:"))
    assert NAME.casefold() in before

    erases(newsroom)

    after = dump(newsroom)
    assert ANN not in after
    assert NAME.casefold() not in after
    assert "post.example" not in after


def test_nothing_that_happens_later_brings_them_back(newsroom: Newsroom) -> None:
    lives(newsroom)
    last = link_in(newsroom.mails[-1])
    erases(newsroom)
    sent = len(newsroom.mails)
    newsroom.advance(hours=30)
    newsroom.work()
    newsroom.client.get(last)
    newsroom.post(last)
    newsroom.work()

    assert len(newsroom.mails) == sent
    assert ANN not in dump(newsroom)


def test_no_log_holds_them(newsroom: Newsroom, capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure(replace(newsroom.settings, log_level="debug"))
    lives(newsroom)
    erases(newsroom)
    newsroom.work()
    said = "".join(capfd.readouterr())
    logs.configure(newsroom.settings)
    assert ANN not in said.casefold()


def test_their_export_afterwards_holds_neither(newsroom: Newsroom) -> None:
    lives(newsroom)
    erases(newsroom)
    with newsroom.database.read() as session:
        text = export(session, registers(newsroom), 1)
    assert ANN not in text
    assert NAME not in text


def test_subscriptions_end_and_the_fact_of_each_consent_stays(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.asks(ANN, "weekly")
    before = [one.what for one in newsroom.consents()]
    erases(newsroom)

    consents = newsroom.consents()
    assert [one.what for one in consents] == [*before, "unsubscribed", "unsubscribed"]
    assert {one.network_hash for one in consents} == {None}
    assert consents[-1].form == "erasing"
    assert newsroom.states() == {}


def test_an_open_confirmation_ends_without_its_domain(newsroom: Newsroom) -> None:
    newsroom.asks()
    link = link_in(newsroom.mails[0])
    erases(newsroom)

    with newsroom.database.read() as session:
        (one,) = session.scalars(select(Confirmation))
    assert (one.domain, one.ended_at is None) == ("", False)
    newsroom.post(link)
    assert [one.what for one in newsroom.consents()][-1] == "unsubscribed"


def test_what_was_typed_and_not_worked_on_yet_is_not_worked_on(newsroom: Newsroom) -> None:
    newsroom.asks(ANN, "weekly")
    newsroom.sign_up()
    erases(newsroom)
    newsroom.work()

    assert {(one.address, one.network_hash) for one in newsroom.requests()} == {("", None)}
    assert all(one.done_at for one in newsroom.requests())
    assert len(newsroom.mails) == 1


def test_others_keep_what_they_have(newsroom: Newsroom) -> None:
    newsroom.asks(BOB)
    newsroom.confirms()
    newsroom.asks()
    with newsroom.database.read() as session:
        ann = session.scalars(
            select(OutgoingMail.person_id).where(OutgoingMail.address == ANN)
        ).one()
    assert ann is not None
    erases(newsroom, ann)

    assert newsroom.states(BOB) == {"daily": "confirmed"}
    assert newsroom.count(SignupRequest) == 2
    assert BOB in dump(newsroom)


def test_whoever_was_erased_may_sign_up_anew(newsroom: Newsroom) -> None:
    newsroom.asks()
    erases(newsroom)
    newsroom.advance(hours=25)
    newsroom.asks()
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed"}


def test_a_person_is_told_all_of_it(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.asks(BOB)
    with newsroom.database.read() as session:
        whole = json.loads(export(session, registers(newsroom), 1))

    assert [(one["newsletter"], one["state"]) for one in whole["subscriptions"]] == [
        ("daily", "confirmed")
    ]
    assert [one["what"] for one in whole["consents"]] == ["asked", "confirmed"]
    assert [one["address"] for one in whole["sign_ups"]] == [ANN]
    assert [one["template"] for one in whole["mails"]] == ["confirm"]
    assert BOB not in json.dumps(whole)
