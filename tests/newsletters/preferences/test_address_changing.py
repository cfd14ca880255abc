"""A change of address: confirmed at the new one, told to the old one, and never somebody else's."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from app.core.clock import now
from app.core.tokens import token_hash
from app.mail.suppression import BOUNCE, suppress
from app.newsletters import mailing
from app.newsletters.confirming import Act
from app.newsletters.outside import nobody
from app.newsletters.preferences import address_changes
from app.people import sessions
from app.people.sign_in_models import PersonSession, SignIn
from tests.newsletters.making import (
    ANN,
    Newsroom,
    code_in,
    heading,
    link_in,
    moment,
    subjects,
    wrong_code,
)
from tests.newsletters.preferences.setting import (
    addresses,
    asks_for_link,
    fresh_link,
    last_link,
    subscribed,
)

NEW, BOB = "new@post.example", "bob@post.example"


@pytest.fixture
def link(newsroom: Newsroom) -> str:
    """Ann has confirmed `daily`, and has a fresh link."""
    subscribed(newsroom)
    return fresh_link(newsroom)


def asks(newsroom: Newsroom, link: str, address: str = NEW, **fields: str) -> TestResponse:
    answer = newsroom.post(f"{link}/address", email=address, **fields)
    newsroom.work()
    return answer


def changed(newsroom: Newsroom, link: str, address: str = NEW) -> str:
    """Change the address; return the way to take it back."""
    assert asks(newsroom, link, address).status_code == 303
    assert heading(newsroom.post(link_in(newsroom.mails_to(address)[-1]))) == (
        "Your address is changed"
    )
    newsroom.work()
    return last_link(newsroom, ANN)


def mailed(newsroom: Newsroom) -> list[str]:
    with newsroom.database.read() as session:
        at, lists = moment(newsroom.database), newsroom.lists["daily"]
        found = mailing.recipients(session, newsroom.settings, lists, at, nobody)
        return [one.address for one in found]


def test_nothing_changes_before_it_is_confirmed_at_the_new_one(
    newsroom: Newsroom, link: str
) -> None:
    page = newsroom.client.get(asks(newsroom, link).location)
    assert heading(page) == "Look in your new mailbox"
    assert NEW in page.text
    for _ in range(20):
        newsroom.client.get(link_in(newsroom.mails_to(NEW)[0]))
    assert (mailed(newsroom), list(addresses(newsroom))) == ([ANN], [ANN])


def test_the_button_in_the_new_mailbox_moves_all_mail(newsroom: Newsroom, link: str) -> None:
    changed(newsroom, link)
    assert mailed(newsroom) == [NEW]
    assert {key: old for key, (_, old) in addresses(newsroom).items()} == {ANN: True, NEW: False}
    last = newsroom.consents()[-1]
    assert (last.what, last.form) == ("changed-address", "button")


def test_the_code_does_the_same_with_spaces_as_it_was_pasted(newsroom: Newsroom, link: str) -> None:
    asks(newsroom, link)
    code = code_in(newsroom.mails_to(NEW)[0])
    page = newsroom.post(f"{link}/address/code", code=f" {code[:3]} {code[3:]} ")
    assert heading(page) == "Your address is changed"
    assert mailed(newsroom) == [NEW]


def test_a_wrong_code_is_told_and_after_five_none_is_right(newsroom: Newsroom, link: str) -> None:
    asks(newsroom, link)
    mail = newsroom.mails_to(NEW)[0]
    for _ in range(5):
        page = newsroom.post(f"{link}/address/code", code=wrong_code(mail))
        assert (page.status_code, 'aria-invalid="true"' in page.text) == (422, True)
    newsroom.post(f"{link}/address/code", code=code_in(mail))
    assert mailed(newsroom) == [ANN]
    newsroom.post(link_in(mail))
    assert mailed(newsroom) == [NEW]


def test_the_old_mailbox_is_told_and_can_take_it_back(newsroom: Newsroom, link: str) -> None:
    back = changed(newsroom, link)
    assert subjects(newsroom.mails_to(ANN))[-1].endswith("was changed")
    assert NEW not in newsroom.mails_to(ANN)[-1].part("plain")
    assert heading(newsroom.client.get(back)) == "Was it not you?"
    assert mailed(newsroom) == [NEW]

    assert heading(newsroom.post(back)) == "The change was taken back"
    assert (mailed(newsroom), addresses(newsroom)[ANN][1]) == ([ANN], False)
    assert NEW not in addresses(newsroom)


def test_taking_it_back_twice_does_it_once(newsroom: Newsroom, link: str) -> None:
    back = changed(newsroom, link)
    for _ in range(3):
        newsroom.post(back)
    assert [one.form for one in newsroom.consents()].count("undo") == 1


def test_after_two_weeks_the_old_one_is_forgotten(newsroom: Newsroom, link: str) -> None:
    back = changed(newsroom, link)
    newsroom.advance(days=15)
    with newsroom.database.write() as session:
        address_changes.finish(session, now(session))
        session.commit()
    assert list(addresses(newsroom)) == [NEW]
    assert newsroom.post(back).status_code == 410
    assert mailed(newsroom) == [NEW]


def test_the_first_mailbox_takes_back_a_whole_chain(newsroom: Newsroom, link: str) -> None:
    back = changed(newsroom, link)
    second = fresh_link(newsroom, NEW)
    asks(newsroom, second, BOB)
    newsroom.post(link_in(newsroom.mails_to(BOB)[-1]))
    assert mailed(newsroom) == [BOB]

    newsroom.post(back)
    assert mailed(newsroom) == [ANN]
    assert list(addresses(newsroom)) == [ANN]


def test_going_there_and_back_again_leaves_one_address(newsroom: Newsroom, link: str) -> None:
    changed(newsroom, link)
    asks(newsroom, fresh_link(newsroom, NEW), ANN)
    newsroom.post(link_in(newsroom.mails_to(ANN)[-1]))
    assert mailed(newsroom) == [ANN]
    assert {key: old for key, (_, old) in addresses(newsroom).items()} == {ANN: False, NEW: True}


def test_the_replaced_address_opens_nothing_any_more(newsroom: Newsroom, link: str) -> None:
    changed(newsroom, link)
    sent = len(newsroom.mails_to(ANN))
    asks_for_link(newsroom, ANN)
    assert len(newsroom.mails_to(ANN)) == sent
    assert newsroom.client.get(link).status_code == 410


def test_whoever_was_signed_in_is_signed_out_and_open_sign_ins_end(
    newsroom: Newsroom, link: str
) -> None:
    newsroom.post("/account/sign-in/", email=ANN)
    with newsroom.database.write() as session, newsroom.client.application.test_request_context():
        sessions.start(session, addresses(newsroom)[ANN][0], now(session))
        session.commit()
    changed(newsroom, link)
    with newsroom.database.read() as session:
        assert session.query(PersonSession).one().ended_at is not None
        assert all(one.ended_at is not None for one in session.query(SignIn))


def test_somebody_elses_address_is_neither_told_nor_taken(newsroom: Newsroom, link: str) -> None:
    subscribed(newsroom, BOB)
    before = addresses(newsroom)
    theirs, free = asks(newsroom, link, BOB), None
    page = newsroom.client.get(theirs.location).text
    free = asks(newsroom, link, NEW)
    other = newsroom.client.get(free.location).text
    assert (theirs.status_code, theirs.location) == (free.status_code, free.location)
    assert page.replace(BOB, "X") == other.replace(NEW, "X")
    assert addresses(newsroom) == before


def test_the_owner_of_the_address_alone_is_told(newsroom: Newsroom, link: str) -> None:
    subscribed(newsroom, BOB)
    asks(newsroom, link, BOB)
    mail = newsroom.mails_to(BOB)[-1]
    assert str(mail.message["Subject"]).startswith("This address has settings of its own")
    assert "code" not in mail.part("plain")
    assert ANN not in mail.part("plain")


def test_an_address_that_another_took_meanwhile_is_not_stolen(
    newsroom: Newsroom, link: str
) -> None:
    asks(newsroom, link)
    way = link_in(newsroom.mails_to(NEW)[0])
    newsroom.post(f"{newsroom.asks(NEW)}/again")  # the first mail of the day was ours
    newsroom.work()
    newsroom.confirms()
    before = addresses(newsroom)
    assert heading(newsroom.post(way)) == "Nothing was changed"
    assert addresses(newsroom) == before
    assert sorted(mailed(newsroom)) == [ANN, NEW]


def test_a_newer_wish_kills_the_older_link(newsroom: Newsroom, link: str) -> None:
    asks(newsroom, link)
    asks(newsroom, link, "newer@post.example")
    assert newsroom.post(link_in(newsroom.mails_to(NEW)[0])).status_code == 410
    assert mailed(newsroom) == [ANN]


def test_the_link_holds_for_a_day(newsroom: Newsroom, link: str) -> None:
    asks(newsroom, link)
    newsroom.advance(hours=25)
    assert newsroom.post(link_in(newsroom.mails_to(NEW)[0])).status_code == 410
    assert mailed(newsroom) == [ANN]


@pytest.mark.parametrize("typed", ["", "new@", ANN, ANN.upper(), "new@gmial.com"])
def test_what_cannot_be_taken_is_told_at_its_field(
    newsroom: Newsroom, link: str, typed: str
) -> None:
    answer = asks(newsroom, link, typed)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


def test_a_likely_slip_is_taken_as_typed_when_it_is_kept(newsroom: Newsroom, link: str) -> None:
    assert asks(newsroom, link, "new@gmial.com", as_typed="1").status_code == 303
    assert len(newsroom.mails_to("new@gmial.com")) == 1


def test_a_person_asks_five_times_a_day(newsroom: Newsroom, link: str) -> None:
    codes = [asks(newsroom, link, f"new{one}@post.example").status_code for one in range(6)]
    assert codes == [303] * 5 + [429]


def test_a_suppressed_address_gets_nothing(newsroom: Newsroom, link: str) -> None:
    with newsroom.database.write() as session:
        suppress(session, newsroom.settings, NEW, BOUNCE, moment(newsroom.database))
        session.commit()
    assert asks(newsroom, link).status_code == 303
    assert newsroom.mails_to(NEW) == []


def test_of_many_at_once_one_does_it(newsroom: Newsroom, link: str) -> None:
    asks(newsroom, link)
    hashed = token_hash(link_in(newsroom.mails_to(NEW)[0]).rpartition("/")[2])

    def press(_number: int) -> bool:
        with newsroom.database.write() as session:
            done = address_changes.confirm(session, hashed, Act("button", "en", "n"), now(session))
            session.commit()
            return done

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(16))) == 1
    assert mailed(newsroom) == [NEW]


@pytest.mark.parametrize("path", ["address/abc", "address/undo/abc"])
def test_a_link_that_is_not_ours_says_so(newsroom: Newsroom, path: str) -> None:
    for answer in (
        newsroom.client.get(f"/newsletters/{path}"),
        newsroom.post(f"/newsletters/{path}"),
    ):
        assert answer.status_code == 404
        assert heading(answer) == "This link does not open anything"


def test_a_wish_that_is_too_old_is_no_longer_waited_for(newsroom: Newsroom, link: str) -> None:
    asks(newsroom, link)
    assert "Waiting for" in newsroom.client.get(link).text
    newsroom.advance(hours=25)
    assert "Waiting for" not in newsroom.client.get(fresh_link(newsroom)).text


def test_one_mailbox_is_written_to_three_times_a_day_however_it_is_spelt(
    newsroom: Newsroom, link: str
) -> None:
    newsroom.asks("victim@gmail.com")
    for spelling in ("victim", "v.ictim", "vi.ctim", "victim+1", "victim+2"):
        assert asks(newsroom, link, f"{spelling}@gmail.com").status_code == 303
    assert sum(mail.recipient.endswith("@gmail.com") for mail in newsroom.mails) == 3
    newsroom.asks("victim+3@gmail.com", "weekly")
    assert sum(mail.recipient.endswith("@gmail.com") for mail in newsroom.mails) == 3
