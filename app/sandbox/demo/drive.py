"""The demo's campaign: its dates, its amounts and tiers, and what it says at each milestone."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.versions import bump
from app.core.languages import LANGUAGES
from app.goal import service as goals
from app.goal.models import Campaign
from app.goal.queries import ANY, Words
from app.goal.service import CampaignFacts
from app.memberships.joining.models import Tier
from app.sandbox.demo.newsroom import local, newsroom

BEGAN, ENDS = -62, 75
"""In days from the loading; joining is open from the first on."""
INTERVALS = {"month": "monthly", "year": "yearly", "once": "once"}


def load(session: Session, loaded_at: datetime) -> None:
    """Write the campaign and its words."""
    one = newsroom()["campaign"]
    begins_at = loaded_at + timedelta(days=BEGAN)
    campaign = goals.save_campaign(
        session,
        CampaignFacts(
            key=one["key"],
            name=local(one, "name"),
            goal=one["goal"],
            currency=one["currency"],
            amounts=amounts(),
            starts_at=begins_at,
            ends_at=loaded_at + timedelta(days=ENDS),
            joining_opens_at=begins_at,
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
    _add_tiers(session)


def amounts() -> dict[str, dict[str, list[int]]]:
    """Return what is offered, by currency and interval, in minor units."""
    written = newsroom()["campaign"]["amounts"]
    return {
        currency: {INTERVALS[interval]: minor for interval, minor in offered.items()}
        for currency, offered in written.items()
    }


def has_offer(session: Session) -> bool:
    """Tell whether there are tiers; there were none while the demo could not be joined."""
    return session.scalar(select(Tier.id).limit(1)) is not None


def open_joining(session: Session) -> None:
    """Bring a campaign that was loaded before it could be joined up to what is offered now."""
    key = newsroom()["campaign"]["key"]
    campaign = session.scalars(select(Campaign).where(Campaign.key == key)).one()
    campaign.amounts = amounts()
    campaign.joining_opens_at = campaign.starts_at
    _add_tiers(session)
    bump(session)


def _add_tiers(session: Session) -> None:
    for position, one in enumerate(newsroom()["tier"], 1):
        session.add(
            Tier(
                key=one["key"],
                name=local(one, "name"),
                benefits=_benefits(one),
                least=one["least"],
                position=position,
            )
        )
    session.flush()


def _benefits(one: dict[str, Any]) -> dict[str, list[str]]:
    return {"en": one["benefits"], "uk": one["benefits_uk"]}


def _words(said: dict[str, str]) -> Words:
    return Words(
        strip=said["strip"],
        heading_before=said["heading_before"],
        heading_highlight=said["heading_highlight"],
        heading_after=said["heading_after"],
        paragraphs=(said["paragraph_1"], said["paragraph_2"]),
        question=said["question"],
    )
