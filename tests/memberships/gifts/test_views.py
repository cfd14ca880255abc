"""Redeeming a gift: a code, an address, a mail, one button that uses it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.core.clock import now
from app.core.database import Database
from app.memberships.gifts import views
from app.people.answering import MOST_PER_NETWORK
from tests.articles.making import make_edition, make_newsroom
from tests.memberships.gifts.making import stretches
from tests.memberships.gifts.receiving import Recipient, heading, receiving
from tests.people.making import BOB, link_in, make_person

HOUR = timedelta(hours=1)


@pytest.fixture
def recipient(database: Database, tmp_path: Path) -> Iterator[Recipient]:
    with receiving(database, tmp_path) as made:
        yield made


def test_a_code_leads_through_a_mail_to_a_membership(recipient: Recipient) -> None:
    name = recipient.buy()
    answer = recipient.types(recipient.code(name).lower())
    assert answer.status_code == 303
    assert answer.location == recipient.page(name)
    assert heading(recipient.door.get(answer.location)) == "A membership for you"

    page = recipient.comes(answer.location)
    assert "bob@post.example" in page.text
    assert recipient.gifts()[0].redeemed_by_id is None, "signing in uses nothing"

    used = recipient.presses(page)
    assert heading(used) == "This gift is yours"
    with recipient.door.database.read() as session:
        ((source, starts_at, ends_at),) = stretches(session, recipient.person())
        moment = now(session)
    assert source == "gift"
    assert moment - HOUR < starts_at <= moment
    assert ends_at is not None
    assert (ends_at.year, ends_at.month) == (starts_at.year + 1, starts_at.month)


def test_the_whole_way_is_there_in_ukrainian(recipient: Recipient) -> None:
    name = recipient.buy()
    answer = recipient.types(recipient.code(name), prefix="/uk")
    assert answer.location == recipient.page(name, "uk")

    page = recipient.comes(answer.location)

    assert heading(page) == "Участь для вас"
    assert heading(recipient.presses(page)) == "Цей подарунок ваш"


def test_a_scanner_that_opens_every_link_uses_nothing(recipient: Recipient) -> None:
    name = recipient.buy()
    page = recipient.page(name)
    recipient.door.post(page, email=BOB)
    recipient.door.work()
    link = link_in(recipient.door.mails[-1])

    for _time in range(25):
        for path in (page, link, f"{page}use", "/join/gift/", "/join/given/"):
            recipient.door.client.head(path)
            recipient.door.get(path)

    assert recipient.gifts()[0].redeemed_by_id is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please type the code."),
        ("AAAA-BBBB-CCCC", "We do not know this code."),
        ("hello <b>", "We do not know this code."),
    ],
)
def test_a_wrong_code_is_told_beside_its_field_and_kept(
    recipient: Recipient, typed: str, sentence: str
) -> None:
    answer = recipient.types(typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_network_that_tries_many_codes_is_stopped_for_an_hour(recipient: Recipient) -> None:
    for _time in range(views.MOST_WRONG_CODES):
        assert recipient.types("AAAA-BBBB-CCCC").status_code == 422

    stopped = recipient.types("AAAA-BBBB-CCCC")
    assert stopped.status_code == 429
    assert stopped.headers["Retry-After"] == "3600"
    assert "Too many wrong codes" in stopped.text
    assert recipient.types("").status_code == 422

    recipient.door.advance(hours=1, seconds=1)
    assert recipient.types("AAAA-BBBB-CCCC").status_code == 422


def test_a_right_code_is_taken_after_any_number_of_wrong_ones(recipient: Recipient) -> None:
    name = recipient.buy()
    for _time in range(views.MOST_WRONG_CODES + 1):
        recipient.types("AAAA-BBBB-CCCC")

    answer = recipient.types(recipient.code(name))

    assert (answer.status_code, answer.location) == (303, recipient.page(name))


def test_right_codes_and_empty_ones_are_not_counted(recipient: Recipient) -> None:
    name = recipient.buy()
    for _time in range(views.MOST_WRONG_CODES + 1):
        recipient.types("")
        assert recipient.types(recipient.code(name)).status_code == 303


def test_what_is_given_to_anybody_cannot_be_had_by_a_code(recipient: Recipient) -> None:
    name = recipient.buy("given")

    assert recipient.types(recipient.code(name)).status_code == 422
    assert recipient.door.get(recipient.page(name)).status_code == 404


def test_a_gift_used_by_somebody_else_says_so_and_asks_for_nothing(recipient: Recipient) -> None:
    name = recipient.buy()
    recipient.presses(recipient.comes(recipient.page(name)))

    other = Recipient(recipient.door.another_browser())
    page = other.door.get(other.types(other.code(name)).location)

    assert heading(page) == "This gift has been used"
    assert BOB not in page.text
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
    late = other.door.post(other.page(name), email="eve@post.example")
    assert heading(late) == "This gift has been used"
    assert other.door.work() == 0


def test_a_gift_that_somebody_was_quicker_with_is_not_used_twice(recipient: Recipient) -> None:
    name = recipient.buy()
    other = Recipient(recipient.door.another_browser())
    late = other.comes(other.page(name), "eve@post.example")
    recipient.presses(recipient.comes(recipient.page(name)))

    assert heading(other.presses(late)) == "This gift has been used"
    with recipient.door.database.read() as session:
        assert stretches(session, recipient.person("eve@post.example")) == []


def test_a_gift_whose_money_went_back_says_so(recipient: Recipient) -> None:
    name = recipient.buy()
    page = recipient.comes(recipient.page(name))
    recipient.take_back(name)

    assert heading(recipient.presses(page)) == "This gift cannot be used at present"
    assert recipient.gifts()[0].redeemed_by_id is None


@pytest.mark.parametrize("proof", ["0" * 64, "x", "%D1%97"])
def test_an_address_that_we_did_not_make_opens_nothing(recipient: Recipient, proof: str) -> None:
    name = recipient.buy()
    path = f"/join/gift/{name}/{proof}/"

    assert recipient.door.get(path).status_code == 404
    assert recipient.door.post(path, email=BOB).status_code == 404
    assert recipient.door.work() == 0


def test_the_button_works_only_with_a_proof(recipient: Recipient) -> None:
    name, other = recipient.buy(), recipient.buy()
    page = recipient.comes(recipient.page(name))
    token = re.search(r'name="csrf_token" value="(\w+)"', page.text)
    assert token is not None

    wrong = recipient.page(name).replace(name, other)
    recipient.door.post(f"{wrong}use", csrf_token=token[1])

    assert [one.redeemed_by_id for one in recipient.gifts()] == [None, None]


def test_the_button_takes_no_form_of_another_site(recipient: Recipient) -> None:
    name = recipient.buy()
    recipient.comes(recipient.page(name))
    path = f"{recipient.page(name)}use"

    assert recipient.door.post(path).status_code == 403
    assert (
        recipient.door.client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code
        == 403
    )
    assert recipient.gifts()[0].redeemed_by_id is None


def test_a_second_gift_tells_when_it_begins(recipient: Recipient) -> None:
    first, second = recipient.buy(), recipient.buy()
    recipient.presses(recipient.comes(recipient.page(first)))

    page = recipient.door.get(recipient.page(second))
    assert "You use a gift already." in page.text
    assert "when the one before it is over" in recipient.presses(page).text


@pytest.mark.parametrize(
    ("email", "part"),
    [("", "Please type your email address."), ("bob@gmial.com", "bob@gmail.com"), ("bob", "whole")],
)
@pytest.mark.parametrize("kind", ["gift_membership", "given"])
def test_a_wrong_address_is_told_beside_its_field_and_kept(
    recipient: Recipient, kind: str, email: str, part: str
) -> None:
    name = recipient.buy(kind)
    path = recipient.page(name) if kind == "gift_membership" else "/join/given/"
    answer = recipient.door.post(path, email=email)

    assert answer.status_code == 422
    assert part in answer.text
    assert f'value="{email}"' in answer.text
    assert recipient.door.work() == 0


def test_a_network_that_asks_for_many_mails_is_stopped_and_keeps_what_was_typed(
    recipient: Recipient,
) -> None:
    path = recipient.page(recipient.buy())
    recipient.buy("given")
    for one in range(MOST_PER_NETWORK):
        assert recipient.door.post(path, email=f"b{one}@post.example").status_code == 303

    for page in (path, "/join/given/"):
        stopped = recipient.door.post(page, email=BOB)
        assert stopped.status_code == 429
        assert stopped.headers["Retry-After"] == "3600"
        assert f'value="{BOB}"' in stopped.text


def test_a_likely_slip_can_be_kept(recipient: Recipient) -> None:
    name = recipient.buy()

    answer = recipient.door.post(recipient.page(name), email="bob@gmial.com", as_typed="1")

    assert answer.status_code == 303


def test_whoever_is_known_already_stays_who_they_are(recipient: Recipient) -> None:
    bob = make_person(recipient.door.database, BOB)
    recipient.presses(recipient.comes(recipient.page(recipient.buy())))

    assert recipient.person() == bob
    assert recipient.gifts()[0].redeemed_by_id == bob


@pytest.mark.parametrize("prefix", ["", "/uk"])
def test_the_pages_are_kept_nowhere_and_set_no_cookie(recipient: Recipient, prefix: str) -> None:
    name = recipient.buy()
    language = "uk" if prefix else "en"
    for path in (f"{prefix}/join/gift/", f"{prefix}/join/given/", recipient.page(name, language)):
        page = recipient.door.get(path)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert "Set-Cookie" not in page.headers
        assert 'name="robots" content="noindex"' in page.text


def test_the_switch_of_languages_leads_to_the_same_page(recipient: Recipient) -> None:
    name = recipient.buy()
    with recipient.door.database.write() as session:
        make_newsroom(session)
        make_edition(session)
        make_edition(session, language="uk")
        session.commit()

    assert f'href="{recipient.page(name, "uk")}"' in recipient.door.get(recipient.page(name)).text


def test_a_sign_in_for_a_gift_without_its_name_leads_to_the_code(recipient: Recipient) -> None:
    with recipient.door.app.test_request_context("/"):
        assert views.landing(None) == "/join/gift/"
