"""Unsubscribing: one list, one click, for years, and back again."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.newsletters.models import Subscription
from app.people.models import Person
from tests.newsletters.making import ANN, Newsroom, heading

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def way_out(newsroom: Newsroom) -> str:
    """The path in the headers of the welcome mail of `weekly`; `daily` is confirmed as well."""
    newsroom.client.post("/newsletters/subscribe", data={"email": ANN, "list": ["daily", "weekly"]})
    newsroom.work()
    newsroom.confirms()
    newsroom.work()
    header = str(newsroom.mails[-1].message["List-Unsubscribe"])
    return header.removeprefix("<http://localhost").removesuffix(">")


def test_list_mail_carries_its_headers(newsroom: Newsroom, way_out: str) -> None:
    mail = newsroom.mails[-1]
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.message["List-Id"] == "<weekly.localhost>"
    assert mail.message["Feedback-ID"] == "weekly::lists:localhost"
    assert way_out in mail.part("plain")
    assert way_out in mail.part("html")
    assert newsroom.mails[0].message["List-Unsubscribe"] is None


def test_one_click_ends_one_list_without_cookie_or_redirect(
    newsroom: Newsroom, way_out: str
) -> None:
    answer = newsroom.client.post(
        way_out, data=ONE_CLICK, headers={"Sec-Fetch-Site": "cross-site", "Origin": "null"}
    )
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Set-Cookie" not in answer.headers
    assert newsroom.states() == {"daily": "confirmed", "weekly": "unsubscribed"}
    last = newsroom.consents()[-1]
    assert (last.what, last.form) == ("unsubscribed", "one-click")


def test_a_second_click_changes_nothing(newsroom: Newsroom, way_out: str) -> None:
    for _ in range(3):
        assert newsroom.client.post(way_out, data=ONE_CLICK).status_code == 200
    assert [one.what for one in newsroom.consents()].count("unsubscribed") == 1


def test_looking_changes_nothing(newsroom: Newsroom, way_out: str) -> None:
    for _ in range(20):
        page = newsroom.client.get(way_out)
        newsroom.client.head(way_out)
    assert heading(page) == "Stop receiving Weekly?"
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}


def test_the_button_ends_it_and_can_be_taken_back(newsroom: Newsroom, way_out: str) -> None:
    left = newsroom.post(way_out)
    assert heading(left) == "You no longer receive Weekly"
    assert newsroom.states()["weekly"] == "unsubscribed"

    back = newsroom.post(way_out, undo="1")
    assert heading(back) == "You receive Weekly again"
    assert newsroom.states()["weekly"] == "confirmed"
    assert [one.what for one in newsroom.consents()][-2:] == ["unsubscribed", "confirmed"]


def test_whoever_was_erased_can_leave_and_not_come_back(newsroom: Newsroom, way_out: str) -> None:
    with newsroom.database.write() as session:
        session.execute(update(Person).values(erased_at=datetime(2026, 1, 1, tzinfo=UTC)))
        session.commit()

    page = newsroom.post(way_out)
    newsroom.post(way_out, undo="1")

    assert "undo" not in page.text
    assert newsroom.states()["weekly"] == "unsubscribed"


@pytest.mark.parametrize("state", ["bounced", "complained", "pending"])
def test_undoing_brings_back_only_what_was_unsubscribed(
    newsroom: Newsroom, way_out: str, state: str
) -> None:
    newsroom.change(Subscription, state=state)
    page = newsroom.post(way_out, undo="1")
    assert newsroom.states()["weekly"] == state
    assert "undo" not in page.text


@pytest.mark.parametrize("part", [2, 3, 4])
def test_a_link_that_is_not_ours_opens_nothing(newsroom: Newsroom, way_out: str, part: int) -> None:
    parts = way_out.strip("/").split("/")
    parts[part] = {2: "somebody", 3: "daily", 4: "0" * 64}[part]
    wrong = "/" + "/".join(parts)
    assert newsroom.client.get(wrong).status_code == 404
    assert newsroom.post(wrong).status_code == 404
    assert newsroom.client.post(wrong, data=ONE_CLICK).status_code == 404
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}


def test_the_link_outlives_every_secret_key_and_ten_years(newsroom: Newsroom, way_out: str) -> None:
    rotated = replace(newsroom.settings, secret_key="another key altogether, long enough")
    newsroom.client.application.extensions["unwalled_settings"] = rotated
    newsroom.advance(days=3650)
    assert newsroom.client.post(way_out, data=ONE_CLICK).status_code == 200
    assert newsroom.states()["weekly"] == "unsubscribed"


def test_in_ukrainian_there_is_no_english_left(newsroom: Newsroom, way_out: str) -> None:
    page = newsroom.client.get(f"/uk{way_out}")
    assert "Weekly українською" in heading(page)
    assert not re.search(r">[^<]*\b(Stop|Unsubscribe|newsletters)\b[^<]*<", page.text)
