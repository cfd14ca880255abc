"""Nobody can be flooded by us: caps by address, by domain and by network, all read from rows."""

from dataclasses import replace

import pytest

from app.core.work import Runtime
from app.newsletters import jobs
from app.newsletters.models import Confirmation
from tests.newsletters.making import ANN, Newsroom, link_in, moment


def test_one_mail_in_a_day_however_often_somebody_asks(newsroom: Newsroom) -> None:
    for slug in ("daily", "weekly", "daily", "weekly"):
        newsroom.asks(slug=slug)
    assert len(newsroom.mails) == 1


def test_three_mails_in_a_week_by_signing_up(newsroom: Newsroom) -> None:
    for _ in range(6):
        newsroom.asks()
        newsroom.advance(days=1, minutes=1)
    assert len(newsroom.mails) == 3


def test_asking_again_brings_the_same_link_three_times_a_day(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    for _ in range(5):
        waiting = newsroom.post(f"{waiting}/again").location
        newsroom.work()

    assert len(newsroom.mails) == 3
    assert len({link_in(mail) for mail in newsroom.mails}) == 1
    assert len({mail.message["Message-ID"] for mail in newsroom.mails}) == 3


def test_asking_again_brings_six_mails_a_week(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    for _ in range(4):
        for _ in range(3):
            waiting = newsroom.post(f"{waiting}/again").location
            newsroom.work()
        newsroom.advance(days=1, minutes=1)
    assert len(newsroom.mails) == 6


def test_after_a_week_there_is_room_again(newsroom: Newsroom) -> None:
    for _ in range(4):
        newsroom.asks()
        newsroom.advance(days=1, minutes=1)
    newsroom.advance(days=7)
    newsroom.asks()
    assert len(newsroom.mails) == 4


def test_a_network_has_so_many_sign_ups_an_hour(newsroom: Newsroom) -> None:
    answers = [newsroom.sign_up(f"reader{number}@post.example") for number in range(62)]

    assert [answer.status_code for answer in answers] == [303] * 60 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "3600"
    assert "an hour" in answers[-1].text
    assert len(newsroom.requests()) == 60


def test_a_script_is_told_in_json_that_its_network_had_enough(newsroom: Newsroom) -> None:
    for number in range(60):
        newsroom.sign_up(f"reader{number}@post.example")
    answer = newsroom.sign_up(headers={"Accept": "application/json"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "an hour" in answer.get_json()["errors"]["email"]


def test_another_network_and_the_next_hour_are_not_held_back(newsroom: Newsroom) -> None:
    for number in range(61):
        newsroom.sign_up(f"reader{number}@post.example")
    elsewhere = {"REMOTE_ADDR": "192.0.2.77"}
    answer = newsroom.client.post(
        "/newsletters/daily/subscribe", data={"email": ANN}, environ_base=elsewhere
    )
    assert answer.status_code == 303
    newsroom.advance(hours=1, minutes=1)
    assert newsroom.sign_up().status_code == 303


def test_a_network_of_ipv6_is_its_64(newsroom: Newsroom) -> None:
    for host in ("2001:db8::1", "2001:db8::ffff:2"):
        newsroom.client.post(
            "/newsletters/daily/subscribe",
            data={"email": ANN},
            environ_base={"REMOTE_ADDR": host},
        )
    one, other = newsroom.requests()
    assert one.network_hash == other.network_hash


def test_a_forged_forwarding_header_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.sign_up(headers={"X-Forwarded-For": "192.0.2.1"})
    newsroom.sign_up(headers={"X-Forwarded-For": "192.0.2.2"})
    one, other = newsroom.requests()
    assert one.network_hash == other.network_hash


def test_every_button_of_the_waiting_page_counts_toward_the_cap(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    answers = [newsroom.post(f"{waiting}/again").status_code for _ in range(60)]
    assert answers == [303] * 59 + [429]


@pytest.mark.parametrize(("domain", "mails"), [("post.example", 3), ("gmail.com", 5)])
def test_a_domain_has_its_share_and_the_large_ones_are_spared(
    newsroom: Newsroom, domain: str, mails: int
) -> None:
    newsroom.settings = replace(newsroom.settings, signups_per_domain=3)
    for number in range(5):
        newsroom.sign_up(f"reader{number}@{domain}")
    newsroom.work()
    assert len(newsroom.mails) == mails


def test_who_had_to_wait_for_their_domain_is_written_to_later(newsroom: Newsroom) -> None:
    newsroom.settings = replace(newsroom.settings, signups_per_domain=1)
    for number in range(2):
        newsroom.sign_up(f"reader{number}@post.example")
    newsroom.work()
    assert jobs.drain(Runtime(newsroom.database, newsroom.settings)) == 0
    newsroom.advance(hours=1, minutes=1)
    newsroom.work()
    assert {mail.recipient for mail in newsroom.mails} == {
        "reader0@post.example",
        "reader1@post.example",
    }


def test_who_had_to_wait_for_a_day_is_let_go(newsroom: Newsroom) -> None:
    newsroom.settings = replace(newsroom.settings, signups_per_domain=1)
    newsroom.asks("first@post.example")
    newsroom.asks("second@post.example")
    assert newsroom.requests()[1].done_at is None

    newsroom.advance(days=1, minutes=1)
    newsroom.change(Confirmation, created_at=moment(newsroom.database))
    newsroom.work()
    assert newsroom.requests()[1].done_at is not None
    assert [mail.recipient for mail in newsroom.mails] == ["first@post.example"]
