"""The words of a campaign, one milestone and language at a time. Callers commit."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import FieldError
from app.core.languages import DEFAULT
from app.core.languages import gettext as _
from app.goal.campaign_rules import NotNowError, check_words
from app.goal.models import Ask, Campaign
from app.goal.queries import ANY, MILESTONES, Words, words_of
from app.goal.service import write_ask


def said_at(session: Session, campaign: Campaign, milestone: str, language: str) -> Words | None:
    """Return what a campaign's own words for one milestone in one language are."""
    ask = _ask(session, campaign, milestone, language)
    return words_of(ask) if ask else None


def say(session: Session, campaign: Campaign, milestone: str, language: str, words: Words) -> None:
    """Give a campaign its words for one milestone in one language.

    Raises:
        FieldError: A text is missing or too long, or the milestone is not one of ours.
    """
    if milestone not in {ANY, *MILESTONES}:
        raise FieldError("milestone", _("There is no such milestone."))
    check_words(words)
    ask = _ask(session, campaign, milestone, language)
    if ask is None:
        ask = Ask(campaign_id=campaign.id, milestone=milestone, language=language)
        session.add(ask)
    write_ask(ask, words)
    session.flush()


def unsay(session: Session, campaign: Campaign, milestone: str, language: str) -> None:
    """Take words away: those for any time, or English, are said in their place.

    Raises:
        NotNowError: They are what stands in everywhere else.
    """
    if (milestone, language) == (ANY, DEFAULT) and not campaign.is_draft:
        raise NotNowError(_("These words stand in everywhere else, so they stay."))
    ask = _ask(session, campaign, milestone, language)
    if ask is not None:
        session.delete(ask)
    session.flush()


def _ask(session: Session, campaign: Campaign, milestone: str, language: str) -> Ask | None:
    wanted = select(Ask).where(
        Ask.campaign_id == campaign.id, Ask.milestone == milestone, Ask.language == language
    )
    return session.scalar(wanted.execution_options(populate_existing=True))
