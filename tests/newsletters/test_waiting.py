"""The waiting page: where to look, what to do, and not a word about what became of the mail."""

import io
import re
from html import escape
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core import database
from app.core.tokens import derived_code
from app.mail.suppression import COMPLAINT, suppress
from app.newsletters.deciding import PURPOSE
from app.newsletters.models import Confirmation, Newsletter
from tests.newsletters.making import (
    ANN,
    Newsroom,
    code_in,
    heading,
    link_in,
    moment,
    wrong_code,
)

BOB = "bob@post.example"


def test_it_says_where_the_mail_went(newsroom: Newsroom) -> None:
    page = newsroom.client.get(newsroom.asks())
    assert page.status_code == 200
    assert f'<bdi dir="ltr" class="address">{ANN}</bdi>' in page.text


def test_after_two_minutes_it_says_what_to_do(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    assert "Load this page again" in newsroom.client.get(waiting).text
    newsroom.advance(minutes=2)
    page = newsroom.client.get(waiting)
    assert "Nothing has come?" in page.text
    assert "Load this page again" not in page.text


def test_in_another_browser_there_is_no_such_page_and_it_says_so(newsroom: Newsroom) -> None:
    for path in ("", "/address"):
        page = newsroom.client.get(f"/newsletters/waiting/{'x' * 43}{path}")
        assert page.status_code == 404
        assert "every browser" in page.text
    for path in ("/code", "/again", "/address"):
        page = newsroom.post(f"/newsletters/waiting/{'x' * 43}{path}", email=ANN, code="123456")
        assert (page.status_code, len(newsroom.requests())) == (404, 0)


def without_tokens(text: str) -> str:
    timeless = re.sub(r'data-late-in="\d+"', "", text)
    return re.sub(r"[A-Za-z0-9_-]{43}", "TOKEN", timeless).replace(ANN, BOB)


@pytest.mark.parametrize("known", ["pending", "confirmed", "suppressed"])
def test_the_page_is_the_same_for_everybody(newsroom: Newsroom, known: str) -> None:
    stranger = newsroom.asks(BOB)
    if known == "suppressed":
        with newsroom.database.write() as session:
            suppress(session, newsroom.settings, ANN, COMPLAINT, moment(newsroom.database))
            session.commit()
    else:
        newsroom.asks()
    if known == "confirmed":
        newsroom.confirms()
    ours = newsroom.asks()

    pages = [newsroom.client.get(path).text for path in (stranger, ours)]
    assert without_tokens(pages[0]) == without_tokens(pages[1])
    wrong = [newsroom.post(f"{path}/code", code="000000") for path in (stranger, ours)]
    assert without_tokens(wrong[0].text) == without_tokens(wrong[1].text)
    assert wrong[0].status_code == wrong[1].status_code == 422


def test_a_wrong_address_is_corrected_and_its_link_ends(newsroom: Newsroom) -> None:
    waiting = newsroom.asks(BOB)
    form = newsroom.client.get(f"{waiting}/address")
    assert f'action="{waiting}/address"' in form.text
    corrected = newsroom.post(f"{waiting}/address", email=ANN)
    newsroom.work()

    assert corrected.status_code == 303
    assert ANN in newsroom.client.get(corrected.location).text
    assert newsroom.client.get(link_in(newsroom.mails_to(BOB)[0])).status_code == 410
    newsroom.confirms()
    assert newsroom.states() == {"daily": "confirmed"}
    assert newsroom.states(BOB) == {"daily": "pending"}


def test_a_correction_ends_nothing_that_others_asked_for_too(newsroom: Newsroom) -> None:
    mine = newsroom.asks(BOB)
    newsroom.asks(BOB, "weekly")
    newsroom.post(f"{mine}/address", email=ANN)
    newsroom.work()
    assert newsroom.client.get(link_in(newsroom.mails_to(BOB)[0])).status_code == 200


def test_a_correction_ends_nothing_that_was_open_before(newsroom: Newsroom) -> None:
    newsroom.asks(BOB)
    joined = newsroom.asks(BOB, "weekly")
    newsroom.post(f"{joined}/address", email=ANN)
    newsroom.work()
    assert newsroom.client.get(link_in(newsroom.mails_to(BOB)[0])).status_code == 200


def test_a_correction_undoes_no_confirmation(newsroom: Newsroom) -> None:
    waiting = newsroom.asks(BOB)
    newsroom.confirms()
    newsroom.post(f"{waiting}/address", email=ANN)
    newsroom.work()
    assert newsroom.states(BOB) == {"daily": "confirmed"}


def test_a_correction_that_is_no_address_is_told_so(newsroom: Newsroom) -> None:
    waiting = newsroom.asks(BOB)
    page = newsroom.post(f"{waiting}/address", email="ann@")
    assert page.status_code == 422
    assert 'value="ann@"' in page.text
    assert "not a whole email address" in page.text
    assert len(newsroom.requests()) == 1


def test_asking_again_leads_to_a_waiting_page_of_its_own(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    again = newsroom.post(f"{waiting}/again")
    assert (again.status_code, again.location != waiting) == (303, True)
    assert heading(newsroom.client.get(again.location)) == "Look in your mailbox"
    assert newsroom.count(Confirmation) == 1


def test_a_waiting_page_in_ukrainian_stays_so(newsroom: Newsroom) -> None:
    waiting = newsroom.asks(prefix="/uk")
    assert waiting.startswith("/uk/newsletters/waiting/")
    page = newsroom.client.get(waiting)
    assert '<html lang="uk"' in page.text
    assert not re.search(r">[^<]*\b(the|your|email)\b[^<]*<", page.text)


class SlowBody(io.BytesIO):
    """A body that comes while somebody else writes: whoever reads it must not hold the database."""

    def __init__(self, newsroom: Newsroom, body: bytes) -> None:
        super().__init__(body)
        self._newsroom = newsroom

    def read(self, size: int | None = -1) -> bytes:
        with self._newsroom.database.write() as session:
            session.execute(update(Newsletter).values(position=Newsletter.position))
            session.commit()
        return super().read(size)

    def readinto(self, space: Any) -> int:  # noqa: ANN401 - a writable buffer
        part = self.read(len(space))
        space[: len(part)] = part
        return len(part)


@pytest.mark.parametrize(("step", "body"), [("code", b"code=123456"), ("address", b"email=x")])
def test_a_body_that_comes_slowly_holds_nobody_up(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, step: str, body: bytes
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 1)
    waiting = newsroom.asks()
    answer = newsroom.client.post(
        f"{waiting}/{step}",
        input_stream=SlowBody(newsroom, body),
        content_length=len(body),
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 422


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abc", "<b>"])
def test_what_is_no_code_is_told_kept_and_no_try(newsroom: Newsroom, typed: str) -> None:
    waiting = newsroom.asks()
    for _ in range(6):
        page = newsroom.post(f"{waiting}/code", code=typed)
    assert (page.status_code, "six digits" in page.text) == (422, True)
    assert f'value="{escape(typed)}"' in page.text
    newsroom.post(f"{waiting}/code", code=code_in(newsroom.mails[0]))
    assert newsroom.states() == {"daily": "confirmed"}


def test_a_code_is_taken_as_it_was_pasted(newsroom: Newsroom) -> None:
    waiting, code = newsroom.asks(), code_in(newsroom.mails[0])
    newsroom.post(f"{waiting}/code", code=f"\u00a0{code[:3]} {code[3:]}\n")
    assert newsroom.states() == {"daily": "confirmed"}


def test_a_wrong_code_stays_in_its_field(newsroom: Newsroom) -> None:
    wrong = wrong_code(newsroom.mails[0]) if newsroom.asks() and newsroom.mails else ""
    page = newsroom.post(f"{newsroom.asks()}/code", code=wrong)
    assert f'value="{wrong}"' in page.text


def test_the_wrong_address_stands_in_the_field_to_be_corrected(newsroom: Newsroom) -> None:
    assert f'value="{BOB}"' in newsroom.client.get(f"{newsroom.asks(BOB)}/address").text


def test_the_page_says_how_long_until_it_is_late(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    newsroom.advance(seconds=60)
    found = re.search(r'data-late-in="(\d+)"', newsroom.client.get(waiting).text)
    assert found is not None
    assert 50 <= int(found[1]) <= 60


def test_a_code_that_was_never_mailed_opens_nothing_until_it_is(newsroom: Newsroom) -> None:
    for number in range(5):  # whoever guesses could else begin anew as often as they like
        waiting = newsroom.asks(BOB)
        if number < 4:
            newsroom.post(f"{waiting}/address", email=f"r{number}@post.example")
    newsroom.advance(days=6)
    with newsroom.database.read() as session:
        newest = session.scalars(select(Confirmation).order_by(Confirmation.id.desc())).first()
    assert newest is not None
    code = derived_code(newsroom.settings.secret_key, PURPOSE, newest.name)
    assert newsroom.post(f"{waiting}/code", code=code).status_code == 422
    again = newsroom.post(f"{waiting}/again").location
    newsroom.work()
    assert code_in(newsroom.mails_to(BOB)[-1]) == code
    newsroom.post(f"{again}/code", code=code)
    assert newsroom.states(BOB) == {"daily": "confirmed"}
