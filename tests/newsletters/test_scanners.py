"""Programs that open what is in a mail before its reader does: nothing comes of it."""

import pytest

from tests.newsletters.making import Newsroom, link_in

ASKED_BY: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Purpose": "preview"},
    {"X-Moz": "prefetch"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"User-Agent": "Mozilla/5.0 (compatible; Scanner/1.0)"},
    {"X-HTTP-Method-Override": "POST"},
    {"X-Method-Override": "POST"},
)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_fifty_scanners_of_every_kind_confirm_nothing(newsroom: Newsroom, method: str) -> None:
    newsroom.asks()
    link = link_in(newsroom.mails[0])
    for turn in range(50):
        for path in (link, f"{link}?_method=POST", f"{link}?confirm=1"):
            headers = ASKED_BY[turn % len(ASKED_BY)]
            newsroom.client.open(path, method=method, headers=headers)

    assert newsroom.states() == {"daily": "pending"}
    assert [one.what for one in newsroom.consents()] == ["asked"]
    newsroom.confirms()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_other_method_confirms(newsroom: Newsroom, method: str) -> None:
    newsroom.asks()
    answer = newsroom.client.open(link_in(newsroom.mails[0]), method=method)
    assert answer.status_code == 405
    assert newsroom.states() == {"daily": "pending"}


def test_the_page_presses_nothing_by_itself(newsroom: Newsroom) -> None:
    newsroom.asks()
    page = newsroom.client.get(link_in(newsroom.mails[0])).text
    assert "http-equiv" not in page.lower()
    assert "autofocus" not in page
    assert page.count('method="post"') == 1
