"""A campaign as it will stand at a milestone, for whoever looks at its words before readers do."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.core.languages import LANGUAGES
from app.goal.queries import (
    ANY,
    ENDED_SHORT,
    LAST_TENTH,
    OVER_HALF,
    REACHED,
    UNDER_HALF,
    CampaignRead,
    milestone,
)

SHARE = {UNDER_HALF: 25, OVER_HALF: 60, LAST_TENTH: 95, REACHED: 100, ENDED_SHORT: 80}
"""At how much of the goal, in per cent, a milestone is shown where the count is not at it."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A campaign set to a milestone; `members` is None where the count is not to be known."""

    campaign: CampaignRead
    members: int | None


def staged(campaign: CampaignRead, wanted: str, members: int | None, now: datetime) -> Staged:
    """Return a campaign that speaks its words for a milestone, with a count that fits them.

    The present count is shown where it fits; the words are those of the milestone also where a
    small goal has no number for it.
    """
    begun = replace(
        campaign,
        is_draft=False,
        starts_at=min(campaign.starts_at, now),
        ends_at=now - timedelta(minutes=1) if wanted == ENDED_SHORT else _later(campaign, now),
        reached_at=now if wanted == REACHED else None,
    )
    spoken = {language: campaign.words_at(wanted, language) for language in LANGUAGES}
    said = {
        (name, language): words
        for language, words in spoken.items()
        if words is not None
        for name in (ANY, *SHARE)
    }
    begun = replace(begun, words=said)
    if wanted == ANY:
        return Staged(begun, None)
    fits = members is not None and milestone(begun, members, now) == wanted
    if fits and (wanted != REACHED or (members or 0) >= campaign.goal):
        return Staged(begun, members)
    return Staged(begun, -(-campaign.goal * SHARE[wanted] // 100))


def _later(campaign: CampaignRead, now: datetime) -> datetime | None:
    return campaign.ends_at if campaign.ends_at is not None and campaign.ends_at > now else None
