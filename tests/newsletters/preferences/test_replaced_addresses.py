"""An address that another has replaced: it opens nothing, and nothing that happens to it counts."""

from sqlalchemy import select

from app.core.clock import now
from app.mail.events import Notice
from app.mail.models import OutgoingMail
from app.mail.suppression import BOUNCE, suppress
from app.memberships.account.queries import payer_of
from app.newsletters.api.queries import person_with_id, person_with_key
from app.newsletters.exporting import Segment, export_subscribers
from app.newsletters.leaving import leave_mac
from app.newsletters.preferences.models import AddressChange
from app.people.models import Person
from tests.newsletters.making import ANN, Newsroom, heading, link_in
from tests.newsletters.preferences.setting import addresses, fresh_link, last_link
from tests.newsletters.preferences.test_address_changing import NEW, asks, changed, link, mailed
from tests.newsletters.test_ending import hear, reasons

__all__ = ["link"]


def public_id(newsroom: Newsroom) -> str:
    with newsroom.database.read() as session:
        return session.scalars(select(Person.public_id)).one()


def test_a_dead_old_mailbox_ends_nothing_at_the_new_one(newsroom: Newsroom, link: str) -> None:
    changed(newsroom, link)
    told = select(OutgoingMail.message_id).where(OutgoingMail.template == "address_changed")
    with newsroom.database.read() as session:
        message = session.scalars(told).one()
    hear(newsroom, Notice("hard", message, "5.1.1"))
    assert newsroom.states(NEW) == {"daily": "confirmed"}
    assert (reasons(newsroom), mailed(newsroom)) == (["bounce"], [NEW])


def test_a_shut_old_mailbox_does_not_keep_anybody_from_coming_back(
    newsroom: Newsroom, link: str
) -> None:
    changed(newsroom, link)
    with newsroom.database.write() as session:
        suppress(session, newsroom.settings, ANN, BOUNCE, now(session))
        session.commit()
    who = public_id(newsroom)
    way_out = f"/newsletters/unsubscribe/{who}/daily/{leave_mac(newsroom.settings, who, 'daily')}"
    newsroom.post(way_out)
    newsroom.post(way_out, undo="1")
    assert newsroom.states(NEW) == {"daily": "confirmed"}


def test_other_systems_see_the_address_that_is_written_to(newsroom: Newsroom, link: str) -> None:
    changed(newsroom, link)
    with newsroom.database.read() as session:
        found = person_with_id(session, newsroom.settings, public_id(newsroom))
        assert found is not None
        assert found["email"] == NEW
        assert person_with_key(session, newsroom.settings, NEW) == found
        assert person_with_key(session, newsroom.settings, ANN) is None


def test_whoever_reads_the_old_mailbox_signs_nobody_up(newsroom: Newsroom, link: str) -> None:
    changed(newsroom, link)
    sent = len(newsroom.mails_to(ANN))
    newsroom.asks(ANN, "weekly")
    assert newsroom.states(NEW) == {"daily": "confirmed"}
    assert len(newsroom.mails_to(ANN)) == sent


def test_a_confirmation_in_the_old_mailbox_is_over_with_the_change(
    newsroom: Newsroom, link: str
) -> None:
    newsroom.advance(days=2)
    newsroom.asks(ANN, "weekly")
    confirmation = link_in(newsroom.mails_to(ANN)[-1])
    changed(newsroom, fresh_link(newsroom))
    newsroom.post(confirmation)
    assert newsroom.states(NEW) == {"daily": "confirmed", "weekly": "pending"}


def test_of_two_changes_asked_at_once_one_is_done(newsroom: Newsroom, link: str) -> None:
    asks(newsroom, link)
    asks(newsroom, link, "other@post.example")
    first, second = (link_in(newsroom.mails_to(one)[0]) for one in (NEW, "other@post.example"))
    newsroom.change(AddressChange, ended_at=None)  # as two that began at the same moment leave it
    newsroom.post(first)
    assert newsroom.post(second).status_code == 410
    assert mailed(newsroom) == [NEW]


def test_there_and_back_taken_back_from_both_ends_leaves_an_address(
    newsroom: Newsroom, link: str
) -> None:
    first = changed(newsroom, link)
    asks(newsroom, fresh_link(newsroom, NEW), ANN)
    newsroom.post(link_in(newsroom.mails_to(ANN)[-1]))
    newsroom.work()
    newsroom.post(last_link(newsroom, NEW))
    assert heading(newsroom.post(first)) == "The change was taken back"
    assert list(addresses(newsroom)) == [ANN]
    assert mailed(newsroom) == [ANN]


def test_a_return_that_is_taken_back_leaves_everybody_with_the_address_that_stands(
    newsroom: Newsroom, link: str
) -> None:
    changed(newsroom, link)
    asks(newsroom, fresh_link(newsroom, NEW), ANN)
    newsroom.post(link_in(newsroom.mails_to(ANN)[-1]))
    newsroom.work()
    newsroom.post(last_link(newsroom, NEW))
    assert addresses(newsroom)[ANN] == (addresses(newsroom)[NEW][0], True)
    assert mailed(newsroom) == [NEW]

    with newsroom.database.read() as session:
        whose = session.scalars(select(Person.id)).one()
        assert payer_of(session, whose).address == NEW
    assert f"{NEW}," in "".join(export_subscribers(newsroom.database, Segment()))
