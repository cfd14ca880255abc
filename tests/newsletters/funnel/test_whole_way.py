"""The funnel of readers who really came, counted as the clock does."""

from app.core.clock import now
from app.core.work import Runtime
from app.newsletters.funnel.jobs import LATEST_DAYS, count, counting
from app.newsletters.funnel.queries import Numbers, funnel
from tests.newsletters.making import Newsroom, link_in
from tests.newsletters.test_personal import erases


def numbers(newsroom: Newsroom, slug: str = "daily") -> dict[str, Numbers]:
    count(Runtime(newsroom.database, newsroom.settings), LATEST_DAYS)
    with newsroom.database.read() as session:
        today = now(session).astimezone(newsroom.settings.time_zone).date()
        found = funnel(session, slug, today, today, "source")
    return {f"{one.form} {one.from_path}": one.numbers for one in found.lines}


def test_a_reader_who_asks_confirms_and_leaves_is_counted_once_at_each_step(
    newsroom: Newsroom,
) -> None:
    newsroom.asks(**{"from": "/bread/"})
    newsroom.asks(**{"from": "/salt/"})
    newsroom.confirms()
    newsroom.asks("bob@post.example")

    assert numbers(newsroom) == {
        "article /bread/": Numbers(asked=1, accepted=1, confirmed=1),
        "list ": Numbers(asked=1, accepted=1),
    }


def test_what_programs_and_suppressed_people_send_is_no_asking(newsroom: Newsroom) -> None:
    newsroom.sign_up(website="https://spam.test")
    newsroom.work()

    assert numbers(newsroom) == {}


def test_one_mail_for_two_lists_is_accepted_for_each(newsroom: Newsroom) -> None:
    newsroom.client.post(
        "/newsletters/subscribe", data={"email": "a@post.example", "list": ["daily", "weekly"]}
    )
    newsroom.work()

    assert (
        numbers(newsroom) == numbers(newsroom, "weekly") == {"lists ": Numbers(asked=1, accepted=1)}
    )


def test_whoever_is_erased_stays_counted_and_leaves_under_the_page_they_came_from(
    newsroom: Newsroom,
) -> None:
    newsroom.asks(**{"from": "/bread/"})
    newsroom.post(link_in(newsroom.mails[-1]))
    before = numbers(newsroom)
    erases(newsroom)

    assert before == {"article /bread/": Numbers(asked=1, accepted=1, confirmed=1)}
    assert numbers(newsroom) == {
        "article /bread/": Numbers(asked=1, accepted=1, confirmed=1, unsubscribed=1)
    }


def test_a_partners_form_is_a_source_of_its_own(newsroom: Newsroom) -> None:
    headers = {"Origin": "https://partner.test", "Sec-Fetch-Site": "cross-site"}
    newsroom.asks(headers=headers, **{"from": "/a/"})

    assert numbers(newsroom) == {"embed partner/a/": Numbers(asked=1, accepted=1)}


def test_the_clock_counts_today_often_and_all_open_days_at_night() -> None:
    often, nightly = counting()

    assert often.schedule.startswith("*/10 ")
    assert nightly.schedule.split()[1] == "2"
