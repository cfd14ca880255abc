"""However many posts name one victim, from wherever and however spelt: one mail."""

import pytest

from tests.newsletters.making import Newsroom

SPELLINGS = (
    "victim@gmail.com",
    "v.i.c.t.i.m@gmail.com",
    "Victim+{}@GoogleMail.com",
    "vic.tim+{}@gmail.com",
)


def attack(newsroom: Newsroom, posts: int, networks: int) -> set[int]:
    """Send the forms of all lists in turn, each network in turn; return the statuses seen."""
    statuses = set()
    for number in range(posts):
        network = number % networks
        answer = newsroom.client.post(
            f"/newsletters/{('daily', 'weekly')[number % 2]}/subscribe",
            data={"email": SPELLINGS[number % len(SPELLINGS)].format(number % 50)},
            environ_base={"REMOTE_ADDR": f"198.18.{network // 250}.{network % 250}"},
        )
        statuses.add(answer.status_code)
    return statuses


@pytest.mark.parametrize(
    ("posts", "networks"),
    [(1_000, 100), pytest.param(10_000, 1_000, marks=pytest.mark.soak)],
)
def test_thousands_of_posts_at_one_victim_are_one_mail(
    newsroom: Newsroom, posts: int, networks: int
) -> None:
    assert attack(newsroom, posts, networks) == {303}
    newsroom.work()

    assert len(newsroom.mails) == 1
    assert len(newsroom.requests()) == posts
    assert all(row.done_at for row in newsroom.requests())


def test_another_reader_is_written_to_meanwhile(newsroom: Newsroom) -> None:
    attack(newsroom, 100, 50)
    newsroom.asks("ann@gmail.com")
    assert len(newsroom.mails_to("ann@gmail.com")) == 1
