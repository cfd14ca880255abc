"""What staff are written, as it arrives in their mailbox."""

import re

import pytest
from sqlalchemy import update

from app.core.clock import now
from app.core.work import Runtime
from app.mail.jobs import drain
from app.people import staff_invitations
from app.people.audit import Actor
from app.people.models import Person
from app.people.staff_invitations import Invited
from app.people.staff_letters import News, speakers, tell
from app.people.staff_models import ADMIN
from tests.mail.relays import Taken
from tests.people.making import ANN, Door


def invite(door: Door) -> int:
    with door.database.write() as session:
        whom = Invited(ANN, ANN, ADMIN)
        actor = Actor.command("test")
        row = staff_invitations.invite(session, door.settings, actor, whom, now(session))
        session.commit()
        return row.staff_id


def sent(door: Door) -> list[Taken]:
    drain(Runtime(door.database, door.settings), "confirm", speakers())
    return door.mails


@pytest.mark.parametrize(("language", "prefix"), [("en", ""), ("uk", "/uk")])
def test_an_invitation_carries_its_link_in_both_languages(
    door: Door, language: str, prefix: str
) -> None:
    with door.database.write() as session:
        session.execute(update(Person).values(language=language))
        session.commit()
    invite(door)
    (mail,) = sent(door)
    link = rf"http://localhost{prefix}/desk/invitation/\w{{64}}/"
    assert re.search(link, mail.part("plain"))
    assert re.search(link, mail.part("html"))
    assert ("invited" in str(mail.message["Subject"])) is (language == "en")


def test_an_invitation_that_is_over_is_not_sent(door: Door) -> None:
    invite(door)
    door.advance(days=7)
    assert sent(door) == []


def test_a_notice_says_what_was_done_and_when(door: Door) -> None:
    staff_id = invite(door)
    with door.database.write() as session:
        for news in News:
            tell(session, staff_id, news, now(session))
        session.commit()
    mails = [mail for mail in sent(door) if "/desk/you/" in mail.part("plain")]
    assert len({str(mail.message["Subject"]) for mail in mails}) == len(News)
    for mail in mails:
        assert str(mail.message["Subject"]) in mail.part("plain")
        assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d \(Europe/Kyiv\)", mail.part("plain"))


def test_a_reset_says_that_it_is_one(door: Door) -> None:
    staff_id = invite(door)
    with door.database.write() as session:
        moment, actor = now(session), Actor.command("test")
        first = staff_invitations.reset(session, door.settings, actor, (staff_id, ANN), moment)
        staff_invitations.use(session, first.id, moment)
        staff_invitations.reset(session, door.settings, actor, (staff_id, ANN), moment)
        session.commit()
    (mail,) = sent(door)
    assert (
        str(mail.message["Subject"]) == "Set up anew how you sign in to the desk of The Test Post"
    )
    assert "was taken away" in mail.part("plain")
