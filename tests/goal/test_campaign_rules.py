"""What a campaign can be, and its heading as one line."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.errors import FieldError
from app.goal.campaign_rules import check_words, checked
from app.goal.headings import read_heading, write_heading
from app.goal.service import CampaignFacts
from tests.goal.making import say

ALL = {"monthly": [500], "yearly": [6000], "once": [1000]}
BEGINS = datetime(2027, 1, 1, tzinfo=UTC)
FACTS = CampaignFacts("winter", {"en": " The  winter ", "uk": ""}, 20, "EUR", {"EUR": ALL}, BEGINS)


def test_names_are_tidied() -> None:
    assert checked(FACTS).name == {"en": "The winter"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "The winter"}, "key"),
        ({"name": {"uk": "Зима"}}, "name_en"),
        ({"name": {"en": "W", "uk": "З" * 121}}, "name_uk"),
        ({"goal": 0}, "goal"),
        ({"goal": 100_000_001}, "goal"),
        ({"ends_at": BEGINS}, "ends_at"),
        ({"currency": "USD"}, "currency"),
        ({"amounts": {"EUR": ALL, "USD": {**ALL, "once": []}}}, "amounts_USD_once"),
        ({"amounts": {"EUR": {**ALL, "monthly": [100, 200, 300, 400]}}}, "amounts_EUR_monthly"),
        ({"amounts": {"EUR": {**ALL, "monthly": [99]}}}, "amounts_EUR_monthly"),
        ({"amounts": {"EUR": ALL, "ISK": {**ALL, "monthly": [20_050]}}}, "amounts_ISK_monthly"),
    ],
)
def test_what_cannot_be_a_campaign_says_where(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldError) as refused:
        checked(replace(FACTS, **wrong))

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        (
            "Every article is free because *20,000 members* pay",
            ("Every article is free because", "20,000 members", "pay"),
        ),
        ("*All* of it.", ("", "All", "of it.")),
        ("It is *free*.", ("It is", "free", ".")),
    ],
)
def test_a_heading_is_one_line_with_its_highlight_chosen(
    typed: str, parts: tuple[str, str, str]
) -> None:
    assert read_heading(typed) == parts
    before, highlight, after = parts
    words = replace(
        say("any"), heading_before=before, heading_highlight=highlight, heading_after=after
    )
    assert write_heading(words) == typed


@pytest.mark.parametrize("typed", ["No highlight", "One *only", "* *", "*a* and *b*", ""])
def test_a_heading_needs_one_highlight(typed: str) -> None:
    with pytest.raises(FieldError) as refused:
        read_heading(typed)

    assert refused.value.field == "heading"


def test_words_are_no_longer_than_their_place() -> None:
    check_words(say("any"))
    with pytest.raises(FieldError) as refused:
        check_words(replace(say("any"), paragraphs=("One.", "x" * 2_001)))

    assert refused.value.field == "second_paragraph"
