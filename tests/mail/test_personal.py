"""What mail knows of a person, told and taken out."""

from sqlalchemy import select, update

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.mail.models import OutgoingMail
from app.mail.personal import erase, erase_addresses, export
from tests.mail.making import at_port, queue, rows_of, send
from tests.mail.relays import Mailbox, taking_all

ANN, BOB = "ann@post.example", "bob@post.example"


def sent_and_open(database: Database, settings: Settings) -> Mailbox:
    """Send a mail to each, and leave another to each waiting."""
    queue(database, ANN, BOB)
    with taking_all() as mailbox:
        send(database, at_port(settings, mailbox.port))
    queue(database, ANN, BOB)
    return mailbox


def test_what_is_open_is_dropped_and_what_went_is_blanked(
    database: Database, settings: Settings
) -> None:
    sent_and_open(database, settings)
    with database.write() as session:
        erase_addresses(session, [ANN])
        session.commit()

    left = [(row.address, row.done_at is None) for row in rows_of(database)]
    assert left == [("", False), (BOB, False), (BOB, True)]


def test_however_an_address_was_spelt(database: Database, settings: Settings) -> None:
    sent_and_open(database, settings)
    with database.write() as session:
        spelt = update(OutgoingMail).where(OutgoingMail.address == ANN)
        session.execute(spelt.values(address="Ann@post.example"))
        erase_addresses(session, [ANN])
        session.commit()
    assert {row.address for row in rows_of(database)} == {"", BOB}


def test_no_address_takes_out_nothing(database: Database, settings: Settings) -> None:
    sent_and_open(database, settings)
    with database.write() as session:
        erase_addresses(session, [])
        session.commit()
    assert len(rows_of(database)) == 4


def test_what_went_elsewhere_for_a_person_is_blanked_and_what_waits_still_goes(
    database: Database, settings: Settings
) -> None:
    sent_and_open(database, settings)
    person = rows_of(database)[0].person_id
    assert person is not None
    with database.write() as session:
        mine = update(OutgoingMail).where(OutgoingMail.person_id == person)
        session.execute(mine.values(address="recipient@post.example"))
        erase(session, person, now(session))
        session.commit()

    of_mine = [row for row in rows_of(database) if row.person_id == person]
    assert [(row.address, row.done_at is None) for row in of_mine] == [
        ("", False),
        ("recipient@post.example", True),
    ]


def test_a_dropped_mail_reaches_nobody(database: Database, settings: Settings) -> None:
    queue(database, ANN)
    with database.write() as session:
        erase_addresses(session, [ANN])
        session.commit()
    with taking_all() as mailbox:
        assert send(database, at_port(settings, mailbox.port)) == 0
    assert mailbox.mails == []


def test_a_person_is_told_what_went_to_them(database: Database, settings: Settings) -> None:
    sent_and_open(database, settings)
    with database.read() as session:
        person = session.scalars(
            select(OutgoingMail.person_id).where(OutgoingMail.address == ANN).limit(1)
        ).one()
        assert person is not None
        mails = export(session, person)["mails"]

    assert isinstance(mails, list | tuple)
    assert [(one["template"], one["address"]) for one in mails] == [("confirm", ANN)] * 2
    assert [one["sent_at"] is None for one in mails] == [False, True]
    assert set(mails[0]) == {"template", "address", "language", "created_at", "sent_at"}
