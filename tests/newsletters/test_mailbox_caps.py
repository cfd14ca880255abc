"""One mailbox has one cap, however it is spelt; each spelling is a subscriber of its own."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from app.core.work import Runtime
from app.newsletters import jobs
from app.newsletters.cap_models import MailboxUse
from app.newsletters.models import Confirmation
from app.newsletters.outside import nobody
from app.people.models import Person
from tests.newsletters.making import Newsroom, link_in

SPELLINGS = (
    "victim@gmail.com",
    "v.i.c.t.i.m+1@googlemail.com",
    "Victim@gmail.com",
    "vic.tim@gmail.com",
    "victim+2@gmail.com",
)


def signs_all_up(newsroom: Newsroom, spellings: Sequence[str] = SPELLINGS) -> None:
    for spelling in spellings:
        assert newsroom.sign_up(spelling).status_code == 303


def test_all_spellings_in_one_batch_are_one_mail(newsroom: Newsroom) -> None:
    signs_all_up(newsroom)
    newsroom.work()
    assert len(newsroom.mails) == newsroom.count(MailboxUse) == 1


def test_spellings_one_after_another_are_one_mail_a_day_and_three_a_week(
    newsroom: Newsroom,
) -> None:
    for day in range(1, 6):
        for spelling in SPELLINGS:
            newsroom.asks(spelling)
        assert len(newsroom.mails) == min(day, 3)
        newsroom.advance(days=1, minutes=1)


def test_nothing_is_put_off_to_the_next_day_for_another_spelling(newsroom: Newsroom) -> None:
    for spelling in SPELLINGS:
        newsroom.asks(spelling)
    newsroom.advance(days=2)
    newsroom.work()
    assert len(newsroom.mails) == 1


def test_each_spelling_is_a_person_who_confirms_alone(newsroom: Newsroom) -> None:
    newsroom.asks("ann@gmail.com")
    newsroom.asks("ann+daily@gmail.com")
    newsroom.post(link_in(newsroom.mails[0]))

    assert newsroom.count(Person) == 2
    assert newsroom.states("ann@gmail.com") == {"daily": "confirmed"}
    assert newsroom.states("ann+daily@gmail.com") == {"daily": "pending"}


def test_who_asks_again_under_another_spelling_is_written_to_there(newsroom: Newsroom) -> None:
    newsroom.asks("ann@gmail.com")
    waiting = newsroom.asks("ann+daily@gmail.com")
    for _ in range(4):
        waiting = newsroom.post(f"{waiting}/again").location
        newsroom.work()
    addresses = [mail.recipient for mail in newsroom.mails]
    assert addresses == ["ann@gmail.com", "ann+daily@gmail.com", "ann+daily@gmail.com"]


def test_a_lookalike_letter_makes_no_other_mailbox(newsroom: Newsroom) -> None:
    utf8 = replace(newsroom.settings, smtp_utf8=True)
    newsroom.client.application.extensions["unwalled_settings"] = newsroom.settings = utf8
    signs_all_up(newsroom, ("victim@post.example", "v\u0456ctim@post.example"))
    while jobs.drain(Runtime(newsroom.database, newsroom.settings)):
        pass
    assert newsroom.count(MailboxUse) == 1


def test_who_shares_nothing_is_held_back_by_nobody(newsroom: Newsroom) -> None:
    signs_all_up(newsroom, ("a.nn@post.example", "ann@post.example", "ann@other.example"))
    newsroom.work()
    assert len(newsroom.mails) == 3


def test_a_mail_that_leaves_tomorrow_counts_tomorrow(newsroom: Newsroom) -> None:
    newsroom.asks()
    newsroom.confirms()
    newsroom.asks(slug="weekly")
    newsroom.advance(days=1, minutes=1)
    newsroom.work()
    newsroom.confirms()
    newsroom.asks(slug="daily")
    assert newsroom.count(MailboxUse) == 2


def test_two_workers_at_once_write_to_one_mailbox_once(newsroom: Newsroom) -> None:
    for number in range(40):
        newsroom.sign_up(f"victim+{number}@gmail.com")
    runtime = Runtime(newsroom.database, newsroom.settings)
    small = replace(jobs._batches(nobody), size=5)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _turn: small.drain(runtime), range(16)))
    newsroom.advance(minutes=1)
    newsroom.work()
    assert all(row.done_at for row in newsroom.requests())
    assert newsroom.count(MailboxUse) == 1


def test_what_the_caps_held_back_was_never_mailed(newsroom: Newsroom) -> None:
    for spelling in SPELLINGS[:2]:
        newsroom.asks(spelling)
    with newsroom.database.read() as session:
        rows = session.query(Confirmation.mailed_at).order_by(Confirmation.id).all()
    assert [row.mailed_at is not None for row in rows] == [True, False]
