"""A campaign from its draft to its end, as membership managers drive it. Callers commit.

What readers have already lived through stays as it was: when a campaign that runs began, and a
goal that was met.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.articles.versions import bump
from app.core.errors import FieldError
from app.core.languages import DEFAULT
from app.core.languages import gettext as _
from app.core.seen import refuse_if_changed
from app.goal.campaign_rules import NoSuchCampaignError, NotNowError, checked
from app.goal.models import PLACES, Ask, Campaign
from app.goal.queries import ANY, first_reached, with_words
from app.goal.service import CampaignFacts

DRAFT, WAITING, RUNNING, ENDED, REACHED = "draft", "waiting", "running", "ended", "reached"


def state_of(campaign: Campaign, now: datetime) -> str:
    """Return where a campaign is on its way."""
    if campaign.is_draft:
        return DRAFT
    if campaign.reached_at is not None and campaign.reached_at <= now:
        return REACHED
    if campaign.starts_at > now:
        return WAITING
    return ENDED if campaign.ends_at is not None and campaign.ends_at <= now else RUNNING


def facts_of(campaign: Campaign) -> CampaignFacts:
    """Return a campaign without its words."""
    return CampaignFacts(
        key=campaign.key,
        name=campaign.name,
        goal=campaign.goal,
        currency=campaign.currency,
        amounts=campaign.amounts,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        joining_opens_at=campaign.joining_opens_at,
    )


def campaign_content(campaign: Campaign) -> dict[str, Any]:
    """Return all of a campaign but its words, for marks and for the log."""
    state = {"places": list(campaign.places), "is_draft": campaign.is_draft}
    return {**asdict(facts_of(campaign)), **state}


def make_draft(session: Session, facts: CampaignFacts, places: Sequence[str] = PLACES) -> Campaign:
    """Make a campaign of which readers see nothing until it is started.

    Raises:
        FieldError: Something cannot be taken.
    """
    facts = checked(facts)
    bump(session)
    if session.scalar(select(Campaign.id).where(Campaign.key == facts.key)) is not None:
        raise FieldError("key", _("Another campaign has this short name."))
    campaign = Campaign(**asdict(facts), is_draft=True, places=_known(places))
    session.add(campaign)
    session.flush()
    return campaign


def change_campaign(
    session: Session,
    campaign: Campaign,
    facts: CampaignFacts,
    places: Sequence[str],
    now: datetime,
) -> None:
    """Bring a campaign that `campaign_to_change` returned up to `facts`; its key stays.

    Once it runs, it began when it began, and its end is moved by `move_end` alone.

    Raises:
        FieldError: Something cannot be taken, or can no longer be changed.
    """
    facts = checked(replace(facts, key=campaign.key))
    state = state_of(campaign, now)
    if state not in {DRAFT, WAITING}:
        facts = replace(facts, starts_at=campaign.starts_at, ends_at=campaign.ends_at)
        keep_reached(session, campaign, now)
    refuse_other_goal(campaign, facts.goal)
    if state == WAITING and facts.starts_at <= now:
        raise FieldError("starts_at", _("This is past. To begin at once, take it back and start."))
    for name, value in asdict(facts).items():
        setattr(campaign, name, value)
    campaign.places = _known(places)
    session.flush()


def campaign_to_change(session: Session, campaign_id: int, seen: str | None = None) -> Campaign:
    """Return a campaign for whoever has queued to write it; the content's version moves.

    Raises:
        NoSuchCampaignError: There is none.
        ChangedMeanwhileError: It is no longer what `seen` marks.
    """
    bump(session)
    campaign = session.get(Campaign, campaign_id, populate_existing=True)
    if campaign is None:
        raise NoSuchCampaignError(campaign_id)
    refuse_if_changed(seen, campaign_content(campaign))
    return campaign


def start(session: Session, campaign: Campaign, now: datetime) -> None:
    """Let readers see a draft from its beginning on, which is now if it has passed.

    Raises:
        NotNowError: It is no draft, it has no words, or it would be over before it begins.
    """
    why = why_not_start(session, campaign, now)
    if why:
        raise NotNowError(why)
    campaign.starts_at, campaign.is_draft = max(campaign.starts_at, now), False
    session.flush()


def why_not_start(session: Session, campaign: Campaign, now: datetime) -> str:
    """Return what is missing before a campaign can be started, or an empty text."""
    if not campaign.is_draft:
        return _("This campaign has been started already.")
    if (ANY, DEFAULT) not in with_words(session, campaign).words:
        return _("Write its words first: those for any time, in English, are needed.")
    if campaign.ends_at is not None and campaign.ends_at <= max(campaign.starts_at, now):
        return _("Its end has passed. Give it a later one first.")
    return ""


def take_back(session: Session, campaign: Campaign, now: datetime) -> None:
    """Make a draft again of a campaign that has not begun.

    Raises:
        NotNowError: It has, or it is one.
    """
    if state_of(campaign, now) != WAITING:
        raise NotNowError(_("Only a campaign that has not begun can be a draft again."))
    campaign.is_draft = True
    session.flush()


def end_now(session: Session, campaign: Campaign, now: datetime) -> None:
    """End a campaign that runs; a goal that was met until now is written down first.

    Raises:
        NotNowError: It does not run.
    """
    begun = not campaign.is_draft and campaign.starts_at < now
    if not begun or (campaign.ends_at is not None and campaign.ends_at <= now):
        raise NotNowError(_("Only a campaign that runs can be ended."))
    keep_reached(session, campaign, now)
    campaign.ends_at = now
    session.flush()


def move_end(session: Session, campaign: Campaign, ends_at: datetime | None, now: datetime) -> None:
    """Let a campaign that has begun go on until another moment, or without an end.

    One that has ended goes on from here; nothing that was met is taken back.

    Raises:
        NotNowError: It has not begun.
        FieldError: The moment is past.
    """
    if campaign.is_draft or campaign.starts_at > now:
        raise NotNowError(_("This campaign has not begun: change its end with its other dates."))
    if ends_at is not None and ends_at <= now:
        raise FieldError("ends_at", _("The new end lies in the future."))
    keep_reached(session, campaign, now)
    campaign.ends_at = ends_at
    session.flush()


def remove_draft(session: Session, campaign: Campaign) -> None:
    """Remove a campaign that readers have never seen, and its words.

    Raises:
        NotNowError: It is no draft.
    """
    if not campaign.is_draft:
        raise NotNowError(_("Only a draft can be removed: what readers saw is part of the record."))
    session.execute(delete(Ask).where(Ask.campaign_id == campaign.id))
    session.delete(campaign)
    session.flush()


def refuse_other_goal(campaign: Campaign, goal: int) -> None:
    """Refuse another goal for a campaign that has met its own.

    Raises:
        FieldError: That is what was asked for.
    """
    if campaign.reached_at is not None and goal != campaign.goal:
        said = _("This goal has been met, and that is for good. A new goal is a new campaign.")
        raise FieldError("goal", said)


def keep_reached(session: Session, campaign: Campaign, now: datetime) -> None:
    """Write down that the goal was met, before anything is changed by which that is told."""
    begun = not campaign.is_draft and campaign.starts_at <= now
    if begun and campaign.reached_at is None:
        campaign.reached_at = first_reached(session, with_words(session, campaign), now)


def _known(places: Sequence[str]) -> list[str]:
    return [place for place in PLACES if place in places]
