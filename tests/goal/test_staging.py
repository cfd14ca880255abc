"""A campaign set to a milestone, for previews."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.goal.queries import ANY, MILESTONES, REACHED, CampaignRead, milestone
from app.goal.staging import staged
from tests.goal.making import say

NOW = datetime(2027, 1, 31, 9, tzinfo=UTC)
DRAFT = CampaignRead(
    id=1,
    key="winter",
    name={"en": "Winter"},
    goal=2_000,
    currency="EUR",
    amounts={},
    starts_at=NOW + timedelta(days=9),
    ends_at=NOW + timedelta(days=99),
    joining_opens_at=None,
    reached_at=None,
    words={(ANY, "en"): say(ANY), ("last_tenth", "uk"): say("last_tenth", "uk")},
    is_draft=True,
)


@pytest.mark.parametrize("wanted", [ANY, *MILESTONES])
@pytest.mark.parametrize("members", [None, 0, 700, 1_990, 2_100])
def test_a_draft_stands_at_the_milestone_asked_for(wanted: str, members: int | None) -> None:
    found = staged(DRAFT, wanted, members, NOW)

    assert milestone(found.campaign, found.members, NOW) == wanted
    assert not found.campaign.is_draft


def test_the_present_count_is_shown_where_it_fits() -> None:
    assert staged(DRAFT, "under_half", 700, NOW).members == 700
    assert staged(DRAFT, "over_half", 700, NOW).members == 1_200
    assert staged(DRAFT, REACHED, 2_100, NOW).members == 2_100


@pytest.mark.parametrize("wanted", [ANY, *MILESTONES])
def test_it_says_the_words_of_the_milestone_whatever_the_goal(wanted: str) -> None:
    found = staged(replace(DRAFT, goal=1), wanted, 1, NOW)
    spoken = milestone(found.campaign, found.members, NOW)

    assert found.campaign.words_at(spoken, "en") == say(ANY)
    said = say("last_tenth", "uk") if wanted == "last_tenth" else say(ANY)
    assert found.campaign.words_at(spoken, "uk") == said
