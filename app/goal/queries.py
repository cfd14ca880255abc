"""The campaign, and which words its call to join speaks at present."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from app.core.languages import DEFAULT
from app.goal.models import PLACES, Ask, Campaign
from app.memberships.models import MemberSpan
from app.memberships.queries import count_at

INTERVALS = ("monthly", "yearly", "once")
ANY = "any"
UNDER_HALF, OVER_HALF, LAST_TENTH = "under_half", "over_half", "last_tenth"
REACHED, ENDED_SHORT = "reached", "ended_short"
MILESTONES = (UNDER_HALF, OVER_HALF, LAST_TENTH, REACHED, ENDED_SHORT)


@dataclass(frozen=True, slots=True)
class Words:
    """A call to join: a heading with its highlight, two paragraphs, a question, and the strip."""

    strip: str
    heading_before: str
    heading_highlight: str
    heading_after: str
    paragraphs: tuple[str, str]
    question: str


@dataclass(frozen=True, slots=True)
class CampaignRead:
    """A campaign with all its words.

    Attributes:
        id: Its row.
        key: Its public name in addresses and files.
        name: In every language.
        goal: How many members it wants.
        currency: ISO 4217.
        amounts: Minor units, by currency and interval.
        starts_at: When it begins.
        ends_at: When it ends, or None.
        joining_opens_at: When joining becomes possible, or None if that is not known.
        reached_at: When the goal was met, once it has been.
        words: By (milestone, language).
        places: Where it asks, of `PLACES`.
        is_draft: Readers see nothing of it yet, whatever its dates.
    """

    id: int
    key: str
    name: dict[str, str]
    goal: int
    currency: str
    amounts: dict[str, dict[str, list[int]]]
    starts_at: datetime
    ends_at: datetime | None
    joining_opens_at: datetime | None
    reached_at: datetime | None
    words: dict[tuple[str, str], Words]
    places: tuple[str, ...] = PLACES
    is_draft: bool = False

    def offered(self, interval: str) -> tuple[int, ...]:
        """Return the amounts offered for an interval, in minor units."""
        return tuple(self.amounts.get(self.currency, {}).get(interval, ()))

    def words_at(self, milestone: str, language: str) -> Words | None:
        """Return the words for a milestone: this language's before English, its own before any."""
        for wanted in (language, DEFAULT):
            for name in (milestone, ANY):
                if (name, wanted) in self.words:
                    return self.words[name, wanted]
        return None


def current_campaign(session: Session, now: datetime) -> CampaignRead | None:
    """Return the campaign that began last; one that has ended stays until another begins."""
    campaign = session.scalar(
        select(Campaign)
        .where(Campaign.starts_at <= now, Campaign.is_draft.is_(False))
        .order_by(Campaign.starts_at.desc(), Campaign.id.desc())
        .limit(1)
    )
    return None if campaign is None else with_words(session, campaign)


def with_words(session: Session, campaign: Campaign) -> CampaignRead:
    """Return a campaign and all its words."""
    asks = session.scalars(select(Ask).where(Ask.campaign_id == campaign.id))
    return CampaignRead(
        id=campaign.id,
        key=campaign.key,
        name=campaign.name,
        goal=campaign.goal,
        currency=campaign.currency,
        amounts=campaign.amounts,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        joining_opens_at=campaign.joining_opens_at,
        reached_at=campaign.reached_at,
        words={(ask.milestone, ask.language): words_of(ask) for ask in asks},
        places=tuple(place for place in PLACES if place in campaign.places),
        is_draft=campaign.is_draft,
    )


def words_of(ask: Ask) -> Words:
    """Return what an ask says."""
    return Words(
        strip=ask.strip,
        heading_before=ask.heading_before,
        heading_highlight=ask.heading_highlight,
        heading_after=ask.heading_after,
        paragraphs=(ask.first_paragraph, ask.second_paragraph),
        question=ask.question,
    )


def milestone(campaign: CampaignRead, members: int | None, now: datetime) -> str:
    """Return which words apply.

    Reaching the goal is for good: once `reached_at` is recorded, no later count takes it back.
    An unknown count says nothing about how far it is.
    """
    if campaign.reached_at is not None and campaign.reached_at <= now:
        return REACHED
    if campaign.ends_at is not None and campaign.ends_at <= now:
        return ENDED_SHORT
    if members is None:
        return ANY
    if members >= campaign.goal:
        return REACHED
    if members * 10 >= campaign.goal * 9:
        return LAST_TENTH
    return OVER_HALF if members * 2 >= campaign.goal else UNDER_HALF


def first_reached(session: Session, campaign: CampaignRead, now: datetime) -> datetime | None:
    """Return the first moment of the campaign so far at which the goal was met, from the spans."""
    if count_at(session, campaign.starts_at) >= campaign.goal:
        return campaign.starts_at
    horizon = min(now, campaign.ends_at or now)
    begun = select(MemberSpan.starts_at.label("moment"), literal(1).label("change"))
    ended = select(MemberSpan.ends_at, literal(-1)).where(MemberSpan.ends_at.is_not(None))
    events = union_all(begun, ended).subquery()
    running = select(
        events.c.moment, func.sum(events.c.change).over(order_by=events.c.moment).label("members")
    ).subquery()
    found: datetime | None = session.scalar(
        select(func.min(running.c.moment)).where(
            running.c.members >= campaign.goal,
            running.c.moment > campaign.starts_at,
            running.c.moment <= horizon,
        )
    )
    return found


def next_turn(session: Session, now: datetime) -> datetime | None:
    """Return when a campaign next begins, ends or opens joining."""
    moments = [
        session.scalar(
            select(column)
            .where(column > now, Campaign.is_draft.is_(False))
            .order_by(column)
            .limit(1)
        )
        for column in (Campaign.starts_at, Campaign.ends_at, Campaign.joining_opens_at)
    ]
    return min((moment for moment in moments if moment is not None), default=None)
