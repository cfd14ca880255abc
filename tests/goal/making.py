"""Campaigns for tests."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core.clock import now
from app.goal import service
from app.goal.models import Campaign
from app.goal.queries import ANY, MILESTONES, Words
from app.goal.service import CampaignFacts


def say(name: str, language: str = "en") -> Words:
    """Return words that tell which they are."""
    return Words(
        f"Strip {name} {language}", "Before ", "light", " after", ("One.", "Two."), f"{name}?"
    )


def make_campaign(
    session: Session,
    *,
    goal: int = 20,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    **others: object,
) -> Campaign:
    """Make a campaign with words in English for every milestone."""
    facts = CampaignFacts(
        key="drive",
        name={"en": "The drive"},
        goal=goal,
        currency="EUR",
        amounts={"EUR": {"monthly": [500, 1000, 2000], "yearly": [5000], "once": [1000]}},
        starts_at=starts_at or now(session) - timedelta(days=10),
        ends_at=ends_at,
        **others,  # type: ignore[arg-type] # a test's own facts
    )
    campaign = service.save_campaign(session, facts)
    service.save_words(session, campaign, {(name, "en"): say(name) for name in (ANY, *MILESTONES)})
    return campaign
