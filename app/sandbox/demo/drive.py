"""The demo's campaign: its dates, its amounts, and what it says at each milestone."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core.languages import LANGUAGES
from app.goal import service as goals
from app.goal.queries import ANY, Words
from app.goal.service import CampaignFacts
from app.sandbox.demo.newsroom import local, newsroom

BEGAN, ENDS, JOINING_OPENS = -62, 75, 21
"""In days from the loading."""
INTERVALS = {"month": "monthly", "year": "yearly", "once": "once"}


def load(session: Session, loaded_at: datetime) -> None:
    """Write the campaign and its words."""
    one = newsroom()["campaign"]
    amounts = {INTERVALS[interval]: minor for interval, minor in one["amounts"].items()}
    campaign = goals.save_campaign(
        session,
        CampaignFacts(
            key=one["key"],
            name=local(one, "name"),
            goal=one["goal"],
            currency=one["currency"],
            amounts={one["currency"]: amounts},
            starts_at=loaded_at + timedelta(days=BEGAN),
            ends_at=loaded_at + timedelta(days=ENDS),
            joining_opens_at=loaded_at + timedelta(days=JOINING_OPENS),
        ),
    )
    spoken = {ANY: one} | one["milestones"]
    goals.save_words(
        session,
        campaign,
        {
            (milestone, language): _words(said[language])
            for milestone, said in spoken.items()
            for language in LANGUAGES
        },
    )


def _words(said: dict[str, str]) -> Words:
    return Words(
        strip=said["strip"],
        heading_before=said["heading_before"],
        heading_highlight=said["heading_highlight"],
        heading_after=said["heading_after"],
        paragraphs=(said["paragraph_1"], said["paragraph_2"]),
        question=said["question"],
    )
