"""What a campaign needs before it begins, and when joining opens with it."""

from datetime import timedelta

import pytest

from tests.desk.campaigns.test_campaign_views import (
    CAMPAIGNS,
    FACTS,
    WORDS,
    at,
    campaign_of,
    deeds,
    seen_on,
)
from tests.desk.making import Desk, words_of

__all__ = ["at"]


def test_a_campaign_without_words_says_so_instead_of_being_started(at: Desk) -> None:
    page = at.post(f"{CAMPAIGNS}new/", **FACTS).location
    start, bare = f"{page}start/", at.get(page)
    assert "It cannot be started yet. Write its words first" in words_of(bare)
    assert start not in bare.text
    answer = at.get(start)
    assert (answer.status_code, answer.location) == (303, page)
    saying = f"{page}words/any/en/"
    at.post(saying, **WORDS, seen=seen_on(at, saying))

    assert start in at.get(page).text
    assert "campaign.started" not in deeds(at)


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        ({}, timedelta(0)),
        ({"joining_opens_at": "2026-01-03T09:00"}, timedelta(days=2)),
        ({"joining_closed": "1"}, None),
    ],
)
def test_joining_opens_with_the_campaign_unless_staff_say_otherwise(
    at: Desk, fields: dict[str, str], after: timedelta | None
) -> None:
    page = at.post(f"{CAMPAIGNS}new/", **FACTS, **fields).location
    made = campaign_of(at)
    assert made.joining_opens_at == (None if after is None else made.starts_at + after)

    shown = at.get(f"{page}change/").text
    assert ('name="joining_closed" value="1" checked' in shown) == (after is None)
    assert ('value="2026-01-01T09:00"' in shown.partition("joining_opens_at")[2]) is False
