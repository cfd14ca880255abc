"""Two readers who are one: which standing stays, where it goes, and what comes later for either."""

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.mail.applying import Struck
from app.newsletters import ending, mailing
from app.newsletters.api import queries
from app.newsletters.leaving import leave_mac
from app.newsletters.merging import STRENGTH, wins
from app.newsletters.outside import nobody
from app.newsletters.webhooks import payloads
from app.people.erasing import erase
from app.people.exporting import export
from app.people.merging import merge, undo, undoing
from app.people.models import EmailAddress, Person
from app.people.registers import Pair
from app.wiring import registers
from tests.newsletters.making import ANN, Newsroom, heading, link_in
from tests.newsletters.preferences.setting import fresh_link, last_link
from tests.newsletters.test_personal import dump

ANNE = "anne@work.example"
Merge = Callable[[], int]


def person(newsroom: Newsroom, address: str) -> int:
    with newsroom.database.read() as session:
        asked = select(EmailAddress.person_id).where(EmailAddress.key == address)
        return session.scalars(asked).one()


def public_id(newsroom: Newsroom, number: int) -> str:
    with newsroom.database.read() as session:
        return session.get_one(Person, number).public_id


@pytest.fixture
def merges(newsroom: Newsroom) -> Merge:
    """Return what merges Anne into Ann, and gives the number of the merge."""

    def run() -> int:
        with newsroom.database.write() as session:
            pair = Pair(person(newsroom, ANNE), person(newsroom, ANN), now(session))
            merged = merge(session, registers(newsroom.settings), pair, "staff:1")
            session.commit()
        return merged.id

    return run


def parts(newsroom: Newsroom, number: int) -> list[str]:
    with newsroom.database.write() as session:
        said = undo(session, registers(newsroom.settings), number, "staff:1", now(session))
        session.commit()
    return said


def subscribes(newsroom: Newsroom, address: str, slug: str = "daily") -> None:
    newsroom.asks(address, slug)
    newsroom.confirms()


def leave_path(newsroom: Newsroom, name: str, slug: str = "daily") -> str:
    mac = leave_mac(newsroom.settings, name, slug)
    return f"/newsletters/unsubscribe/{name}/{slug}/{mac}"


def mailed(newsroom: Newsroom, slug: str = "daily") -> list[str]:
    """Return which addresses an issue of a list would go to."""
    with newsroom.database.read() as session:
        found = mailing.recipients(
            session, newsroom.settings, newsroom.lists[slug], now(session), nobody
        )
        return sorted(one.address for one in found)


@pytest.mark.parametrize("mine", STRENGTH)
@pytest.mark.parametrize("other", STRENGTH)
def test_the_stronger_stays_and_of_two_alike_that_of_the_one_who_stays(
    mine: str, other: str
) -> None:
    is_stronger = STRENGTH.index(mine) > STRENGTH.index(other)

    assert wins(mine, other, mine_has_mailbox=True, other_has_mailbox=True) is is_stronger


@pytest.mark.parametrize("other", ["unsubscribed", "bounced", "complained"])
def test_what_runs_without_a_mailbox_of_its_own_gives_way(other: str) -> None:
    assert not wins("confirmed", other, mine_has_mailbox=False, other_has_mailbox=True)


def test_who_left_at_one_mailbox_gets_nothing_there_and_goes_on_at_the_other(
    newsroom: Newsroom, merges: Merge
) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN)
    newsroom.post(leave_path(newsroom, public_id(newsroom, person(newsroom, ANN))))
    assert mailed(newsroom) == [ANNE]
    merges()

    assert mailed(newsroom) == [ANNE]
    assert newsroom.states() == {"daily": "confirmed"}


def test_two_who_both_get_a_list_get_it_once(newsroom: Newsroom, merges: Merge) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN)
    merges()

    assert mailed(newsroom) == [ANN]


def test_a_link_of_years_ago_unsubscribes_the_one_who_stays(
    newsroom: Newsroom, merges: Merge
) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN)
    gone = public_id(newsroom, person(newsroom, ANNE))
    merges()
    newsroom.advance(days=1500)
    assert newsroom.post(leave_path(newsroom, gone)).status_code == 200

    assert newsroom.states() == {"daily": "unsubscribed"}


def test_a_link_to_confirm_from_before_confirms_for_the_one_who_stays(
    newsroom: Newsroom, merges: Merge
) -> None:
    subscribes(newsroom, ANN)
    newsroom.asks(ANNE, "weekly")
    merges()
    newsroom.confirms()

    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}
    assert mailed(newsroom, "weekly") == [ANNE]


def test_two_open_confirmations_both_go_on(newsroom: Newsroom, merges: Merge) -> None:
    newsroom.asks(ANNE, "weekly")
    link = link_in(newsroom.mails[-1])
    newsroom.asks(ANN, "daily")
    merges()
    assert newsroom.post(link).status_code == 200

    assert heading(newsroom.client.get(link_in(newsroom.mails[-1])))
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}
    assert mailed(newsroom) == [ANNE]


def test_whoever_left_since_stays_so_as_both(newsroom: Newsroom, merges: Merge) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN)
    number = merges()
    newsroom.advance(hours=1)
    newsroom.post(leave_path(newsroom, public_id(newsroom, person(newsroom, ANN))))
    assert parts(newsroom, number) == ["Daily was left since: it stays left for both."]

    assert newsroom.states() == newsroom.states(ANNE) == {"daily": "unsubscribed"}
    assert mailed(newsroom) == []


def test_what_was_asked_for_since_stays(newsroom: Newsroom, merges: Merge) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN)
    number = merges()
    newsroom.advance(days=2)
    subscribes(newsroom, ANNE, "weekly")
    assert parts(newsroom, number) == ["Weekly was asked for since and stays."]

    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}
    assert newsroom.states(ANNE) == {"daily": "confirmed"}


def test_erasing_the_one_who_stays_erases_both(newsroom: Newsroom, merges: Merge) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN)
    newsroom.change(Person, name="Ann Canary")
    number = merges()
    with newsroom.database.write() as session:
        stays = person(newsroom, ANN)
        assert erase(session, registers(newsroom.settings), stays, now(session))
        session.commit()

    left = dump(newsroom)
    assert not any(one in left for one in (ANN, ANNE, "canary"))
    with newsroom.database.read() as session, pytest.raises(Exception, match="They were erased"):
        undoing(session, registers(newsroom.settings), number, now(session))


def test_what_is_told_of_them_holds_what_both_agreed_to(newsroom: Newsroom, merges: Merge) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN)
    merges()
    with newsroom.database.read() as session:
        text = export(session, registers(newsroom.settings), person(newsroom, ANN))

    assert ANNE in text
    assert text.count('"what": "confirmed"') == 2


def test_an_id_that_other_systems_keep_leads_to_the_one_who_stays(
    newsroom: Newsroom, merges: Merge
) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN)
    ids = [public_id(newsroom, person(newsroom, one)) for one in (ANNE, ANN)]
    merges()
    with newsroom.database.read() as session:
        found = [queries.person_with_id(session, newsroom.settings, one) for one in ids]
        rows = [SimpleNamespace(id=one.id, consent_id=one.id) for one in newsroom.consents()]
        told = payloads.messages(session, rows, now(session)).values()  # type: ignore[arg-type]

    assert [one and one["id"] for one in found] == [ids[1]] * 2
    assert {json.loads(one.body)["data"]["person"] for one in told} == {ids[1]}


def test_a_mailbox_that_is_gone_ends_what_goes_there_alone(
    newsroom: Newsroom, merges: Merge
) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN, "weekly")
    merges()
    with newsroom.database.write() as session:
        ending.bounced(session, Struck(ANNE, None), now(session))
        session.commit()

    assert newsroom.states() == {"daily": "bounced", "weekly": "confirmed"}


def test_a_complaint_about_a_mail_of_before_ends_all_of_the_one_who_stays(
    newsroom: Newsroom, merges: Merge
) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN, "weekly")
    gone = person(newsroom, ANNE)
    merges()
    with newsroom.database.write() as session:
        ending.complained(session, Struck("old@work.example", gone), now(session))
        session.commit()

    assert set(newsroom.states().values()) == {"complained"}


def test_an_old_mailbox_takes_its_address_back_and_leaves_the_others_alone(
    newsroom: Newsroom, merges: Merge
) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN, "weekly")
    link = fresh_link(newsroom, ANNE)
    newsroom.post(f"{link}/address", email="new@work.example")
    newsroom.work()
    newsroom.post(link_in(newsroom.mails_to("new@work.example")[-1]))
    newsroom.work()
    with newsroom.database.write() as session:
        pair = Pair(person(newsroom, ANNE), person(newsroom, ANN), now(session))
        merge(session, registers(newsroom.settings), pair, "staff:1")
        session.commit()
    assert mailed(newsroom) == ["new@work.example"]
    newsroom.post(last_link(newsroom, ANNE))

    assert (mailed(newsroom), mailed(newsroom, "weekly")) == ([ANNE], [ANN])


def test_an_address_changed_since_goes_back_with_its_list(
    newsroom: Newsroom, merges: Merge
) -> None:
    subscribes(newsroom, ANNE)
    subscribes(newsroom, ANN, "weekly")
    number = merges()
    newsroom.advance(hours=1)
    link = fresh_link(newsroom, ANNE)
    newsroom.post(f"{link}/address", email="new@work.example")
    newsroom.work()
    newsroom.post(link_in(newsroom.mails_to("new@work.example")[-1]))
    assert mailed(newsroom) == ["new@work.example"]

    assert parts(newsroom, number) == []
    assert newsroom.states("new@work.example") == {"daily": "confirmed"}
    assert (mailed(newsroom), mailed(newsroom, "weekly")) == (["new@work.example"], [ANN])
