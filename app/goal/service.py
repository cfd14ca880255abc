"""Writing campaigns, and recording that a goal was met. Callers commit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.articles.versions import bump
from app.core.errors import FieldError
from app.goal.models import Ask, Campaign
from app.goal.queries import ANY, INTERVALS, MILESTONES, Words


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """A campaign without its words; amounts in minor units by currency and interval."""

    key: str
    name: dict[str, str]
    goal: int
    currency: str
    amounts: dict[str, dict[str, list[int]]]
    starts_at: datetime
    ends_at: datetime | None = None
    joining_opens_at: datetime | None = None


def save_campaign(session: Session, facts: CampaignFacts) -> Campaign:
    """Make a campaign or bring it up to `facts`; a draft stays one.

    Raises:
        FieldError: The goal, the dates or an amount cannot be.
    """
    check(facts)
    campaign = session.scalar(select(Campaign).where(Campaign.key == facts.key))
    if campaign is None:
        campaign = Campaign(**asdict(facts))
        session.add(campaign)
    else:
        for name, value in asdict(facts).items():
            setattr(campaign, name, value)
    session.flush()
    bump(session)
    return campaign


def check(facts: CampaignFacts) -> None:
    """Refuse what no campaign can be.

    Raises:
        FieldError: The goal, the dates or an amount.
    """
    if facts.goal < 1:
        raise FieldError("goal", "A goal is at least one member.")
    if facts.ends_at is not None and facts.ends_at <= facts.starts_at:
        raise FieldError("ends_at", "A campaign ends after it begins.")
    for offered in facts.amounts.values():
        if set(offered) - set(INTERVALS):
            raise FieldError("amounts", f"Intervals are {', '.join(INTERVALS)}.")
        if any(amount < 1 for amounts in offered.values() for amount in amounts):
            raise FieldError("amounts", "An amount is at least one minor unit.")


def save_words(
    session: Session, campaign: Campaign, words: Mapping[tuple[str, str], Words]
) -> None:
    """Give a campaign these words, by (milestone, language), and no others.

    Raises:
        FieldError: A milestone is not one of ours.
    """
    session.execute(delete(Ask).where(Ask.campaign_id == campaign.id))
    for (name, language), said in words.items():
        if name not in {ANY, *MILESTONES}:
            raise FieldError("milestone", f"There is no milestone {name}.")
        ask = Ask(campaign_id=campaign.id, milestone=name, language=language)
        write_ask(ask, said)
        session.add(ask)
    session.flush()
    bump(session)


def write_ask(ask: Ask, said: Words) -> None:
    """Have an ask say these words."""
    ask.strip, ask.question = said.strip, said.question
    ask.heading_before = said.heading_before
    ask.heading_highlight = said.heading_highlight
    ask.heading_after = said.heading_after
    ask.first_paragraph, ask.second_paragraph = said.paragraphs


def record_reached(session: Session, campaign_id: int, moment: datetime) -> None:
    """Write down that a campaign's goal was met at `moment`, once and for good."""
    session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id, Campaign.reached_at.is_(None))
        .values(reached_at=moment)
    )
    bump(session)
