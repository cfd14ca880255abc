"""The link's page: it shows, its button acts, once; every other case says what it is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.newsletters.models import SignupRequest, Subscription
from app.people.models import EmailAddress
from tests.newsletters.making import (
    ANN,
    Newsroom,
    code_in,
    heading,
    link_in,
    subjects,
    wrong_code,
)


def test_the_button_confirms(newsroom: Newsroom) -> None:
    newsroom.asks()
    page = newsroom.client.get(link_in(newsroom.mails[0]))
    assert page.text.count("<button") == 1
    assert "Daily" in page.text

    done = newsroom.post(link_in(newsroom.mails[0]))
    assert (done.status_code, heading(done)) == (200, "Confirmed. Thank you")
    assert newsroom.states() == {"daily": "confirmed"}
    assert [(one.what, one.form) for one in newsroom.consents()] == [
        ("asked", "list"),
        ("confirmed", "button"),
    ]


def test_confirming_verifies_the_address(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    with newsroom.database.read() as session:
        assert session.scalars(select(EmailAddress.verified_at)).one() is not None


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_fifty_scanners_change_nothing(newsroom: Newsroom, method: str) -> None:
    newsroom.asks()
    link = link_in(newsroom.mails[0])
    for _ in range(50):
        assert getattr(newsroom.client, method)(link).status_code == 200
    assert newsroom.states() == {"daily": "pending"}
    assert newsroom.confirms().status_code == 200


def test_of_fifty_presses_at_once_one_wins(newsroom: Newsroom) -> None:
    newsroom.asks()
    link = link_in(newsroom.mails[0])
    app = newsroom.client.application
    with ThreadPoolExecutor(10) as pool:
        pages = list(pool.map(lambda _turn: app.test_client().post(link), range(50)))

    headings = [heading(page) for page in pages]
    assert headings.count("Confirmed. Thank you") == 1
    assert headings.count("This link has been used") == 49
    assert [one.what for one in newsroom.consents()] == ["asked", "confirmed"]


def test_a_used_link_says_so_and_leads_on(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    for page in (
        newsroom.client.get(link_in(newsroom.mails[0])),
        newsroom.post(link_in(newsroom.mails[0])),
    ):
        assert heading(page) == "This link has been used"
        assert 'href="/newsletters/"' in page.text
    assert len(newsroom.consents()) == 2


@pytest.mark.parametrize("token", ["0" * 64, "x", "Ы", "a" * 300])
def test_a_wrong_link_says_so(newsroom: Newsroom, token: str) -> None:
    for page in (
        newsroom.client.get(f"/newsletters/confirm/{token}"),
        newsroom.post(f"/newsletters/confirm/{token}"),
    ):
        assert page.status_code == 404
        assert heading(page) == "This link does not open anything"


def test_an_expired_link_says_so_and_brings_a_new_one(newsroom: Newsroom) -> None:
    newsroom.asks()
    old = link_in(newsroom.mails[0])
    newsroom.advance(days=7, minutes=1)
    for page in (newsroom.client.get(old), newsroom.post(old)):
        assert (page.status_code, heading(page)) == (410, "This link is too old")
        assert f'action="{old}/again"' in page.text
    assert newsroom.states() == {"daily": "pending"}

    renewed = newsroom.post(f"{old}/again")
    newsroom.work()
    assert renewed.status_code == 303
    assert link_in(newsroom.mails[1]) != old
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed"}


def test_a_link_holds_for_seven_days(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=6, hours=23)
    assert newsroom.confirms().status_code == 200


def test_a_new_link_needs_the_old_one(newsroom: Newsroom) -> None:
    assert newsroom.post(f"/newsletters/confirm/{'0' * 64}/again").status_code == 404
    assert newsroom.requests() == []


def test_after_forgetting_the_address_an_expired_link_asks_for_nothing(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.advance(days=8)
    newsroom.change(SignupRequest, confirmation_id=None)
    page = newsroom.post(f"{link_in(newsroom.mails[0])}/again")
    assert (page.status_code, heading(page)) == (410, "This link is too old")


def test_the_page_is_kept_nowhere_and_told_to_nobody(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    for path in (link_in(newsroom.mails[0]), waiting):
        headers = newsroom.client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in headers


def test_the_button_works_in_another_browser_and_language(newsroom: Newsroom) -> None:
    newsroom.asks(prefix="/uk")
    other = newsroom.client.application.test_client()
    done = other.post(link_in(newsroom.mails[0]))
    assert "Daily українською" in done.text
    assert newsroom.consents()[-1].language == "uk"


def test_a_list_that_welcomes_sends_its_welcome(newsroom: Newsroom) -> None:
    newsroom.client.post("/newsletters/subscribe", data={"email": ANN, "list": ["daily", "weekly"]})
    newsroom.work()
    newsroom.confirms()
    newsroom.work()
    assert subjects(newsroom.mails)[1:] == ["Welcome to Weekly"]


def test_the_code_confirms_on_the_waiting_page(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    code = code_in(newsroom.mails[0])
    page = newsroom.post(f"{waiting}/code", code=f" {code[:3]} {code[3:]} ")

    assert heading(page) == "Confirmed. Thank you"
    assert newsroom.states() == {"daily": "confirmed"}
    assert newsroom.consents()[-1].form == "code"
    again = newsroom.post(f"{waiting}/code", code=code)
    assert heading(again) == "This link has been used"


def test_a_wrong_code_is_told_so_and_changes_nothing(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    page = newsroom.post(f"{waiting}/code", code=wrong_code(newsroom.mails[0]))
    assert page.status_code == 422
    assert "This code opens nothing" in page.text
    assert newsroom.states() == {"daily": "pending"}
    assert newsroom.post(f"{waiting}/code", code=code_in(newsroom.mails[0])).status_code == 200


def test_after_five_wrong_codes_only_the_button_works(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    for _ in range(5):
        newsroom.post(f"{waiting}/code", code=wrong_code(newsroom.mails[0]))
    right = newsroom.post(f"{waiting}/code", code=code_in(newsroom.mails[0]))
    assert right.status_code == 422
    assert newsroom.states() == {"daily": "pending"}
    assert newsroom.confirms().status_code == 200


def test_five_wrong_codes_are_counted_over_all_who_asked(newsroom: Newsroom) -> None:
    one = newsroom.asks()
    other = newsroom.asks(slug="weekly")
    for waiting in (one, other, one, other, one):
        newsroom.post(f"{waiting}/code", code=wrong_code(newsroom.mails[0]))
    assert newsroom.post(f"{one}/code", code=code_in(newsroom.mails[0])).status_code == 422


def test_a_code_does_not_open_somebody_elses_confirmation(newsroom: Newsroom) -> None:
    newsroom.asks()
    bobs = newsroom.asks("bob@post.example")
    newsroom.post(f"{bobs}/code", code=code_in(newsroom.mails_to(ANN)[0]))
    assert newsroom.states() == {"daily": "pending"}


def test_an_expired_code_is_wrong(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    newsroom.advance(days=7, minutes=1)
    newsroom.post(f"{waiting}/code", code=code_in(newsroom.mails[0]))
    assert newsroom.states() == {"daily": "pending"}


def test_a_key_that_was_rotated_still_opens_what_it_made(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    app = newsroom.client.application
    old = newsroom.settings.secret_key
    rotated = replace(
        newsroom.settings,
        secret_key="a new secret for tests, long enough",
        secret_key_fallbacks=(old,),
    )
    app.extensions["unwalled_settings"] = newsroom.settings = rotated
    newsroom.post(f"{waiting}/again")
    newsroom.work()

    assert link_in(newsroom.mails[0]) == link_in(newsroom.mails[1])
    done = newsroom.post(f"{waiting}/code", code=code_in(newsroom.mails[1]))
    assert heading(done) == "Confirmed. Thank you"


def test_a_confirmation_without_lists_left_still_ends_well(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.change(Subscription, state="unsubscribed")
    assert "Daily" not in newsroom.confirms().text
    assert newsroom.states() == {"daily": "unsubscribed"}
    assert [one.what for one in newsroom.consents()] == ["asked"]
