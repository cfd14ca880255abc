"""Signing in: a link in the browser that asked, or a code on its page, and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update

from app.core.clock import now
from app.people.models import EmailAddress, Person
from app.people.signing_in import ACCOUNT, PURPOSES
from tests.people.making import ANN, BOB, FORM, Door, code_in, link_in, wrong_code

SENT = "/account/sign-in/sent/"


def test_the_code_signs_in_on_the_page_that_waits(door: Door) -> None:
    asked = door.asks()
    assert (asked.status_code, asked.location) == (303, SENT)
    assert ANN in door.get(SENT).text

    answer = door.types(code_in(door.mails[0]))

    assert (answer.status_code, answer.location) == (303, "/account/")
    assert door.is_in()


def test_spaces_in_a_code_do_not_count(door: Door) -> None:
    door.asks()
    code = code_in(door.mails[0])
    assert door.types(f" {code[:3]} {code[3:]} ").status_code == 303


def test_the_link_shows_a_button_and_the_button_signs_in(door: Door) -> None:
    door.asks()
    link = link_in(door.mails[0])
    page = door.get(link)

    assert page.status_code == 200
    assert f'<form action="{link}" method="post">' in page.text
    assert not door.is_in()
    assert door.post(link).location == "/account/"
    assert door.is_in()


def test_looking_opens_nothing_however_often(door: Door) -> None:
    door.asks()
    link = link_in(door.mails[0])
    for _ in range(25):
        door.client.get(link)
        door.client.head(link)

    assert door.sessions() == []
    assert door.post(link).status_code == 303


def test_another_browser_gets_no_session_by_the_link(door: Door) -> None:
    door.asks()
    link = link_in(door.mails[0])
    other = door.another_browser()
    page = other.get(link)

    assert page.status_code == 200
    assert "Another browser asked for this" in page.text
    assert 'method="post"' not in page.text
    assert other.post(link).status_code == 200
    assert not other.is_in()
    assert door.sessions() == []
    assert door.post(link).status_code == 303, "the right browser still may"


def test_another_browser_that_asked_for_itself_gets_no_session_by_the_link(door: Door) -> None:
    door.asks()
    other = door.another_browser()
    other.asks(BOB)
    assert other.post(link_in(door.mails[0])).status_code == 200
    assert not other.is_in()


def test_the_code_works_in_no_other_browser(door: Door) -> None:
    door.asks()
    code = code_in(door.mails[0])
    stranger, asker = door.another_browser(), door.another_browser()
    asker.asks(BOB)

    assert stranger.types(code).status_code == 404
    assert asker.types(code).status_code == 422
    assert door.types(code).status_code == 303


def test_a_wish_opens_once(door: Door) -> None:
    door.asks()
    link, code = link_in(door.mails[0]), code_in(door.mails[0])
    cookie = door.client.get_cookie("sign-in")
    assert cookie is not None
    assert door.post(link).status_code == 303
    door.client.set_cookie("sign-in", cookie.value)

    assert "This link has been used" in door.get(link).text
    assert door.post(link).status_code == 200
    assert door.types(code).status_code == 422
    assert len(door.sessions()) == 1


def test_of_many_presses_at_once_one_signs_in(door: Door) -> None:
    door.asks()
    link = link_in(door.mails[0])
    cookie = door.client.get_cookie("sign-in")
    assert cookie is not None

    def press(_turn: int) -> int:
        browser = door.another_browser()
        browser.client.set_cookie("sign-in", cookie.value)
        return browser.post(link).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, range(50)))

    assert sorted(answers) == [200] * 49 + [303]
    assert len(door.sessions()) == 1


def test_a_newer_wish_ends_the_older_one(door: Door) -> None:
    door.asks()
    other = door.another_browser()
    other.asks()
    first, second = door.mails

    assert door.get(link_in(first)).status_code == 410
    assert door.types(code_in(first)).status_code == 422
    assert door.post(link_in(first)).status_code == 410
    assert not door.is_in()
    assert other.types(code_in(second)).status_code == 303


def test_after_fifteen_minutes_neither_link_nor_code_opens_anything(door: Door) -> None:
    door.asks()
    link, code = link_in(door.mails[0]), code_in(door.mails[0])
    door.advance(minutes=15)

    assert door.get(link).status_code == 410
    assert door.post(link).status_code == 410
    assert door.types(code).status_code == 422
    assert "Fifteen minutes have passed" in door.get(SENT).text
    assert not door.is_in()


def test_just_before_that_they_still_do(door: Door) -> None:
    door.asks()
    door.advance(minutes=14)
    assert door.types(code_in(door.mails[0])).status_code == 303


def test_five_wrong_codes_end_code_and_link(door: Door) -> None:
    door.asks()
    mail = door.mails[0]
    for turn in range(1, 6):
        assert door.types(wrong_code(mail, turn)).status_code == 422

    assert "Five codes were wrong" in door.get(SENT).text
    assert door.types(code_in(mail)).status_code == 422
    assert door.post(link_in(mail)).status_code == 410
    assert not door.is_in()


def test_after_four_wrong_codes_the_right_one_opens(door: Door) -> None:
    door.asks()
    mail = door.mails[0]
    for turn in range(1, 5):
        door.types(wrong_code(mail, turn))
    assert door.types(code_in(mail)).status_code == 303


def test_many_wrong_codes_at_once_are_counted_each(door: Door) -> None:
    door.asks()
    cookie = door.client.get_cookie("sign-in")
    assert cookie is not None

    def guess(turn: int) -> None:
        browser = door.another_browser()
        browser.client.set_cookie("sign-in", cookie.value)
        browser.types(wrong_code(door.mails[0], turn))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, range(1, 21)))

    assert door.wishes()[0].wrong_codes == 5
    assert door.types(code_in(door.mails[0])).status_code == 422


def test_asking_again_from_the_waiting_page_sends_a_newer_mail(door: Door) -> None:
    door.asks()
    again = door.post("/account/sign-in/again")
    door.work()

    assert (again.status_code, again.location) == (303, SENT)
    assert len(door.mails) == 2
    assert door.types(code_in(door.mails[0])).status_code == 422
    assert door.types(code_in(door.mails[1])).status_code == 303


def test_a_link_that_is_none_of_ours_opens_nothing(door: Door) -> None:
    assert door.get(f"{FORM}{'0' * 64}/").status_code == 404
    assert door.post(f"{FORM}{'0' * 64}/").status_code == 404


@pytest.mark.parametrize("path", [SENT, "/uk/account/sign-in/sent/"])
def test_without_a_wish_there_is_no_waiting_page(door: Door, path: str) -> None:
    assert door.get(path).status_code == 404


@pytest.mark.parametrize("path", ["code", "again"])
def test_without_a_wish_nothing_can_be_sent_from_it(door: Door, path: str) -> None:
    assert door.post(f"/account/sign-in/{path}", code="123456").status_code == 404
    assert door.wishes() == []


def test_an_address_that_is_none_is_told_so_and_kept(door: Door) -> None:
    page = door.post(FORM, email="ann@")

    assert page.status_code == 422
    assert 'value="ann@"' in page.text
    assert "not a whole email address" in page.text
    assert door.wishes() == []


def test_whoever_acted_on_the_mail_has_a_verified_address(door: Door) -> None:
    assert door.signs_in().location == "/account/"
    wish = door.wishes()[0]
    assert wish.person_id == door.sessions()[0].person_id
    assert wish.used_at is not None


def test_nobody_is_made_by_asking_for_an_account(door: Door) -> None:
    before = door.count(Person)
    door.asks(BOB)
    assert (door.count(Person), door.mails) == (before, [])


def test_in_ukrainian_all_of_it_is_ukrainian(door: Door) -> None:
    asked = door.asks(prefix="/uk")
    mail = door.mails[0]

    assert asked.location == f"/uk{SENT}"
    assert link_in(mail).startswith("/uk/account/sign-in/")
    assert str(mail.message["Subject"]) == "Вхід: The Test Post"
    assert "Увійти за кодом" in door.get(asked.location).text
    assert door.post(link_in(mail)).location == "/uk/account/"


def test_a_replaced_address_signs_nobody_in_whatever_it_is_for(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    anybody = replace(PURPOSES[ACCOUNT], creates_person=True)
    monkeypatch.setitem(PURPOSES, ACCOUNT, anybody)
    with door.database.write() as session:
        session.execute(update(EmailAddress).values(replaced_at=now(session)))
        session.commit()
    door.asks()
    for mail in door.mails:
        door.types(code_in(mail))
        door.post(link_in(mail))
    assert door.sessions() == []
